import { PawlError } from '../domain/errors.ts';
import { Beat } from '../engine/beat.ts';
import { isOwnerGone, lockOwner } from '../operations/lock-owner.ts';
import type { Store } from '../store/store.ts';
import { pause } from '../world/timers.ts';
import type { World } from '../world/world.ts';

/** A lock that this process holds until it releases it, or dies. */
export interface ResourceLock extends AsyncDisposable {
  readonly resourceName: string;
  /** Rises at every acquisition, whoever acquires: for systems that must refuse a late holder. */
  readonly fence: number;
  /** Somebody else has it by now, because this process was too long without a turn. */
  readonly lost: boolean;
  /** Idempotent. */
  release(): Promise<void>;
}

const TTL_MS = 30_000;
const RENEW_MS = TTL_MS / 3;
const LOOK_MS = 20;
export const RESOURCE_LOCK = 'resource:';

/**
 * Wait for a named lock, and keep it renewed. Whoever held it and is surely gone is not waited for.
 *
 * @throws PawlError `lock_held` after `timeoutMs`, with the holder; `aborted`.
 */
export async function acquireResourceLock(
  { world, store }: { readonly world: World; readonly store: Store },
  resourceName: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<ResourceLock> {
  const wish = {
    name: `${RESOURCE_LOCK}${resourceName}`,
    holderId: lockOwner(world),
    ttlMs: TTL_MS,
  };
  const giveUpAt = world.clock.monotonic() + timeoutMs;
  for (;;) {
    let answer = await store.acquireLock(wish);
    if (answer.kind === 'held' && isOwnerGone(answer.holderId, world.processes)) {
      answer = await store.acquireLock({ ...wish, evenFrom: answer.holderId });
    }
    if (answer.kind === 'acquired') {
      return new HeldLock({ world, store, resourceName, ...wish, fence: answer.fence });
    }
    if (signal?.aborted === true) throw new PawlError('aborted', 'the call was cancelled');
    if (world.clock.monotonic() >= giveUpAt) {
      const { holderId: holder, sinceMs, expiresAtMs } = answer;
      throw new PawlError('lock_held', `${resourceName} is locked by ${holder}`, {
        details: { resourceName, holder, sinceMs, expiresAtMs },
      });
    }
    await pause(world.timers, LOOK_MS * (1 + world.random.next()), signal);
  }
}

interface Held {
  readonly world: World;
  readonly store: Store;
  readonly resourceName: string;
  readonly name: string;
  readonly holderId: string;
  readonly fence: number;
}

class HeldLock implements ResourceLock {
  readonly #held: Held;
  readonly #beat: Beat;
  #lost = false;
  #released = false;

  constructor(held: Held) {
    this.#held = held;
    const lose = (): void => {
      this.#lost = true;
    };
    this.#beat = new Beat(held.world.timers, RENEW_MS, () => this.#renew(), lose);
    this.#beat.start();
  }

  get resourceName(): string {
    return this.#held.resourceName;
  }

  get fence(): number {
    return this.#held.fence;
  }

  get lost(): boolean {
    return this.#lost;
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    this.#beat.stop();
    const { store, name, holderId, fence } = this.#held;
    await store.releaseLock({ name, holderId, fence });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  async #renew(): Promise<void> {
    if (this.#released) return;
    const { store, name, holderId, fence } = this.#held;
    if (await store.renewLock({ name, holderId, fence, ttlMs: TTL_MS })) return;
    this.#lost = true;
    this.#beat.stop();
  }
}
