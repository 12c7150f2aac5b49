import type { ActiveAttempt, ExecutionEnd, ExecutionEvent } from '../engine/execution.ts';
import type { TaskListSummary } from './parsed-task.ts';

/** What a `TaskExecutor` emits, each with one argument. */
export interface TaskExecutorEvents {
  'taskList:loaded': [TaskListSummary];
  'executor:started': [];
  'executor:paused': [];
  'executor:resumed': [];
  'executor:stopped': [];
  'executor:complete': [ExecutionEnd];
  'task:started': [ActiveAttempt];
  'task:progress': [{ readonly attempt: ActiveAttempt; readonly line: string }];
  'task:completed': [TaskNews];
  'task:retry': [TaskNews];
  'task:failed': [TaskNews];
  'task:skipped': [TaskNews];
  'task:requeued': [TaskNews];
}

export type TaskNews = Extract<ExecutionEvent, { readonly taskId: string }>;
