import type { TaskLine } from './readings.ts';

/** A person's verb on one task. */
export interface ChangeTask {
  readonly id: string;
  /** `hold`: not to be started until somebody answers; `retry` queues it again. */
  readonly verb: 'skip' | 'cancel' | 'retry' | 'requeue' | 'complete' | 'hold';
  readonly reason: string;
  readonly by: 'person' | 'file';
  readonly confirmed: boolean;
  /** With `requeue`: the dependants go back, too. */
  readonly cascade: boolean;
}

/** `asked`: the task is running; its holder ends the agent, then the verb happens. */
export interface ChangedTask {
  readonly kind: 'changed' | 'asked';
  readonly task: TaskLine;
}
