import type { ProgramRunner } from '../agents/runner.ts';
import type { PawlError } from '../domain/errors.ts';
import { sessionOf } from '../domain/holder.ts';
import type { RetryPolicy } from '../domain/task.ts';
import type { Logger } from '../observe/logger.ts';
import type { ClaimedTask, Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { Attempts } from './attempts.ts';
import { Beat } from './beat.ts';
import type { ExecutionOptions } from './execution.ts';
import { Heart } from './heart.ts';
import type { Launcher } from './launcher.ts';
import { persist } from './persist.ts';
import { Sweeper } from './sweeper.ts';

export interface ClaimWatchParts {
  readonly world: World;
  /** Read anew at each use: it is another one after a rebuild. */
  readonly store: () => Store;
  readonly runner: ProgramRunner;
  readonly launcher: Launcher;
  readonly log: Logger;
  readonly options: ExecutionOptions;
  /** How often a task of this list may be tried. */
  readonly policyOf: (listId: string) => Promise<RetryPolicy>;
  readonly attemptsDir: string;
  readonly version: string;
}

/** How often a person's wish for what is being verified is looked for. */
const WISH_LOOK_MS = 1_000;

/**
 * What a process that clients talk to does for tasks they hold. It verifies finished work, takes
 * over verifying that others left behind, and frees what silent clients hold.
 *
 * ```
 *  client's claim ──(its client says: done)──> held by us, verify runs ──> outcome
 *        │                                         │ we die: our instance is gone
 *        └ silent for longer than its lease: lost  └──> adopted by the next watch, or executor
 * ```
 *
 * Safe beside any number of others of its kind: each write compares fence and term.
 */
export class ClaimWatch {
  readonly holderId: string;
  readonly #parts: ClaimWatchParts;
  readonly #attempts: Attempts;
  readonly #beats: readonly Beat[];
  readonly #sweeper: Sweeper;
  readonly #heart: Heart;
  readonly #leaving = new AbortController();
  #started: Promise<void> | null = null;

  constructor(parts: ClaimWatchParts) {
    const { world, options } = parts;
    this.#parts = parts;
    this.holderId = world.ids.uuid();
    const { runner, launcher, log, attemptsDir } = parts;
    const nothing = (): void => undefined;
    const failed = (cause: unknown): void => this.#failed(cause);
    this.#attempts = new Attempts({
      ...{ world, runner, launcher, log, options, attemptsDir, holderId: this.holderId },
      store: parts.store,
      persist: (write) => this.#persist(write),
      trouble: (error) => this.#trouble(error),
      ...{ onEvent: nothing, begun: nothing, ended: nothing, failed },
    });
    this.#heart = new Heart({
      ...{ world, store: parts.store, holderId: this.holderId, leaseMs: options.leaseMs },
      granted: () => this.#attempts.granted(),
    });
    this.#sweeper = new Sweeper({
      ...{ world, options, attemptsDir, holderId: this.holderId },
      store: parts.store,
      policyOf: parts.policyOf,
      persist: (work) => this.#persist(work),
      passesOver: (held) => sessionOf(held.claimantId) === null || this.#attempts.has(held),
      adopted: (claimed) => {
        void this.#attempts.launch(claimed, { adopted: true, byClient: true });
      },
    });
    this.#beats = [
      new Beat(world.timers, options.heartbeatMs, () => this.#calmly(this.#heartbeat()), failed),
      new Beat(world.timers, options.sweepMs, () => this.#calmly(this.sweep()), failed),
      new Beat(world.timers, WISH_LOOK_MS, () => this.#calmly(this.#obeyWishes()), failed),
    ];
  }

  /** Be known as a holder, and take up what others left. Idempotent. */
  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  async #start(): Promise<void> {
    const { world, version } = this.#parts;
    const { host, self } = world.processes;
    const instance = { id: this.holderId, kind: 'verifier', host, process: self, version };
    const { attemptsDir } = this.#parts;
    await this.#store.registerInstance({ ...instance, listId: null, attemptsDir });
    await this.sweep();
    for (const beat of this.#beats) beat.start();
  }

  /** Watch no more; what is being verified goes on, for the next one to take over. */
  async stop(): Promise<void> {
    this.#leaving.abort();
    for (const beat of this.#beats) beat.stop();
    this.#attempts.leave();
    await this.#attempts.settled();
    if (this.#started === null) return;
    try {
      await this.#started;
      await this.#store.endInstance(this.holderId);
    } catch (cause) {
      // Whoever comes next sees that this process is gone.
      this.#parts.log.warn('executor.ended', {}, cause);
    }
  }

  /** May an expired lease of a client be believed now? */
  get leasesCount(): boolean {
    return this.#sweeper.clientLeasesCount;
  }

  /** Run the `verify` command of an attempt that was handed to us. Resolves when it is decided. */
  verify(claimed: ClaimedTask): Promise<void> {
    return this.#attempts.launch(claimed, { adopted: false, byClient: true });
  }

  /** Take over what nobody watches any more, and free what silent clients hold. */
  async sweep(): Promise<void> {
    await this.#sweeper.sweep(null);
  }

  async #heartbeat(): Promise<void> {
    const answer = await this.#persist(() => this.#heart.beat(this.#attempts.held()));
    for (const request of answer.endRequests) this.#attempts.obey(request);
    for (const id of answer.lost) await this.#attempts.loseLease(id);
  }

  /** Read only, so that looking often wakes nobody. */
  async #obeyWishes(): Promise<void> {
    if (this.#attempts.size === 0) return;
    const held = await this.#persist(() => this.#store.heldTasks(null));
    const ours = held.filter((task) => this.#attempts.has(task));
    for (const listId of new Set(ours.map((task) => task.listId))) {
      const { holderId } = this;
      const query = { listId, holderId, minPriority: 'P4' } as const;
      const { endRequests } = await this.#persist(() => this.#store.control(query));
      for (const request of endRequests) this.#attempts.obey(request);
    }
  }

  get #store(): Store {
    return this.#parts.store();
  }

  #persist<T>(write: () => Promise<T>): Promise<T> {
    const trouble = (error: PawlError): void => this.#trouble(error);
    return persist(this.#parts.world, { signal: this.#leaving.signal, trouble }, write);
  }

  #trouble(error: PawlError): void {
    this.#parts.log.error('store.waiting', {}, error);
  }

  /** A round that fails is no reason not to try the next one. */
  async #calmly(round: Promise<void>): Promise<void> {
    await round.catch((cause: unknown) => this.#failed(cause));
  }

  #failed(cause: unknown): void {
    if (this.#leaving.signal.aborted) return;
    this.#parts.log.error('executor.failed', {}, cause);
  }
}
