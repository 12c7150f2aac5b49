import { isPawlError, type PawlError } from '../domain/errors.ts';
import { backoffMs } from '../store/postgres/backoff.ts';
import { isTransient } from '../store/postgres/faults.ts';
import { pause } from '../world/timers.ts';
import type { World } from '../world/world.ts';

export interface OutageWatch {
  readonly world: World;
  readonly signal?: AbortSignal | undefined;
  /** Told at the first failure of each outage. */
  readonly interrupted?: ((fault: PawlError) => void) | undefined;
}

/** How long a server that had answered is waited for, and how many times it may go away. */
export const OUTAGE_MS = 120_000;
export const OUTAGES_MAX = 20;

/**
 * Do something that goes on where it was broken off, again and again while the server that it works
 * on goes away and comes back. What never got anywhere fails at once: its address may be wrong.
 *
 * @throws what `work` throws, in the end.
 */
export async function throughOutages<T>(
  { world, signal, interrupted }: OutageWatch,
  work: (moved: () => void, isFirst: boolean) => Promise<T>,
): Promise<T> {
  const { clock, timers, random } = world;
  let outages = 0;
  let failures = 0;
  let movedAt: number | null = null;
  const moved = (): void => {
    movedAt = clock.monotonic();
    failures = 0;
  };
  for (;;) {
    try {
      return await work(moved, outages === 0);
    } catch (cause) {
      if (!isPawlError(cause) || !isTransient(cause) || signal?.aborted === true) throw cause;
      if (failures === 0) outages += 1;
      const isOver = movedAt === null || clock.monotonic() - movedAt > OUTAGE_MS;
      if (isOver || outages > OUTAGES_MAX) throw cause;
      if (failures === 0) interrupted?.(cause);
      await pause(timers, backoffMs(cause, failures, random), signal);
      failures += 1;
    }
  }
}
