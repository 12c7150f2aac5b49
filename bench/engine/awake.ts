const LONGEST_MS = 3_600_000;

/** Detached programs do not keep this process from exiting; waiting for one of them must. */
export async function awake<T>(work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => undefined, LONGEST_MS);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
