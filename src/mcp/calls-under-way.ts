/** The calls that were taken and not answered yet, so that an end can wait for them. */
export class CallsUnderWay {
  readonly #calls = new Set<Promise<unknown>>();

  get count(): number {
    return this.#calls.size;
  }

  /** Count a call until it has ended, however it ends. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const call = work();
    this.#calls.add(call);
    try {
      return await call;
    } finally {
      this.#calls.delete(call);
    }
  }

  /** Resolves when none is left, those that come meanwhile included. */
  async settled(): Promise<void> {
    while (this.#calls.size > 0) await Promise.allSettled(this.#calls);
  }
}
