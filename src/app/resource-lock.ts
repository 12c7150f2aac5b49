import { isPawlError, PawlError } from '../domain/errors.ts';
import { Beat } from '../engine/beat.ts';
import { isOwnerGone, lockOwner, ownerText, uniquePartOf } from '../operations/lock-owner.ts';
import { RESOURCE_LOCK, requireLockName } from '../operations/resource-locks.ts';
import type { LockAnswer, Store } from '../store/store.ts';
import { pause, type Timer } from '../world/timers.ts';
import type { World } from '../world/world.ts';

/** A lock that this process holds until it releases it, or dies. */
export interface ResourceLock extends AsyncDisposable {
  readonly resourceName: string;
  /** Rises at every acquisition, whoever acquires: for systems that must refuse a late holder. */
  readonly fence: number;
  /** It is not surely ours any more: somebody else has it, or could have it soon. */
  readonly lost: boolean;
  /** Aborts, with a `PawlError` `lock_lost`, when it is lost: stop working on the resource. */
  readonly signal: AbortSignal;
  /**
   * Idempotent; `lost` says afterwards whether it was ours until then. What others did with the
   * lock since it was lost stays as it is.
   */
  release(): Promise<void>;
}

/** The same, as who keeps it knows it. */
export interface OwnedLock extends ResourceLock {
  /** Stands in the command lines of what is started under the lock: see `markerOf`. */
  readonly marker: string;
}

export interface AcquireResourceLock {
  /** Milliseconds; 0: not waited at all. */
  readonly timeoutMs: number;
  /** Milliseconds after which others may take it when this process is not heard of any more. */
  readonly ttlMs?: number;
  readonly signal?: AbortSignal;
  /** Told once, when somebody else has it. */
  readonly waiting?: (holder: LockHolder) => void;
}

export interface LockHolder {
  /** For people: `process 4711 on this host`. */
  readonly holder: string;
  readonly sinceMs: number;
  readonly expiresAtMs: number;
}

/** Where a lock lies, and how its holder gets on. */
export interface LockPlace {
  readonly world: World;
  readonly store: Store;
}

export const LOCK_TTL_MS = 30_000;
/** Milliseconds between two tries: short at first, then such that many who wait disturb nobody. */
const LOOK_MS = 20;
const LOOK_MAX_MS = 500;
const LOOK_GROWTH = 1.5;
/** Of the time to live, and at most: so long before its end the lock counts as lost. */
const MARGIN_PART = 6;
export const MARGIN_MAX_MS = 10_000;

/**
 * Wait for a named lock, and keep it renewed. Whoever held it and is surely gone is not waited for.
 *
 * @throws PawlError `lock_held` after `timeoutMs`, with the holder; `aborted`; `usage` (the name).
 */
export async function acquireResourceLock(
  place: LockPlace,
  resourceName: string,
  options: AcquireResourceLock,
): Promise<OwnedLock> {
  requireLockName(resourceName);
  const { world } = place;
  const { timeoutMs, ttlMs = LOCK_TTL_MS, signal } = options;
  const wish = { name: `${RESOURCE_LOCK}${resourceName}`, holderId: lockOwner(world), ttlMs };
  const giveUpAt = world.clock.monotonic() + timeoutMs;
  for (let lookMs = LOOK_MS, told = false; ; lookMs = Math.min(LOOK_MAX_MS, lookMs * LOOK_GROWTH)) {
    const askedAt = world.clock.monotonic();
    const answer = await ask(place, wish);
    if (answer.kind === 'acquired') {
      return new HeldLock({ ...place, resourceName, ...wish, fence: answer.fence, askedAt });
    }
    if (signal?.aborted === true) throw new PawlError('aborted', 'the call was cancelled');
    if (world.clock.monotonic() >= giveUpAt) throw heldByOther(world, resourceName, answer);
    if (!told) options.waiting?.(holderOf(world, answer));
    told = true;
    const untilGivenUp = Math.max(1, giveUpAt - world.clock.monotonic());
    await pause(world.timers, Math.min(untilGivenUp, lookMs * (1 + world.random.next())), signal);
  }
}

interface Wish {
  readonly name: string;
  readonly holderId: string;
  readonly ttlMs: number;
}

async function ask({ world, store }: LockPlace, wish: Wish): Promise<LockAnswer> {
  const answer = await store.acquireLock(wish);
  if (answer.kind === 'acquired' || !isOwnerGone(answer.holderId, world.processes)) return answer;
  // What it had started may take a moment to end.
  if (world.processes.find(markerOf(answer.holderId)).length > 0) return answer;
  return await store.acquireLock({ ...wish, evenFrom: answer.holderId });
}

function markerOf(holderId: string): string {
  return `pawl-lock:${uniquePartOf(holderId)}`;
}

type HeldAnswer = Extract<LockAnswer, { kind: 'held' }>;

function holderOf({ processes }: World, { holderId, ...since }: HeldAnswer): LockHolder {
  const { sinceMs, expiresAtMs } = since;
  return { holder: ownerText(holderId, processes), sinceMs, expiresAtMs };
}

function heldByOther(world: World, resourceName: string, answer: HeldAnswer): PawlError {
  const held = holderOf(world, answer);
  const since = new Date(held.sinceMs).toISOString();
  const message = `${resourceName} is locked by ${held.holder} since ${since}`;
  return new PawlError('lock_held', message, {
    details: { resourceName, ...held, holderId: answer.holderId },
  });
}

const TAKEN = 'somebody else has it, or had it freed';
const NOT_IN_TIME = 'it was not renewed in time';

interface Held extends LockPlace, Wish {
  readonly resourceName: string;
  readonly fence: number;
  /** When it was asked for: it is ours for its time to live from then on, at least. */
  readonly askedAt: number;
}

/**
 * ```
 * held ──renewed──> held          a third of its time to live after the last time
 *   │ └─not renewed──> held       asked again until shortly before its end
 *   └──refused, or its end is near──> lost (signal aborts)
 * ```
 */
class HeldLock implements OwnedLock {
  readonly #held: Held;
  readonly #beat: Beat;
  readonly #lost = new AbortController();
  #end: Timer | null = null;
  #endsAt = Number.POSITIVE_INFINITY;
  #released: Promise<void> | null = null;

  constructor(held: Held) {
    this.#held = held;
    const fail = (cause: unknown): void => this.#lose('it cannot be renewed', cause);
    this.#beat = new Beat(held.world.timers, held.ttlMs / 3, () => this.#renew(), fail);
    this.#beat.start();
    this.#isOursSince(held.askedAt);
  }

  get resourceName(): string {
    return this.#held.resourceName;
  }

  get marker(): string {
    return markerOf(this.#held.holderId);
  }

  get fence(): number {
    return this.#held.fence;
  }

  /** Also by the clock alone: whoever stood still may ask before any timer had its turn. */
  get lost(): boolean {
    const isOver = this.#held.world.clock.monotonic() >= this.#endsAt;
    if (isOver && this.#released === null) this.#lose(NOT_IN_TIME);
    return this.#lost.signal.aborted;
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  async release(): Promise<void> {
    this.#released ??= this.#giveBack();
    await this.#released;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  async #giveBack(): Promise<void> {
    this.#beat.stop();
    this.#end?.clear();
    const { store, name, holderId, fence } = this.#held;
    const wasOurs = await store.releaseLock({ name, holderId, fence });
    if (!wasOurs) this.#lose(TAKEN);
  }

  async #renew(): Promise<void> {
    if (this.#released !== null || this.lost) return;
    const { world, store, name, holderId, fence, ttlMs } = this.#held;
    const askedAt = world.clock.monotonic();
    try {
      const deadlineMs = Math.max(1, ttlMs / 3);
      const isOurs = await store.renewLock({ name, holderId, fence, ttlMs }, { deadlineMs });
      if (isOurs) this.#isOursSince(askedAt);
      else this.#lose(TAKEN);
    } catch (cause) {
      if (!isPawlError(cause)) throw cause; // the next round tries again, until its end is near
    }
  }

  #isOursSince(askedAt: number): void {
    this.#end?.clear();
    if (this.#released !== null || this.#lost.signal.aborted) return;
    const { world, ttlMs } = this.#held;
    this.#endsAt = askedAt + ttlMs - marginOf(ttlMs);
    const leftMs = Math.max(1, this.#endsAt - world.clock.monotonic());
    this.#end = world.timers.after(leftMs, () => this.#lose(NOT_IN_TIME));
  }

  #lose(why: string, cause?: unknown): void {
    if (this.#lost.signal.aborted) return;
    this.#beat.stop();
    this.#end?.clear();
    const { resourceName, fence } = this.#held;
    const message = `the lock ${resourceName} (fence ${fence}) was lost: ${why}`;
    this.#lost.abort(
      new PawlError('lock_lost', message, { cause, details: { resourceName, fence } }),
    );
  }
}

/** Milliseconds before its end at which a lock that is not renewed counts as lost. */
export function marginOf(ttlMs: number): number {
  return Math.min(MARGIN_MAX_MS, ttlMs / MARGIN_PART);
}
