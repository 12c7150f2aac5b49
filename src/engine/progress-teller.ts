import type { Timers } from '../world/timers.ts';
import type { Attempts } from './attempts.ts';
import { Beat } from './beat.ts';

const PAUSE_MS = 300;
/** The pause grows by this much at each round without news, up to `QUIET_MS`. */
const QUIETER_BY_MS = 100;
const QUIET_MS = 2_000;
/** With no agent at work. */
const IDLE_MS = 60_000;

/** Tells what the agents say: often while they speak, seldom while they are silent. */
export class ProgressTeller {
  readonly #attempts: Attempts;
  readonly #beat: Beat;
  #pauseMs = 0;

  constructor(timers: Timers, attempts: Attempts, failed: (cause: unknown) => void) {
    this.#attempts = attempts;
    this.#beat = new Beat(timers, PAUSE_MS, () => this.#round(), failed, { idleMs: IDLE_MS });
  }

  start(): void {
    this.#beat.start();
  }

  stop(): void {
    this.#beat.stop();
  }

  /** An agent was started. */
  begun(): void {
    this.#pauseMs = 0;
    this.#beat.nudge();
  }

  async #round(): Promise<number> {
    const quiet = (await this.#attempts.progress()) === 'quiet';
    this.#pauseMs = quiet ? Math.min(this.#pauseMs + QUIETER_BY_MS, QUIET_MS) : 0;
    if (this.#attempts.size > 0) this.#beat.nudge();
    return this.#pauseMs;
  }
}
