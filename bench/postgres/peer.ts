/**
 * How a queue is set: as it comes; to take 32 jobs at once and to answer for them, as Pawl does in
 * the same rows; or for speed alone.
 */
export type Setting = 'default' | 'batched' | 'tuned';

/** Jobs that are taken at once in `batched`. */
export const BATCH = 32;
/** In `tuned`: what the makers of graphile-worker measure with. */
export const TUNED_BATCH = 500;

/** One queue in a database of its own, called as its own users call it. */
export interface Queue {
  /** Put one job into the queue; once that is answered it is durable. */
  enqueue(): Promise<void>;
  /** Put `count` jobs into it, by the way that is meant for many. */
  enqueueMany(count: number): Promise<void>;
  /** Work `count` jobs that are there, which do nothing. Gives the milliseconds it took. */
  work(count: number, callers: number): Promise<number>;
  /** A worker that waits for notices and calls `begun` as each job begins. */
  listen(begun: () => void): Promise<Listening>;
  stop(): Promise<void>;
}

export interface Listening {
  /** Make one job ready, through connections that are not the worker's. */
  enqueue(): Promise<void>;
  stop(): Promise<void>;
}

export interface Peer {
  readonly name: string;
  /** The queue is made when the database is new; another process may open it, too. */
  open(url: string, setting: Setting): Promise<Queue>;
}

/** `callers` of `call`, each of which makes its next one when its last was answered with true. */
export async function byCallers(callers: number, call: () => Promise<boolean>): Promise<number> {
  const startedAt = performance.now();
  const caller = async (): Promise<void> => {
    while (await call());
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return performance.now() - startedAt;
}
