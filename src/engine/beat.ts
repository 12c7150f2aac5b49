import type { Timer, Timers } from '../world/timers.ts';

/**
 * Work done again and again with a pause in between, never twice at once. The work may ask for a
 * longer pause by giving back its milliseconds.
 *
 * With `idleMs` it rests so long between two rounds, unless it is nudged: then the next round comes
 * after the ordinary pause.
 */
export class Beat {
  readonly #timers: Timers;
  readonly #pauseMs: number;
  readonly #idleMs: number;
  readonly #work: () => Promise<unknown>;
  readonly #failed: (cause: unknown) => void;
  #timer: Timer | null = null;
  #resting = false;
  #nudged = false;
  #stopped = false;

  constructor(
    timers: Timers,
    pauseMs: number,
    work: () => Promise<unknown>,
    failed: (cause: unknown) => void,
    options: { readonly idleMs?: number } = {},
  ) {
    this.#timers = timers;
    this.#pauseMs = pauseMs;
    this.#idleMs = options.idleMs ?? 0;
    this.#work = work;
    this.#failed = failed;
  }

  start(): void {
    this.#nudged = true;
    this.#pause(this.#pauseMs);
  }

  /** There is something to do: do not rest. */
  nudge(): void {
    this.#nudged = true;
    if (!this.#resting || this.#stopped) return;
    this.#timer?.clear();
    void this.#once();
  }

  /** No new round begins. A round under way goes on; it may be the one that stops us. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.clear();
  }

  #pause(pauseMs: number): void {
    if (this.#stopped) return;
    this.#timer = this.#timers.after(pauseMs, () => {
      const restMs = this.#idleMs - pauseMs;
      if (this.#nudged || restMs <= 0) void this.#once();
      else this.#rest(restMs);
    });
  }

  #rest(restMs: number): void {
    this.#resting = true;
    this.#timer = this.#timers.after(restMs, () => void this.#once());
  }

  async #once(): Promise<void> {
    this.#resting = false;
    this.#nudged = false;
    try {
      const asked = await this.#work();
      this.#pause(Math.max(this.#pauseMs, typeof asked === 'number' ? asked : 0));
    } catch (cause) {
      this.#failed(cause);
    }
  }
}
