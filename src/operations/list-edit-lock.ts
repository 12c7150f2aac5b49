import { PawlError } from '../domain/errors.ts';
import type { Store } from '../store/store.ts';
import { pause, type Timer } from '../world/timers.ts';
import type { World } from '../world/world.ts';
import { isOwnerGone, lockOwner } from './lock-owner.ts';

/** Who may write a list file now: a lock of the store, or a file beside the list without one. */
export type EditLock =
  | { readonly kind: 'stored'; readonly store: Store; readonly name: string }
  | { readonly kind: 'file'; readonly path: string };

/**
 * Work on a list file while nobody else of Pawl's does. Waits for whoever is at it; the lock of a
 * process that was killed is taken over.
 *
 * @throws PawlError `lock_held` after the wait, `aborted`.
 */
export async function underEditLock<T>(
  world: World,
  lock: EditLock,
  options: {
    readonly waitMs?: number;
    readonly signal?: AbortSignal;
    /** Work of any length: the lock is kept as long as this process lives. */
    readonly isLong?: boolean;
  },
  work: () => Promise<T>,
): Promise<T> {
  const { waitMs = WAIT_MS, signal, isLong = false } = options;
  const owner = lockOwner(world);
  const giveUpAt = world.clock.monotonic() + waitMs;
  for (;;) {
    const release =
      lock.kind === 'stored'
        ? await take(world, lock, { owner, isLong })
        : await make(world, lock, owner);
    if (release !== null) {
      try {
        return await work();
      } finally {
        await release();
      }
    }
    if (signal?.aborted === true) throw new PawlError('aborted', 'the command was cancelled');
    if (world.clock.monotonic() > giveUpAt) throw held(lock);
    // A little chance keeps those who wait from asking at the same moments for ever.
    await pause(world.timers, LOOK_MS * (1 + world.random.next()), signal);
  }
}

const WAIT_MS = 20_000;
const LOOK_MS = 20;
/** Milliseconds for which one edit may hold the lock. */
const LOCK_TTL_MS = 10_000;

type Release = () => Promise<unknown>;

async function take(
  { processes, timers }: World,
  { store, name }: Extract<EditLock, { kind: 'stored' }>,
  { owner: holderId, isLong }: { readonly owner: string; readonly isLong: boolean },
): Promise<Release | null> {
  const wish = { name, holderId, ttlMs: LOCK_TTL_MS };
  let answer = await store.acquireLock(wish);
  if (answer.kind === 'held' && isOwnerGone(answer.holderId, processes)) {
    answer = await store.acquireLock({ ...wish, evenFrom: answer.holderId });
  }
  if (answer.kind === 'held') return null;
  const { fence } = answer;
  let renewed: Promise<unknown> = Promise.resolve();
  const renewLater = (): Timer =>
    timers.after(LOCK_TTL_MS / 3, () => {
      renewed = store.renewLock({ ...wish, fence }).catch(() => false); // then it just expires
      timer = renewLater();
    });
  let timer = isLong ? renewLater() : null;
  return async () => {
    timer?.clear();
    await renewed;
    await store.releaseLock({ name, holderId, fence });
  };
}

async function make(
  world: World,
  { path }: Extract<EditLock, { kind: 'file' }>,
  owner: string,
): Promise<Release | null> {
  if (await created(world, path, owner)) {
    return async () => {
      try {
        await removeRemains(world, path);
      } finally {
        await world.files.remove(path);
      }
    };
  }
  if (!(await isLeftBehind(world, path))) return null;
  // Only one may remove it, or a second one would remove the lock of whoever came between.
  const breaking = `${path}-breaking`;
  if (!(await created(world, breaking, owner))) return null;
  try {
    if (await isLeftBehind(world, path)) await world.files.remove(path);
  } finally {
    await world.files.remove(breaking);
  }
  return null;
}

/** There at once with its owner in it: a kill in between must not leave a lock of nobody. */
async function created(world: World, path: string, owner: string): Promise<boolean> {
  const { files, ids } = world;
  const own = `${path}${OWN}${ids.uuid()}`;
  await files.createExclusive(own, owner);
  try {
    await files.link(own, path);
    return true;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'EEXIST') return false;
    throw error;
  } finally {
    await files.remove(own);
  }
}

const OWN = '-of-';

/** What those left who were killed while they asked for it. */
async function removeRemains(world: World, path: string): Promise<void> {
  const slash = path.lastIndexOf('/') + 1;
  for (const name of await world.files.names(path.slice(0, slash))) {
    const remains = path.slice(0, slash) + name;
    if (!remains.startsWith(`${path}${OWN}`)) continue;
    if (await isLeftBehind(world, remains)) await world.files.remove(remains);
  }
}

async function isLeftBehind({ files, processes }: World, path: string): Promise<boolean> {
  try {
    return isOwnerGone(new TextDecoder().decode(await files.read(path)), processes);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return false;
    throw error;
  }
}

function held(lock: EditLock): PawlError {
  const message =
    lock.kind === 'file'
      ? `somebody is editing the list; if nobody is, remove ${lock.path}`
      : 'somebody is writing the list';
  return new PawlError('lock_held', message, { details: { ...(lock.kind === 'file' && lock) } });
}
