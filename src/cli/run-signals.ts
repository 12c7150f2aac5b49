import process from 'node:process';

/** What a run's signals act upon. */
export interface Interruptible {
  drain(): void;
  leave(): Promise<void>;
  endAgents(): Promise<void>;
}

export interface RunSignalsOptions {
  readonly executor: Interruptible;
  readonly timers: {
    after(
      delayMs: number,
      task: () => void,
      options?: { readonly unref?: boolean },
    ): { clear(): void };
  };
  /** After the first Ctrl-C: how long to wait for results before leaving. */
  readonly graceMs: number;
  readonly say: (text: string) => void;
  /** The command that goes on with the list. */
  readonly goOn: string;
}

/**
 * Ctrl-C and its relatives.
 *
 * ```
 * running ──SIGINT──> draining ──grace──> leaving (agents go on)
 *    │                    └──SIGINT──> ending agents
 *    └──SIGTERM, SIGHUP──> leaving (agents go on)
 * ```
 */
export class RunSignals {
  readonly #options: RunSignalsOptions;
  readonly #handlers: readonly (readonly [NodeJS.Signals, () => void])[];
  #interrupts = 0;
  #grace: { clear(): void } | null = null;
  #left = false;

  constructor(options: RunSignalsOptions) {
    this.#options = options;
    this.#handlers = [
      ['SIGINT', () => this.#interrupt()],
      ['SIGTERM', () => this.#leave()],
      ['SIGHUP', () => this.#leave()],
    ];
  }

  get interrupted(): boolean {
    return this.#interrupts > 0 || this.#left;
  }

  listen(): void {
    for (const [signal, handler] of this.#handlers) process.on(signal, handler);
  }

  stop(): void {
    this.#grace?.clear();
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }

  #interrupt(): void {
    this.#interrupts += 1;
    const { executor, timers, graceMs, say, goOn } = this.#options;
    if (this.#interrupts === 1) {
      executor.drain();
      say(
        'interrupted: Ctrl-C again ends the agents and re-queues their tasks; else they go on ' +
          `without us, nothing new is started, and \`${goOn}\` collects their results`,
      );
      this.#grace = timers.after(graceMs, () => this.#leave());
    } else if (this.#interrupts === 2) {
      this.#grace?.clear();
      say('ending the agents; their tasks go back to the queue');
      void executor.endAgents();
    }
  }

  #leave(): void {
    if (this.#left) return;
    this.#left = true;
    void this.#options.executor.leave();
  }
}
