import type { Clock } from './clock.ts';
import type { Files } from './files.ts';
import type { Ids } from './ids.ts';
import type { Processes } from './processes.ts';
import type { Random } from './random.ts';
import type { Timers } from './timers.ts';

/**
 * Everything that is not deterministic, passed in. With a simulated world one seed replays a week
 * of retries in milliseconds, and a failing run exactly as it was.
 */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly timers: Timers;
  readonly processes: Processes;
  readonly files: Files;
  /**
   * A named moment at which a crash would be most harmful. Nothing happens here in the real world;
   * a test's world kills or stops the process. Names: see `CHECKPOINTS`.
   */
  checkpoint(name: Checkpoint): void;
}

export const CHECKPOINTS = [
  'after-claim',
  'before-spawn',
  'after-spawn',
  'after-exit',
  'after-verify-spawn',
  'before-finish',
  'before-commit',
  'after-commit',
  'before-mark',
  'mark-kept',
  'mark-written',
  'mark-renamed',
  'artifact-range-staged',
  'artifact-range-linked',
  'artifact-assembled',
  'artifact-sealed',
  'artifact-placed',
  'artifact-completed',
] as const;

export type Checkpoint = (typeof CHECKPOINTS)[number];
