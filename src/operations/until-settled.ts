import { SAVING_MS } from '../listfile/file/file-facts.ts';
import { pause } from '../world/timers.ts';
import type { World } from '../world/world.ts';

/** One look at a file that may be in the midst of being saved. */
export interface Look<T> {
  /** Whether it may be half a file: what it says now would take something away. */
  readonly isDoubtful: boolean;
  /** Tells two states of the file apart; asked only of doubtful ones. */
  readonly content: () => string;
  /** What to go on with: a value, or the error to throw. */
  readonly take: () => T;
}

/** How often to look at a doubtful file. */
const LOOK_MS = 50;
/** Whoever saves without a pause for so long is not waited for. */
const SETTLE_MAX_MS = 5_000;

/**
 * Editors save in pieces, or rename the old file away before they write the new one: look again at
 * what may be half a file, until it is doubtful no more or says the same for `SAVING_MS`.
 *
 * @throws whatever `look` or its `take` throws.
 */
export async function untilSettled<T>(
  { clock, timers }: Pick<World, 'clock' | 'timers'>,
  look: () => Promise<Look<T>>,
  signal?: AbortSignal,
): Promise<T> {
  const begunAt = clock.monotonic();
  let before: string | null = null;
  let since = begunAt;
  for (;;) {
    const seen = await look();
    if (!seen.isDoubtful) return seen.take();
    const now = clock.monotonic();
    const content = seen.content();
    if (content !== before) since = now;
    before = content;
    if (now - since >= SAVING_MS || now - begunAt >= SETTLE_MAX_MS) return seen.take();
    await pause(timers, LOOK_MS, signal);
  }
}
