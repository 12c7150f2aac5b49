import type { TaskState } from '../task.ts';
import { accept, type Decision, illegal } from './decision.ts';

/** Keep a task that was removed from its list, out of claims, counters and views. */
export function archive(task: TaskState, input: { readonly nowMs: number }): Decision {
  if (task.archivedAtMs !== null) return illegal('archived', task);
  return accept(task, { kind: 'archived' }, input.nowMs);
}

/** Take an archived task back, because its line came back. */
export function restore(task: TaskState, input: { readonly nowMs: number }): Decision {
  if (task.archivedAtMs === null) return illegal('restored', task);
  return accept(task, { kind: 'restored' }, input.nowMs);
}
