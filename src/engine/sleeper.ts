import type { Timers } from '../world/timers.ts';

/** The sleep of a loop that is woken by news. News that comes while it works is not missed. */
export class Sleeper {
  readonly #timers: Timers;
  #wake: (() => void) | null = null;
  #woken = false;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** News came since `begin`. */
  get isWoken(): boolean {
    return this.#woken;
  }

  /** From here on it counts what is new. */
  begin(): void {
    this.#woken = false;
  }

  /** There is something to look at. */
  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  /** Until news comes; at most so long, and not at all when there is some already. */
  async sleep(ms: number): Promise<void> {
    if (this.#woken) return;
    await new Promise<void>((resolve) => {
      const timer = this.#timers.after(Math.max(1, ms), resolve);
      this.#wake = () => {
        timer.clear();
        resolve();
      };
    });
    this.#wake = null;
  }
}
