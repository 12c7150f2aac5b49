import { isPawlError } from '../domain/errors.ts';
import { keepBackup } from './backups.ts';
import { cleanUp } from './clean-up.ts';
import { pruneAttempts } from './prune-attempts.ts';
import type { Workspace } from './workspace.ts';

const PRUNE_EVERY_MS = 86_400_000;

/**
 * What a process that executes does about the rests of others now and then: locks and processes of
 * this host that are no more, copies of the store, folders of old attempts. Safe beside others.
 */
export class RestKeeper {
  readonly #workspace: Workspace;
  #prunedAt = Number.NEGATIVE_INFINITY;
  #tending: Promise<void> | null = null;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Not to be waited for in between two heartbeats: a large copy takes longer than a lease. */
  tend(): Promise<void> {
    this.#tending ??= this.#tend().finally(() => {
      this.#tending = null;
    });
    return this.#tending;
  }

  /** Resolves when nothing is under way. */
  async rest(): Promise<void> {
    await this.#tending;
  }

  async #tend(): Promise<void> {
    const { world, stateDir, store, log } = this.#workspace;
    try {
      await cleanUp(this.#workspace);
      await keepBackup({ world, folder: `${stateDir}/backups` }, store, log);
      await this.#prune();
    } catch (cause) {
      // Whoever needs the store for the work itself will say more, and do something about it.
      if (!isPawlError(cause)) throw cause;
      log.warn('store.waiting', {}, cause);
    }
  }

  /** Once a run and once a day: it looks at every attempt there ever was. */
  async #prune(): Promise<void> {
    const { world, log } = this.#workspace;
    const now = world.clock.monotonic();
    if (now - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = now;
    try {
      const removed = await pruneAttempts(this.#workspace);
      if (removed > 0) log.info('attempts.pruned', { removed });
    } catch (cause) {
      log.warn('attempts.pruned', { removed: 0 }, cause);
    }
  }
}
