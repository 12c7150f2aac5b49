import type { ClaimedTask, Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { ClaimsUnderWay } from './claims-under-way.ts';
import type { ExecutionOptions } from './execution.ts';

export interface ListClaimsParts {
  readonly world: World;
  readonly store: Store;
  readonly listId: string;
  readonly holderId: string;
  /** Read anew at each use. */
  readonly options: ExecutionOptions;
  readonly launch: (task: ClaimedTask) => void;
}

/** What the executor of one list claims, with the options in force. */
export class ListClaims {
  readonly #parts: ListClaimsParts;
  readonly #underWay = new ClaimsUnderWay();

  constructor(parts: ListClaimsParts) {
    this.#parts = parts;
  }

  /** How many tasks may come of claims that are not answered yet. */
  get places(): number {
    return this.#underWay.places;
  }

  /** What this host offers to tasks that need something; of a list alone, everything. */
  get offered(): { readonly labels?: readonly string[] } {
    const { labels } = this.#parts.options;
    return labels === null ? {} : { labels };
  }

  /** Claim up to `max` tasks, the way `how` says, and launch them. Gives how many came. */
  take(
    max: number,
    how: (claim: () => Promise<readonly ClaimedTask[]>) => Promise<readonly ClaimedTask[]>,
  ): Promise<number> {
    return this.#underWay.during(max, async () => {
      const claimed = await how(() => this.#claimNext(max));
      for (const task of claimed) this.#parts.launch(task);
      return claimed.length;
    });
  }

  /** Resolves when no claim is under way. */
  settled(): Promise<void> {
    return this.#underWay.settled();
  }

  async #claimNext(max: number): Promise<readonly ClaimedTask[]> {
    const { store, options, listId, holderId, world } = this.#parts;
    const { maxConcurrent, minPriority, defaultAgent, leaseMs, agentLimits } = options;
    const claimed = await store.claimNext({
      ...{ listId, holderId, max, maxConcurrent, minPriority, defaultAgent, leaseMs },
      ...{ agentLimits, ...this.offered },
    });
    if (claimed.length > 0) world.checkpoint('after-claim');
    return claimed;
  }
}
