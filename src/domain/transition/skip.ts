import type { Actor } from '../event.ts';
import type { TaskStatus } from '../status.ts';
import type { TaskState } from '../task.ts';
import { accept, type Decision, illegal } from './decision.ts';

export interface Skip {
  readonly by: Actor;
  readonly reason: string;
  /** The dependency that made it so, when no person did. */
  readonly causeTask?: string;
  readonly nowMs: number;
}

/**
 * Leave a task out. A running one is ended first, through its attempt. One that a dependency had
 * skipped can be skipped for good: then it does not come back when that dependency completes.
 */
export function skip(task: TaskState, input: Skip): Decision {
  const forGood =
    task.status === 'skipped' && task.causeTaskId !== null && input.causeTask === undefined;
  if (!forGood && !SKIPPABLE.includes(task.status)) {
    return illegal('skipped', task);
  }
  const { by, reason, causeTask } = input;
  return accept(
    task,
    { kind: 'skipped', by, reason, ...(causeTask === undefined ? {} : { causeTask }) },
    input.nowMs,
  );
}

const SKIPPABLE: readonly TaskStatus[] = ['queued', 'waiting', 'failed'];
