import type { PawlError } from '../../domain/errors.ts';
import type { Random } from '../../world/random.ts';

const BUSY_PAUSE_MAX_MS = 20;
const AWAY_PAUSE_FIRST_MS = 100;
const AWAY_PAUSE_MAX_MS = 3_000;

/**
 * How long to wait before the next try: a moment when others were in the way, longer and longer
 * when the server is away. Never the same for two processes that were cut off together.
 */
export function backoffMs(fault: PawlError, failures: number, random: Random): number {
  const most =
    fault.code === 'store_unreachable'
      ? Math.min(AWAY_PAUSE_MAX_MS, AWAY_PAUSE_FIRST_MS * 2 ** Math.min(failures, 10))
      : BUSY_PAUSE_MAX_MS * (1 + Math.min(failures, 10));
  return most * (0.25 + 0.75 * random.next());
}
