import type { Logger } from '../observe/logger.ts';
import type { Store } from '../store/store.ts';

export interface LeadershipParts {
  readonly store: Store;
  readonly holderId: string;
  readonly ttlMs: number;
  readonly log: Logger;
}

const LOCK = 'leader';

/**
 * Whether this server does what one of all servers should do: look for what other hosts lost, and
 * promote delayed tasks the moment they are due. A leased row whose fence is the term. It only
 * saves doing things twice: each of them is safe with two leaders, and done late without one.
 */
export class Leadership {
  readonly #parts: LeadershipParts;
  #term: number | null = null;

  constructor(parts: LeadershipParts) {
    this.#parts = parts;
  }

  /** As of the last `keep`. */
  get isOurs(): boolean {
    return this.#term !== null;
  }

  /** Take it, or renew it; false when it is another's. */
  async keep(): Promise<boolean> {
    const { store, holderId, ttlMs, log } = this.#parts;
    const answer = await store.acquireLock({ name: LOCK, holderId, ttlMs });
    const term = answer.kind === 'acquired' ? answer.fence : null;
    if (term !== null && term !== this.#term)
      log.info('leader.changed', { holder: holderId, term });
    this.#term = term;
    return term !== null;
  }

  async giveBack(): Promise<void> {
    const { store, holderId } = this.#parts;
    if (this.#term === null) return;
    await store.releaseLock({ name: LOCK, holderId, fence: this.#term });
    this.#term = null;
  }
}
