import type { Actor } from '../event.ts';
import type { TaskState } from '../task.ts';
import { accept, type Decision, illegal } from './decision.ts';

/** Record as done what was done without an agent: ticked by hand in the list. */
export function complete(
  task: TaskState,
  input: { readonly by: Actor; readonly nowMs: number },
): Decision {
  if (task.status === 'running' || task.status === 'completed') return illegal('completed', task);
  return accept(task, { kind: 'completed', by: input.by }, input.nowMs);
}
