import type { TaskState } from '../task.ts';
import { accept, type Decision, refuse } from './decision.ts';

export interface FinishLate {
  readonly fence: number;
  /** The attempt of this fence ended by nothing but its lease. */
  readonly wasLost: boolean;
  readonly summary: string | null;
  readonly nowMs: number;
}

/**
 * Take the success of an attempt whose lease ran out, while nobody has claimed the task since: the
 * work is done, and doing it again would only be dearer. Whatever a person did to the task
 * meanwhile stands.
 */
export function finishLate(task: TaskState, input: FinishLate): Decision {
  const untouched = task.status === 'queued' || task.status === 'failed';
  if (!input.wasLost || task.fence !== input.fence || !untouched || task.held === 1) {
    return refuse('stale_fence', 'the attempt is over: its outcome came too late', {
      fence: input.fence,
      currentFence: task.fence,
      status: task.status,
    });
  }
  const { summary } = input;
  const event = {
    kind: 'completed',
    by: 'agent',
    ...(summary === null ? {} : { summary }),
  } as const;
  return accept(task, event, input.nowMs);
}
