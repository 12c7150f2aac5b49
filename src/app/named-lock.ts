import { createRealWorld } from '../world/real-world.ts';
import { openPersistence, type PersistenceOptions } from './persistence-place.ts';
import { acquireResourceLock, LOCK_TTL_MS, type ResourceLock } from './resource-lock.ts';

/** How long a lock is waited for, and what becomes of it when its holder is not heard of. */
export interface LockOptions extends PersistenceOptions {
  /** Milliseconds; default 10 s. 0: not waited at all. */
  readonly waitMs?: number;
  /** Milliseconds; default 30 s. Renewed while this process lives. */
  readonly ttlMs?: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

const WAIT_MS = 10_000;

/**
 * Wait for a lock of the project's store, between processes and, with a store on a server, hosts.
 * It is that of `pawl lock run NAME`, too. Release it, or leave that to `await using`.
 *
 * ```ts
 * await using lock = await acquireLock('deploy');
 * await deploy({ fence: lock.fence, signal: lock.signal });
 * ```
 *
 * @throws PawlError `lock_held` with the holder and since when; `aborted`; `usage`; those of
 *   opening the store.
 */
export async function acquireLock(name: string, options: LockOptions = {}): Promise<ResourceLock> {
  const { waitMs = WAIT_MS, ttlMs = LOCK_TTL_MS, signal, ...where } = options;
  const place = await openPersistence(where, where.world ?? createRealWorld());
  try {
    const wish = { timeoutMs: waitMs, ttlMs, ...(signal === undefined ? {} : { signal }) };
    const lock = await acquireResourceLock(place, name, wish);
    return withClosing(lock, () => place.close());
  } catch (cause) {
    await place.close();
    throw cause;
  }
}

/**
 * Do some work while holding a lock; it is released whatever becomes of the work.
 *
 * @throws PawlError `lock_lost` when the lock was lost before the work ended, whatever it gave;
 *   what the work throws; those of `acquireLock`.
 */
export async function withLock<T>(
  name: string,
  work: (lock: ResourceLock) => Promise<T> | T,
  options: LockOptions = {},
): Promise<T> {
  await using lock = await acquireLock(name, options);
  const result = await work(lock);
  if (!lock.lost) await lock.release();
  if (lock.lost) throw lock.signal.reason;
  return result;
}

function withClosing(lock: ResourceLock, close: () => Promise<void>): ResourceLock {
  let released: Promise<void> | null = null;
  const release = async (): Promise<void> => {
    try {
      await lock.release();
    } finally {
      await close();
    }
  };
  return {
    resourceName: lock.resourceName,
    fence: lock.fence,
    signal: lock.signal,
    get lost() {
      return lock.lost;
    },
    release: () => (released ??= release()),
    [Symbol.asyncDispose]: () => (released ??= release()),
  };
}
