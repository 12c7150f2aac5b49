import { asPawlError } from '../domain/as-pawl-error.ts';
import { isPawlError, type PawlError } from '../domain/errors.ts';
import type { ActiveAttempt, ExecutionEnd, ExecutionEvent, Executor } from '../engine/execution.ts';
import { ListExecutor, type ListExecutorParts } from '../engine/list-executor.ts';
import { persist } from '../engine/persist.ts';
import { LeaseGuard } from '../engine/rescue.ts';
import type { LiveInstance } from '../store/store.ts';
import { type Here, whereaboutsOf } from '../store/whereabouts.ts';
import { pause } from '../world/timers.ts';
import { ListWatcher } from './list-watcher.ts';
import { RestKeeper } from './rest-keeper.ts';
import type { Workspace } from './workspace.ts';

/** Faults of the store after which it is rebuilt and the list goes on. */
const REBUILDS_MAX = 8;
/** Before the second rebuild, then doubled: whoever deletes the folder may still be at it. */
const REBUILD_AGAIN_MS = 100;
const ROLE_LOOK_MS = 500;

export interface ListRunParts {
  readonly workspace: Workspace;
  readonly listPath: string;
  readonly version: string;
  /** Everything of an executor but what changes when the store is rebuilt. */
  readonly executor: Omit<
    ListExecutorParts,
    'store' | 'world' | 'runner' | 'log' | 'listId' | 'holderId' | 'keepRole'
  >;
  /** Load the list's file into the (rebuilt) store; gives the list's id. */
  readonly reload: () => Promise<string>;
}

interface Role {
  readonly holderId: string;
  readonly fence: number;
}

/**
 * One `run` of a list by this process, whatever happens to it.
 *
 * ```
 *             role free ──> executing ──> over
 * start ──> ┤                  │ store lost: rebuild, reload, begin again
 *             role taken ──> watching ──> over
 *                              └ its holder died: take the role, execute
 * ```
 *
 * The role is the lock `executor:<list>`: one process executes a list, others watch it. Losing the
 * lock costs nothing but work done twice over, for every write carries fence and term.
 */
export class ListRun implements Executor {
  readonly ended: Promise<ExecutionEnd>;
  readonly #parts: ListRunParts;
  readonly #end = Promise.withResolvers<ExecutionEnd>();
  readonly #leaving = new AbortController();
  #listId: string;
  #current: ListExecutor | ListWatcher | null = null;
  #role: Role | null = null;
  #watched: LiveInstance | null = null;
  #draining = false;
  readonly #rests: RestKeeper;
  #endingAgents = false;

  constructor(parts: ListRunParts, listId: string) {
    this.#parts = parts;
    this.#rests = new RestKeeper(parts.workspace);
    this.#listId = listId;
    this.ended = this.#end.promise;
  }

  /** The process that executes the list, when it is not this one. */
  get watched(): LiveInstance | null {
    return this.#watched;
  }

  async start(): Promise<void> {
    await this.#begin();
    void this.#run().then(
      (end) => this.#settle(end),
      (cause: unknown) => this.#settle({ kind: 'error', error: asPawlError(cause) }),
    );
  }

  drain(): void {
    this.#draining = true;
    this.#current?.drain();
  }

  async leave(): Promise<void> {
    this.#leaving.abort();
    await this.#current?.leave();
    await this.ended;
  }

  async endAgents(): Promise<void> {
    this.#endingAgents = true;
    await this.#current?.endAgents();
    this.#leaving.abort();
    await this.ended;
  }

  active(): readonly ActiveAttempt[] {
    return this.#current?.active() ?? [];
  }

  /**
   * Take the role, or the place of a watcher, and begin. A list that was taken over at an event
   * stays as paused or stopped as it is; one that a person started, runs.
   */
  async #begin(takenOverAt: number | null = null): Promise<void> {
    const { world } = this.#parts.workspace;
    const trouble = (error: PawlError): void =>
      this.#parts.executor.onEvent({ kind: 'trouble', error });
    const take = () => (this.#parts.executor.only === null ? this.#takeRole() : this.#bystand());
    const taken = await persist(world, { signal: this.#leaving.signal, trouble }, take);
    if (taken === 'acquired') {
      const executor = this.#executor(takenOverAt);
      this.#current = executor;
      this.#watched = null;
      await this.#rests.tend();
      await executor.start();
      await this.#goIfTold();
      return;
    }
    this.#watched = taken;
    const { leaseMs, sweepMs } = this.#parts.executor.options;
    const { shared } = this.#here;
    const guard = new LeaseGuard(world.clock, { sweepMs, leaseMs, shared });
    const watcher = new ListWatcher({
      world: this.#parts.workspace.world,
      store: this.#parts.workspace.store,
      log: this.#parts.workspace.log,
      listId: this.#listId,
      attemptsDir: this.#parts.executor.attemptsDir,
      minPriority: this.#parts.executor.options.minPriority,
      onEvent: this.#parts.executor.onEvent,
      roleIsFree: () => this.#roleIsFree(guard),
    });
    this.#current = watcher;
    await watcher.start();
    await this.#goIfTold();
  }

  async #run(): Promise<ExecutionEnd> {
    let rebuilds = 0;
    for (let fault: PawlError | null = null; ; ) {
      const current = this.#current;
      if (current === null) return { kind: 'left', agentsLeft: 0 };
      const end: ExecutionEnd =
        fault === null ? await current.ended : { kind: 'error', error: fault };
      if (current instanceof ListWatcher && end.kind === 'finished' && current.mayTakeOver) {
        if (this.#isGoing) return { kind: 'left', agentsLeft: 0 };
        fault = await this.#lostAgain(() => this.#begin(current.toldUpTo));
      } else if (
        current instanceof ListExecutor &&
        end.kind === 'left' &&
        this.#mayWatch(current)
      ) {
        // The role is another's by now: let go of what we still hold, and watch that one.
        await this.#giveRoleBack();
        fault = await this.#lostAgain(() => this.#begin(current.toldUpTo));
      } else if (end.kind === 'error' && rebuilds < REBUILDS_MAX && isStoreLost(end.error)) {
        await this.#pauseBefore(rebuilds);
        rebuilds += 1;
        fault = await this.#lostAgain(async () => {
          await this.#rebuild();
          await this.#begin(null);
        });
      } else {
        await this.#giveRoleBack();
        return end;
      }
    }
  }

  async #pauseBefore(rebuilds: number): Promise<void> {
    if (rebuilds === 0) return;
    const delayMs = REBUILD_AGAIN_MS * 2 ** (rebuilds - 1);
    await pause(this.#parts.workspace.world.timers, delayMs, this.#leaving.signal);
  }

  /** Null when it was done; the store may be lost again meanwhile, as when another rebuilds it. */
  async #lostAgain(work: () => Promise<void>): Promise<PawlError | null> {
    try {
      await work();
      return null;
    } catch (cause) {
      if (!isPawlError(cause) || !isStoreLost(cause)) throw cause;
      return cause;
    }
  }

  /** Somebody may have told us to go while nobody was there to be told. */
  async #goIfTold(): Promise<void> {
    if (this.#endingAgents) await this.#current?.endAgents();
    else if (this.#leaving.signal.aborted) await this.#current?.leave();
    else if (this.#draining) this.#current?.drain();
  }

  get #isGoing(): boolean {
    return this.#draining || this.#endingAgents || this.#leaving.signal.aborted;
  }

  #mayWatch({ isSentAway }: ListExecutor): boolean {
    return !isSentAway && !this.#isGoing && this.#parts.executor.only === null;
  }

  #executor(takenOverAt: number | null): ListExecutor {
    const { workspace, executor } = this.#parts;
    const { holderId } = this.#role as Role;
    const { store, world, runner, log } = workspace;
    const listId = this.#listId;
    const keepRole = () => this.#keepRole();
    return new ListExecutor({
      ...{ ...executor, store, world, runner, log },
      ...{ listId, holderId, keepRole, takenOverAt },
    });
  }

  /** One task beside whoever executes the list: no role is needed for it. */
  async #bystand(): Promise<'acquired'> {
    return this.#own(await this.#register(), 0);
  }

  /**
   * Registered before it asks for the lock: a holder that nobody knows counts as dead, and would
   * lose the role at once to whoever starts at the same moment.
   */
  async #takeRole(): Promise<'acquired' | LiveInstance> {
    const { workspace, executor } = this.#parts;
    const { store, world } = workspace;
    const holderId = await this.#register();
    const lock = { name: this.#lockName, holderId, ttlMs: executor.options.leaseMs };
    for (;;) {
      const answer = await store.acquireLock(lock);
      if (answer.kind === 'acquired') return this.#own(holderId, answer.fence);
      const holder = await this.#instance(answer.holderId);
      if (holder !== null && whereaboutsOf(holder, this.#here) !== 'gone') {
        await store.endInstance(holderId);
        return holder;
      }
      const evenFrom = answer.holderId;
      const seized = await store.acquireLock({ ...lock, evenFrom });
      if (seized.kind === 'acquired') {
        await store.endInstance(evenFrom);
        return this.#own(holderId, seized.fence);
      }
      // Somebody else was faster: look who.
      await pause(world.timers, world.random.next() * ROLE_LOOK_MS, this.#leaving.signal);
    }
  }

  #own(holderId: string, fence: number): 'acquired' {
    this.#role = { holderId, fence };
    return 'acquired';
  }

  async #register(): Promise<string> {
    const { workspace, version } = this.#parts;
    const { store, world } = workspace;
    const { host, self } = world.processes;
    const id = world.ids.uuid();
    const listId = this.#listId;
    const { attemptsDir, options } = this.#parts.executor;
    const { labels } = options;
    const about = { kind: 'executor', host, process: self, version, listId, attemptsDir, labels };
    const instance = { id, ...about };
    await store.registerInstance(instance);
    return id;
  }

  async #instance(id: string): Promise<LiveInstance | null> {
    const live = await this.#parts.workspace.store.instances();
    return live.find((instance) => instance.id === id) ?? null;
  }

  /** Its holder is gone, or silent for so long that its lock has run out: stopped, or hanging. */
  async #roleIsFree(guard: LeaseGuard): Promise<boolean> {
    const { leaseMs, sweepMs } = this.#parts.executor.options;
    const holder = this.#watched;
    if (holder === null) return true;
    const still = await this.#instance(holder.id);
    const silenceCounts = guard.check(still === null ? null : still.heartbeatAtMs + still.silentMs);
    if (still === null || whereaboutsOf(still, this.#here) === 'gone') return true;
    return silenceCounts && still.silentMs > leaseMs + sweepMs;
  }

  get #here(): Here {
    const { world, store } = this.#parts.workspace;
    const { attemptsDir } = this.#parts.executor;
    return { processes: world.processes, shared: store.capabilities.shared, attemptsDir };
  }

  async #keepRole(): Promise<boolean> {
    const { workspace, executor } = this.#parts;
    const { holderId, fence } = this.#role as Role;
    // Not waited for: a large copy takes longer than a lease.
    void this.#rests.tend();
    if (executor.only !== null) return true;
    const ttlMs = executor.options.leaseMs;
    return await workspace.store.renewLock({ name: this.#lockName, holderId, fence, ttlMs });
  }

  async #giveRoleBack(): Promise<void> {
    const role = this.#role;
    if (role === null) return;
    this.#role = null;
    await this.#rests.rest();
    const { store, log } = this.#parts.workspace;
    try {
      await store.releaseLock({ name: this.#lockName, ...role });
      await store.endInstance(role.holderId);
    } catch (cause) {
      // It expires by itself; whoever starts next sees that this process is gone.
      log.warn('executor.ended', { list: this.#listId }, cause);
    }
  }

  async #rebuild(): Promise<void> {
    await this.#parts.workspace.rebuildStore();
    this.#listId = await this.#parts.reload();
    const former = this.#role;
    if (former === null) return;
    await this.#parts.workspace.store.endInstance(former.holderId);
    await this.#parts.workspace.store.releaseLock({ name: this.#lockName, ...former });
  }

  #settle(end: ExecutionEnd): void {
    this.#parts.executor.onEvent({ kind: 'executor:complete', end } satisfies ExecutionEvent);
    this.#end.resolve(end);
  }

  get #lockName(): string {
    return `executor:${this.#listId}`;
  }
}

function isStoreLost(error: PawlError): boolean {
  return error.code === 'store_corrupt' || error.code === 'store_replaced';
}
