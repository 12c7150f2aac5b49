/**
 * Claims that are not answered yet. What they bring has its place already, and whoever leaves waits
 * until it was launched.
 */
export class ClaimsUnderWay {
  readonly #all = new Set<Promise<unknown>>();
  #places = 0;

  /** How many tasks they may bring. */
  get places(): number {
    return this.#places;
  }

  /** Claim up to `places` tasks, and launch what came. */
  async during<T>(places: number, claim: () => Promise<T>): Promise<T> {
    this.#places += places;
    const claiming = claim();
    this.#all.add(claiming);
    try {
      return await claiming;
    } finally {
      this.#places -= places;
      this.#all.delete(claiming);
    }
  }

  /** Resolves when none is under way, however they ended. */
  async settled(): Promise<void> {
    while (this.#all.size > 0) await Promise.allSettled(this.#all);
  }
}
