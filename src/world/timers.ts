/** A started timer. Clearing it twice, or after it fired, does nothing. */
export interface Timer {
  clear(): void;
}

/** Everything that makes a function run later. */
export interface Timers {
  /** Run `task` once after `delayMs`. A pending timer keeps the process alive unless `unref`. */
  after(delayMs: number, task: () => void, options?: { readonly unref?: boolean }): Timer;
  /** Run `task` when the current turn of the event loop has handled its input and output. */
  soon(task: () => void): void;
}

export const systemTimers: Timers = {
  after: (delayMs, task, options) => {
    const handle = setTimeout(task, delayMs);
    if (options?.unref === true) handle.unref();
    return { clear: () => clearTimeout(handle) };
  },
  soon: (task) => {
    setImmediate(task);
  },
};

/** Resolves after `delayMs`, or at once (without an error) when `signal` aborts. */
export function pause(timers: Timers, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const done = (): void => {
      timer.clear();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = timers.after(delayMs, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
