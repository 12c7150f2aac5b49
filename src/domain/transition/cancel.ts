import type { TaskState } from '../task.ts';
import { accept, type Decision, illegal } from './decision.ts';

/** Give a task up. A running one is ended first, through its attempt. */
export function cancel(
  task: TaskState,
  input: { readonly reason: string; readonly nowMs: number },
): Decision {
  if (task.status !== 'queued' && task.status !== 'waiting' && task.status !== 'failed') {
    return illegal('cancelled', task);
  }
  return accept(task, { kind: 'cancelled', by: 'person', reason: input.reason }, input.nowMs);
}
