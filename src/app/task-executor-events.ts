import type { EventEmitter } from 'node:events';
import { assertNever } from '../domain/errors.ts';
import { outageText } from '../domain/outage-text.ts';
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

/** Tell a program what happened in an execution, by the events that were promised. */
export function tellExecution(
  program: EventEmitter<TaskExecutorEvents>,
  event: ExecutionEvent,
  { nowMs, warn }: { readonly nowMs: number; readonly warn: (message: string) => void },
): void {
  switch (event.kind) {
    case 'executor:started':
    case 'executor:paused':
    case 'executor:resumed':
    case 'executor:stopped':
      program.emit(event.kind);
      break;
    case 'executor:complete':
      program.emit(event.kind, event.end);
      break;
    case 'task:started':
      program.emit(event.kind, event.attempt);
      break;
    case 'task:progress':
      program.emit(event.kind, event);
      break;
    case 'store:away':
    case 'store:back':
      warn(outageText(event, nowMs));
      break;
    case 'trouble':
      warn(event.error.message);
      break;
    case 'task:completed':
    case 'task:retry':
    case 'task:failed':
    case 'task:skipped':
    case 'task:requeued':
      program.emit(event.kind, event);
      break;
    default:
      assertNever(event);
  }
}
