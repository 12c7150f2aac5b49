import type { TaskState } from '../task.ts';
import { accept, type Decision, illegal } from './decision.ts';

/** A delayed task whose moment has come is ready again. */
export function becomeDue(task: TaskState, input: { readonly nowMs: number }): Decision {
  if (task.status !== 'queued' || task.dueAtMs === 0 || task.dueAtMs > input.nowMs) {
    return illegal('made due', task);
  }
  return accept(task, { kind: 'due' }, input.nowMs);
}
