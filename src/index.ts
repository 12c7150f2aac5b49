export { getTaskExecutor } from './app/get-task-executor.ts';
export { acquireLock, type LockOptions, withLock } from './app/named-lock.ts';
export type {
  ExecutorStatusReport,
  ParsedTask,
  TaskListSummary,
  TaskResult,
} from './app/parsed-task.ts';
export {
  PersistenceManager,
  PersistenceManager as DatabasePersistenceManager,
  type SessionOptions,
} from './app/persistence-manager.ts';
export type { PersistenceOptions } from './app/persistence-place.ts';
export type { PersistenceSession } from './app/persistence-session.ts';
export type { ResourceLock } from './app/resource-lock.ts';
export { StateManager, type StateManagerOptions } from './app/state-manager.ts';
export type {
  LoadedBreakdown,
  LoadedSubtask,
  Subtask,
  TaskBreakdown,
} from './app/task-breakdown.ts';
export {
  type CallOptions,
  type ExecutionConfig,
  TaskExecutor,
  type TaskExecutorOptions,
} from './app/task-executor.ts';
export type { TaskExecutorEvents, TaskNews } from './app/task-executor-events.ts';
export { ERROR_CATALOGUE, type ErrorCode, type ErrorRule, PawlError } from './domain/errors.ts';
export { PRIORITIES, type Priority } from './domain/priority.ts';
export { type ExecutorStatus, TASK_STATUSES, type TaskStatus } from './domain/status.ts';
