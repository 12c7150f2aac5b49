export { getTaskExecutor } from './app/get-task-executor.ts';
export type {
  ExecutorStatusReport,
  ParsedTask,
  TaskListSummary,
  TaskResult,
} from './app/parsed-task.ts';
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
