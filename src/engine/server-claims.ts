import { isPawlError } from '../domain/errors.ts';
import type { Work } from '../store/instances.ts';
import type { ClaimedTask, Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { ClaimsUnderWay } from './claims-under-way.ts';
import { mayBeAwaited } from './passing-on.ts';
import type { ServedList } from './served-list.ts';
import type { ServedLists } from './served-lists.ts';
import { shareOut } from './share-out.ts';

export interface ServerClaimsParts {
  readonly world: World;
  readonly store: Store;
  readonly holderId: string;
  readonly lists: ServedLists;
  /** Most tasks at once, over all lists. */
  readonly capacity: number;
  readonly labels: readonly string[];
  readonly leaseMs: number;
  readonly isDraining: () => boolean;
  readonly persist: <T>(work: () => Promise<T>) => Promise<T>;
  readonly failed: (cause: unknown) => void;
  /** A claim that nobody waits for was answered. */
  readonly answered: () => void;
}

type Claim = () => Promise<readonly ClaimedTask[]>;

/** What a server claims, over all lists that it serves. */
export class ServerClaims {
  readonly #parts: ServerClaimsParts;
  readonly #underWay = new ClaimsUnderWay();
  /** The last look. */
  #seen: Work | null = null;
  #turn = 0;
  #againMs = Number.POSITIVE_INFINITY;

  constructor(parts: ServerClaimsParts) {
    this.#parts = parts;
  }

  /** How many tasks may come of claims that are not answered yet. */
  get places(): number {
    return this.#underWay.places;
  }

  /** In how long a list that has something is worth a try again. */
  get againMs(): number {
    return this.#againMs;
  }

  /** Resolves when no claim is under way. */
  settled(): Promise<void> {
    return this.#underWay.settled();
  }

  /** A fair part of the room for each list that has something ready; in turns who is first. */
  async claim(work: Work): Promise<number> {
    const { capacity, lists, isDraining, persist } = this.#parts;
    this.#seen = work;
    this.#againMs = Number.POSITIVE_INFINITY;
    const room = capacity - lists.size - this.places;
    if (isDraining() || room <= 0) return 0;
    const open: ServedList[] = [];
    for (const list of work.lists) {
      const served = await lists.open(list);
      const inMs = served?.claimableInMs(list, work.lastSeq) ?? Number.POSITIVE_INFINITY;
      if (served !== null && inMs === 0) open.push(served);
      else this.#againMs = Math.min(this.#againMs, inMs);
    }
    // That took its time, and whoever leaves waits only for claims that are under way.
    if (isDraining()) return 0;
    const shares = shareOut(open, room, this.#turn);
    this.#turn += 1;
    const claims = shares.map(({ item, share }) => this.#claimFrom(item, share, persist));
    return (await Promise.all(claims)).reduce((sum, claimed) => sum + claimed, 0);
  }

  /**
   * An attempt ends: where no other list, and nobody else, waits for its place, the next task of
   * this list gets it, in the same commit. Tried once: what keeps that from being done keeps the
   * end from it, too.
   */
  passOn(served: ServedList): void {
    const { capacity, lists: all, isDraining, failed, answered } = this.#parts;
    // More than there is room for were taken over: their places go.
    if (all.size > capacity) return;
    const { lists = [], isLimited = false } = this.#seen ?? {};
    const list = lists.find(({ listId }) => listId === served.listId);
    if (list?.status !== 'running' || isDraining()) return;
    if (lists.some((other) => other !== list && other.status === 'running' && other.ready)) return;
    const seen = { running: list.running, isLimited, isShared: true };
    if (mayBeAwaited(seen, served.options)) return;
    void this.#claimFrom(served, 1, (claim) => claim())
      .catch((cause: unknown) => {
        if (!isPawlError(cause)) failed(cause);
      })
      .finally(answered);
  }

  #claimFrom(
    served: ServedList,
    max: number,
    how: (claim: Claim) => ReturnType<Claim>,
  ): Promise<number> {
    const { store, holderId, labels, leaseMs, world } = this.#parts;
    const { maxConcurrent, minPriority, defaultAgent } = served.options;
    const { listId, agentLimits } = served;
    // What comes between question and answer is news to whoever got nothing.
    const { lastSeq = 0 } = this.#seen ?? {};
    const claim: Claim = async () => {
      const claimed = await store.claimNext({
        ...{ listId, holderId, max, labels, leaseMs, maxConcurrent, minPriority, defaultAgent },
        agentLimits,
      });
      if (claimed.length > 0) world.checkpoint('after-claim');
      return claimed;
    };
    return this.#underWay.during(max, async () => {
      const claimed = await how(claim);
      served.launch(claimed, lastSeq);
      return claimed.length;
    });
  }
}
