import { join, resolve } from 'node:path';
import { isPawlError, PawlError } from '../domain/errors.ts';
import { migrateRoles } from '../operations/migrate-roles.ts';
import type { Client } from '../store/claims.ts';
import type { BreakdownSave, SavedQuery } from '../store/saved-breakdowns.ts';
import { pause } from '../world/timers.ts';
import type { World } from '../world/world.ts';
import {
  openPersistence,
  type PersistenceOptions,
  type PersistencePlace,
} from './persistence-place.ts';
import { PersistenceSession } from './persistence-session.ts';
import { acquireResourceLock, type ResourceLock } from './resource-lock.ts';
import {
  Baselines,
  type LoadedBreakdown,
  type LoadedSubtask,
  loadedBreakdown,
  type Subtask,
  type TaskBreakdown,
} from './task-breakdown.ts';
import type { CallOptions } from './task-executor.ts';
import { thisWorld } from './this-world.ts';
import { PAWL_VERSION } from './version.ts';

/** What `running` is worth: milliseconds until somebody else may take it, unless saved again. */
const LEASE_MS = 30 * 60_000;
const LOCK_TIMEOUT_S = 10;
const STALE_LOCK_S = 3_600;
const SESSION_TIMEOUT_S = 30;
const RETRIES_MAX = 3;
const RETRY_MS = 100;

/**
 * Keeps breakdowns for programs, by the methods that users of the older orchestrator call. Every
 * method is one durable transaction; it opens the store at its first call. Several managers, in
 * any number of processes, may work on one store.
 *
 * Saving says what its owner changed since it was loaded, and takes back nothing that others did
 * meanwhile. What a save does not name stays.
 *
 * ```ts
 * await using manager = new PersistenceManager({ baseDir: '/path/to/project' });
 * const breakdown = await manager.loadTaskBreakdown('task_1a2b3c4d');
 * ```
 *
 * Every method takes a signal last, and rejects with a `PawlError` (`code`, `details`); it has then
 * changed nothing. Faults that pass by themselves are tried again, three times at most.
 */
export class PersistenceManager implements AsyncDisposable {
  readonly #options: PersistenceOptions;
  readonly #world: World;
  readonly #baselines = new Baselines();
  #place: Promise<PersistencePlace> | null = null;
  #disposed = false;

  constructor(options: PersistenceOptions = {}) {
    this.#options = options;
    this.#world = options.world ?? thisWorld();
  }

  /**
   * Store a breakdown, or bring the one that is there to what this one says. Subtasks that are new
   * are added, and those that it does not name stay.
   *
   * @throws PawlError `plan_invalid` (all faults in `details`), `breakdown_archived`, `lease_held`
   *   (a subtask whose status it changes runs, held by another), `task_blocked`.
   */
  async saveTaskBreakdown(breakdown: TaskBreakdown, call: CallOptions = {}): Promise<void> {
    await this.#commit([{ kind: 'breakdown', ...this.#baselines.breakdown(breakdown) }], call);
    this.#baselines.keep(breakdown);
  }

  /** With all its subtasks, as of one moment; an archived one, too. Null when there is none. */
  async loadTaskBreakdown(
    parentTaskId: string,
    call: CallOptions = {},
  ): Promise<LoadedBreakdown | null> {
    const [found] = await this.#load({ parentTaskId, archived: 'too' }, call);
    return found ?? null;
  }

  /**
   * Change one subtask: what differs from how it was loaded, or all of it when it never was.
   *
   * @throws PawlError `breakdown_not_found`, `task_not_found`, and those of `saveTaskBreakdown`.
   */
  async updateSubtask(
    subtask: Subtask | LoadedSubtask,
    parentTaskId: string,
    call: CallOptions = {},
  ): Promise<void> {
    const change = this.#baselines.subtask(subtask);
    await this.#commit([{ kind: 'subtask', parentTaskId, subtask: change }], call);
    this.#baselines.keepSubtask(subtask);
  }

  /**
   * Put a breakdown away with all its subtasks; it can be loaded and restored as it was. False when
   * there is none.
   *
   * @throws PawlError `breakdown_in_use` while a subtask runs.
   */
  async archiveTask(parentTaskId: string, call: CallOptions = {}): Promise<boolean> {
    try {
      await this.#commit([{ kind: 'archive', parentTaskId }], call);
      return true;
    } catch (cause) {
      if (isPawlError(cause, 'breakdown_not_found')) return false;
      throw cause;
    }
  }

  /** The parent ids of breakdowns that are not archived, oldest first. */
  async getAllActiveTasks(call: CallOptions = {}): Promise<string[]> {
    return (await this.#load({ archived: 'no' }, call)).map(({ parentTaskId }) => parentTaskId);
  }

  async getAllArchivedTasks(call: CallOptions = {}): Promise<string[]> {
    return (await this.#load({ archived: 'only' }, call)).map(({ parentTaskId }) => parentTaskId);
  }

  /**
   * The breakdown that has a subtask of this id; null when none has.
   *
   * @throws PawlError `task_ambiguous` when several have: ids are unique in a breakdown only.
   */
  async getParentTaskId(taskId: string, call: CallOptions = {}): Promise<string | null> {
    const found = await this.#load({ taskId, archived: 'no' }, call);
    if (found.length > 1) {
      const parents = found.map(({ parentTaskId }) => parentTaskId);
      throw new PawlError('task_ambiguous', `several breakdowns have a subtask ${taskId}`, {
        details: { taskId, parents },
      });
    }
    return found[0]?.parentTaskId ?? null;
  }

  /** Of all breakdowns that are not archived, with their subtasks, as of one moment. */
  async getAllBreakdowns(call: CallOptions = {}): Promise<LoadedBreakdown[]> {
    return await this.#load({ archived: 'no' }, call);
  }

  /**
   * Do several changes together: all of them are made, in one transaction, when `work` resolves,
   * and none when it throws. Without `work` the session is yours: `commit()` it, and leave it to
   * `await using` otherwise.
   *
   * @throws PawlError `deadline_exceeded` when it is open for longer than `timeoutSeconds` (30).
   */
  sessionScope(options?: SessionOptions): PersistenceSession;
  sessionScope<T>(
    work: (session: PersistenceSession) => Promise<T> | T,
    options?: SessionOptions,
  ): Promise<T>;
  sessionScope<T>(
    first?: ((session: PersistenceSession) => Promise<T> | T) | SessionOptions,
    second: SessionOptions = {},
  ): PersistenceSession | Promise<T> {
    if (typeof first !== 'function') return this.#session(first ?? {});
    return this.#scoped(first, second);
  }

  /**
   * Wait for a lock of this name, for at most `timeoutSeconds` (10). It is renewed while this
   * process lives, and free as soon as it is dead.
   *
   * @throws PawlError `lock_held` with the holder, since when, and until when.
   */
  async acquireLock(
    resourceName: string,
    timeoutSeconds: number = LOCK_TIMEOUT_S,
    call: CallOptions = {},
  ): Promise<ResourceLock> {
    const place = await this.#open();
    const timeoutMs = timeoutSeconds * 1_000;
    return await acquireResourceLock(place, resourceName, { timeoutMs, ...call });
  }

  /** Free locks older than `maxAgeSeconds` (3600), or whose holder is dead. Gives how many. */
  async cleanupStaleLocks(
    maxAgeSeconds: number = STALE_LOCK_S,
    call: CallOptions = {},
  ): Promise<number> {
    const { store } = await this.#open();
    const maxAgeMs = maxAgeSeconds * 1_000;
    return await this.#retried(() => store.cleanupStaleLocks({ maxAgeMs, deadHolders: [] }, call));
  }

  /** Where the lock of a resource would lie as a file. Locks are rows: no such file is made. */
  getLockFilePath(resourceName: string): string {
    return join(this.#folder(), 'locks', `${resourceName.replace(/[^A-Za-z0-9_.-]/g, '_')}.lock`);
  }

  getRolesDirectory(): string {
    return join(this.#folder(), 'roles');
  }

  /** Where the older orchestrator kept the files that `pawl import` reads. */
  getActiveTasksDirectory(): string {
    return join(this.#base(), OLDER_FOLDER, 'tasks', 'active');
  }

  getArchiveTasksDirectory(): string {
    return join(this.#base(), OLDER_FOLDER, 'tasks', 'archive');
  }

  /**
   * Copy role files of a folder into the project's, for names that are not there yet; it may
   * be repeated. Gives the names that were copied.
   *
   * @throws PawlError `store_io` when there is no such folder.
   */
  async migrateRolesFromConfig(configDir: string, call: CallOptions = {}): Promise<string[]> {
    const place = await this.#open();
    const { copied } = await migrateRoles(place, { configDir: resolve(configDir), ...call });
    return [...copied];
  }

  /** Close the store. Idempotent; the manager is of no use afterwards. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    const place = this.#place;
    this.#place = null;
    if (place !== null) await (await place).close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  #base(): string {
    return resolve(this.#options.baseDir ?? '.');
  }

  #folder(): string {
    return join(this.#base(), '.pawl');
  }

  #session({ timeoutSeconds = SESSION_TIMEOUT_S, ...call }: SessionOptions): PersistenceSession {
    const place = {
      baselines: this.#baselines,
      load: (parentTaskId: string) => this.loadTaskBreakdown(parentTaskId, call),
      commit: (saves: readonly BreakdownSave[]) => this.#commit(saves, call),
      now: () => this.#world.clock.monotonic(),
    };
    return new PersistenceSession(place, timeoutSeconds * 1_000);
  }

  async #scoped<T>(
    work: (session: PersistenceSession) => Promise<T> | T,
    options: SessionOptions,
  ): Promise<T> {
    await using session = this.#session(options);
    const result = await work(session);
    await session.commit();
    return result;
  }

  async #commit(saves: readonly BreakdownSave[], call: CallOptions): Promise<void> {
    const { store, root } = await this.#open();
    const client = this.#client(root);
    await this.#retried(() => store.saveBreakdowns({ saves, client, leaseMs: LEASE_MS }, call));
  }

  async #load(query: SavedQuery, call: CallOptions): Promise<LoadedBreakdown[]> {
    const { store } = await this.#open();
    const found = await this.#retried(() => store.savedBreakdowns(query, call));
    return found.map((saved) => {
      const breakdown = loadedBreakdown(saved);
      this.#baselines.keep(breakdown);
      return breakdown;
    });
  }

  /** This process, whichever of its managers calls. */
  #client(root: string): Client {
    const { host, self } = this.#world.processes;
    const clientId = `program:${host}:${self.pid}:${self.startedAt}:${self.bootId}`;
    return { sessionId: clientId, clientId, name: 'program', version: PAWL_VERSION, root };
  }

  async #open(): Promise<PersistencePlace> {
    if (this.#disposed) throw new PawlError('illegal_transition', 'the manager was disposed of');
    this.#place ??= openPersistence(this.#options, this.#world).catch((cause: unknown) => {
      this.#place = null;
      throw cause;
    });
    return await this.#place;
  }

  async #retried<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (cause) {
        if (!isTransient(cause) || tries > RETRIES_MAX) throw cause;
        const { timers, random } = this.#world;
        await pause(timers, RETRY_MS * 2 ** (tries - 1) * (0.5 + random.next()));
      }
    }
  }
}

export interface SessionOptions extends CallOptions {
  readonly timeoutSeconds?: number;
}

const OLDER_FOLDER = '.task_orchestrator';

/** The database was busy or its disk faltered. What was refused for a reason is refused again. */
function isTransient(cause: unknown): boolean {
  return isPawlError(cause, 'store_busy') || isPawlError(cause, 'store_io');
}
