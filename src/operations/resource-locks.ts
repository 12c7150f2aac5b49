import { PawlError } from '../domain/errors.ts';
import type { NamedLock } from '../store/store.ts';
import { isOwnerGone, ownerText } from './lock-owner.ts';
import { type OperationContext, operation } from './operation.ts';

/** Before the names of locks that people and programs chose: no lock of ours begins so. */
export const RESOURCE_LOCK = 'resource:';
const NAME_MAX = 200;

/** Names are a public contract. */
export interface LockView {
  readonly name: string;
  readonly fence: number;
  /** For people: `process 4711 on this host`; null when nobody holds it. */
  readonly holder: string | null;
  readonly since: string | null;
  /** Unless it is renewed. */
  readonly expiresAt: string | null;
  /** `free` may be taken; `expired` and `gone` too, at once. */
  readonly state: 'held' | 'free' | 'expired' | 'gone';
}

/** @throws PawlError `usage`. */
export function requireLockName(name: string): void {
  const isFit = name.trim() !== '' && name.length <= NAME_MAX && !/\p{Cc}/u.test(name);
  if (isFit && name.isWellFormed()) return;
  throw new PawlError('usage', `the name of a lock is a text of at most ${NAME_MAX} characters`);
}

/** The locks that people and programs took by name, and who has them. */
export async function listLocks(ctx: OperationContext): Promise<readonly LockView[]> {
  return await operation(ctx, { operation: 'list-locks' }, async () =>
    (await ctx.store.locks(RESOURCE_LOCK)).map((lock) => viewOf(ctx, lock)),
  );
}

/**
 * Free a lock whose holder will not. The fence says which acquisition is meant: of a lock that was
 * taken anew meanwhile nothing is changed. A holder that lives loses it as if it had expired.
 *
 * @throws PawlError `lock_not_found`; `stale_fence`; `confirmation_needed`: its holder may live.
 */
export async function releaseNamedLock(
  ctx: OperationContext,
  { name, fence, confirmed }: { name: string; fence: number; confirmed: boolean },
): Promise<LockView> {
  return await operation(ctx, { operation: 'release-lock' }, async () => {
    const lock = await existing(ctx, name);
    const view = viewOf(ctx, lock);
    if (lock.fence !== fence) {
      const message = `${name} was acquired anew since: its fence is ${lock.fence}, not ${fence}`;
      throw new PawlError('stale_fence', message, { details: { ...view } });
    }
    if (view.state === 'held' && !confirmed) {
      const message = `${name} is held by ${view.holder}, which may be at work`;
      throw new PawlError('confirmation_needed', message, { details: { ...view } });
    }
    if (lock.holderId !== null) {
      await ctx.store.releaseLock({ name: lock.name, holderId: lock.holderId, fence });
    }
    return viewOf(ctx, await existing(ctx, name));
  });
}

async function existing({ store }: OperationContext, name: string): Promise<NamedLock> {
  const full = `${RESOURCE_LOCK}${name}`;
  const found = (await store.locks(full)).find((lock) => lock.name === full);
  if (found !== undefined) return found;
  throw new PawlError('lock_not_found', `nobody ever took a lock ${name}`, { details: { name } });
}

function viewOf({ world }: OperationContext, lock: NamedLock): LockView {
  const { holderId, fence, leftMs } = lock;
  const name = lock.name.slice(RESOURCE_LOCK.length);
  if (holderId === null) {
    return { name, fence, holder: null, since: null, expiresAt: null, state: 'free' };
  }
  const isGone = isOwnerGone(holderId, world.processes);
  return {
    ...{ name, fence, holder: ownerText(holderId, world.processes) },
    since: new Date(lock.acquiredAtMs).toISOString(),
    expiresAt: new Date(lock.expiresAtMs).toISOString(),
    state: isGone ? 'gone' : leftMs <= 0 ? 'expired' : 'held',
  };
}
