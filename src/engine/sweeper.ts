import { CLAIM_LEASE_MS } from '../domain/claim-lease.ts';
import { sessionOf } from '../domain/holder.ts';
import type { RetryPolicy } from '../domain/task.ts';
import type { ClaimedTask, HeldTask, Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import type { ExecutionOptions } from './execution.ts';
import { LeaseGuard, overdueMs, rescueOf, storeClock, takeOver } from './rescue.ts';

export interface SweeperParts {
  readonly world: World;
  /** Read anew at each use: it is another one after a rebuild. */
  readonly store: () => Store;
  readonly holderId: string;
  /** Where the folders of our attempts lie. */
  readonly attemptsDir: string;
  readonly options: Pick<ExecutionOptions, 'leaseMs' | 'sweepMs' | 'killGraceMs' | 'heartbeatMs'>;
  readonly persist: <T>(work: () => Promise<T>) => Promise<T>;
  /** Is it looked after here, or none of our business? */
  readonly passesOver: (held: HeldTask) => boolean;
  /** Watch over an attempt that is ours from now on. */
  readonly adopted: (claimed: ClaimedTask, held: HeldTask) => Promise<void> | void;
  /** How often a task of this list may be tried. */
  readonly policyOf: (listId: string) => Promise<RetryPolicy>;
}

/**
 * Finds attempts that nobody watches over any more, and tasks that silent clients hold. What lies
 * on this host is adopted; the rest goes back into the queue.
 *
 * Safe beside any number of others: each write compares fence and term, and what is judged by a
 * lease alone is judged once more in the transaction, by the clock that wrote the lease.
 */
export class Sweeper {
  readonly #parts: SweeperParts;
  readonly #guard: LeaseGuard;
  readonly #clientGuard: LeaseGuard;
  readonly #isShared: boolean;
  #clientLeasesCount = true;

  constructor(parts: SweeperParts) {
    const { world, options } = parts;
    this.#parts = parts;
    this.#isShared = parts.store().capabilities.shared;
    const guard = { sweepMs: options.sweepMs, shared: this.#isShared };
    this.#guard = new LeaseGuard(world.clock, { ...guard, leaseMs: options.leaseMs });
    const forClients = { ...guard, leaseMs: CLAIM_LEASE_MS, shared: false };
    this.#clientGuard = new LeaseGuard(world.clock, forClients);
  }

  /** May an expired lease of a client be believed now? As of the last sweep. */
  get clientLeasesCount(): boolean {
    return this.#clientLeasesCount;
  }

  /** Of one list, or of all. `everyHost`: also what is not this host's; default. */
  async sweep(listId: string | null, { everyHost = true } = {}): Promise<void> {
    const { store, persist, passesOver } = this.#parts;
    const all = await persist(() => store().heldTasks(listId));
    const wall = storeClock(all);
    const counts = this.#guard.check(wall);
    this.#clientLeasesCount = this.#clientGuard.check(this.#isShared ? null : wall);
    const lost: HeldTask[] = [];
    const silent = new Set<string>();
    for (const held of all) {
      if (passesOver(held)) continue;
      const action = this.#actionFor(held, counts);
      if (action === 'adopt') await this.#adopt(held);
      if (action === 'expire' && everyHost) silent.add(held.listId);
      if (action === 'lose' && everyHost) lost.push(held);
    }
    await this.#expire(silent);
    await this.#lose(lost);
  }

  #actionFor(held: HeldTask, counts: boolean): ReturnType<typeof rescueOf> {
    const { world, holderId, options, attemptsDir } = this.#parts;
    const isClients = sessionOf(held.holderId) !== null;
    const believed = isClients ? this.#clientLeasesCount : counts;
    return rescueOf(held, {
      ...{ holderId, processes: world.processes, shared: this.#isShared, attemptsDir },
      expired: believed && held.leaseLeftMs < 0,
      // Where all of it lies in one folder, it can be looked at, whatever its host was called.
      overdue: believed && held.leaseLeftMs < (this.#isShared ? -overdueMs(options) : 0),
    });
  }

  async #adopt(held: HeldTask): Promise<void> {
    const { store, persist, holderId, options, adopted } = this.#parts;
    const heir = { holderId, leaseMs: options.leaseMs };
    const claimed = await persist(() => takeOver(store(), held, heir));
    if (claimed !== null) await adopted(claimed, held);
  }

  async #expire(silent: ReadonlySet<string>): Promise<void> {
    const { store, persist, policyOf } = this.#parts;
    for (const listId of silent) {
      const policy = await policyOf(listId);
      await persist(() => store().expireClaims([{ listId, policy }]));
    }
  }

  async #lose(lost: readonly HeldTask[]): Promise<void> {
    if (lost.length === 0) return;
    const { store, persist, policyOf, options } = this.#parts;
    const attempts = await Promise.all(
      lost.map(async ({ id, fence, term, listId }) => {
        return { id, fence, term, policy: await policyOf(listId) };
      }),
    );
    const overdue = overdueMs(options);
    await persist(() => store().rescueExpired({ attempts, overdueMs: overdue }));
  }
}
