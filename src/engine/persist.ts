import { isPawlError, type PawlError } from '../domain/errors.ts';
import { pause } from '../world/timers.ts';
import type { World } from '../world/world.ts';

const FIRST_PAUSE_MS = 200;
/** The longest time between two tries. */
export const PAUSE_MAX_MS = 10_000;

/**
 * Write something that must not be lost, through a time in which the store cannot take it (a full
 * disk, a busy file): the agents go on meanwhile, and their results wait on disk. Gives up only
 * when the fault will not pass by itself, or when `signal` aborts.
 */
export async function persist<T>(
  world: World,
  options: {
    readonly signal: AbortSignal;
    /** Told at the first failure and then at every tenth. */
    readonly trouble: (error: PawlError) => void;
  },
  write: () => Promise<T>,
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await write();
    } catch (cause) {
      if (!isPawlError(cause) || !cause.rule.retryable || options.signal.aborted) throw cause;
      if (tries % 10 === 0) options.trouble(cause);
    }
    const window = Math.min(PAUSE_MAX_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 10));
    await pause(world.timers, window * (0.5 + world.random.next() / 2), options.signal);
  }
}
