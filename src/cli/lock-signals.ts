import process from 'node:process';

type Passed = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

const SIGNALS: readonly Passed[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Signals of a command that runs another one: before it started they end the wait, afterwards they
 * are its to answer.
 */
export class LockSignals {
  readonly #waiting = new AbortController();
  readonly #handlers = SIGNALS.map((signal) => [signal, () => this.#take(signal)] as const);
  #pass: ((signal: Passed) => void) | null = null;

  get beforeStart(): AbortSignal {
    return this.#waiting.signal;
  }

  passTo(pass: (signal: Passed) => void): void {
    this.#pass = pass;
  }

  listen(): void {
    for (const [signal, handler] of this.#handlers) process.on(signal, handler);
  }

  stop(): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }

  #take(signal: Passed): void {
    if (this.#pass === null) this.#waiting.abort();
    else this.#pass(signal);
  }
}
