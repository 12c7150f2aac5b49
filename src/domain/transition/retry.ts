import { isTerminal } from '../status.ts';
import type { TaskState } from '../task.ts';
import { accept, type Decision, illegal } from './decision.ts';

/** Give a task that failed, was skipped or was cancelled another chance, with a fresh budget. */
export function retry(task: TaskState, input: { readonly nowMs: number }): Decision {
  if (task.status === 'waiting' || (isTerminal(task.status) && task.status !== 'completed')) {
    return accept(task, { kind: 'retried', by: 'person' }, input.nowMs);
  }
  return illegal('retried', task);
}
