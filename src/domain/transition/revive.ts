import type { TaskState } from '../task.ts';
import { accept, type Decision, illegal } from './decision.ts';

/** Bring back a task that `causeTask` had skipped or failed, now that it completed after all. */
export function revive(
  task: TaskState,
  input: { readonly causeTask: string; readonly nowMs: number },
): Decision {
  const caused = task.causeTaskId === input.causeTask;
  if (!caused || (task.status !== 'skipped' && task.status !== 'failed')) {
    return illegal('revived', task);
  }
  return accept(task, { kind: 'revived', causeTask: input.causeTask }, input.nowMs);
}
