import type { TaskState } from '../task.ts';
import { accept, type Decision, illegal } from './decision.ts';

/** Fail a task that never ran because one it depends on did not complete. */
export function failByDependency(
  task: TaskState,
  input: { readonly causeTask: string; readonly error: string; readonly nowMs: number },
): Decision {
  if (task.status !== 'queued' && task.status !== 'waiting') return illegal('failed', task);
  return accept(
    task,
    {
      kind: 'failed',
      error: input.error,
      cause: 'dependency',
      causeTask: input.causeTask,
    },
    input.nowMs,
  );
}

/** Record as failed what failed without an attempt of ours. */
export function fail(
  task: TaskState,
  input: { readonly error: string; readonly nowMs: number },
): Decision {
  if (task.status !== 'queued' && task.status !== 'waiting') return illegal('failed', task);
  return accept(task, { kind: 'failed', error: input.error, cause: 'reported' }, input.nowMs);
}
