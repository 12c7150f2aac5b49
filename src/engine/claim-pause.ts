import type { Clock } from '../world/clock.ts';

/** A claim that got nothing is not repeated for so long unless something happens. */
const PAUSE_MS = 1_000;

/**
 * The pause after a claim that got nothing. Others fill the limits then, and without an event there
 * is mostly no more room than at that try. Mostly: a limit that is raised is no event, and makes
 * whoever waits look all the same. So who looks meanwhile tries again when the pause is over.
 */
export class ClaimPause {
  readonly #clock: Clock;
  #seq: number | null = null;
  #untilMs = 0;
  #isUnseen = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Nothing was to be had, as of this event. */
  begin(lastSeq: number): void {
    this.#seq = lastSeq;
    this.#untilMs = this.#clock.monotonic() + PAUSE_MS;
    this.#isUnseen = true;
  }

  /** There may be more room, whatever the events say. */
  end(): void {
    this.#seq = null;
  }

  /** For one who looks, as of this event: in how long to try. 0: now; without end: at news. */
  look(lastSeq: number): number {
    const leftMs = this.#untilMs - this.#clock.monotonic();
    if (lastSeq !== this.#seq || leftMs <= 0) return 0;
    // The first look is for the commit of that very claim: nobody said anything since.
    const isFirst = this.#isUnseen;
    this.#isUnseen = false;
    return isFirst ? Number.POSITIVE_INFINITY : leftMs;
  }
}
