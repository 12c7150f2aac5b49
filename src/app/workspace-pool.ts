import { type ErrorCode, isPawlError } from '../domain/errors.ts';
import type {
  DoorWorkspace,
  RestartedWorkspace,
  RunWish,
  WorkspacePlace,
  Workspaces,
} from '../mcp/workspaces.ts';
import type { Timer } from '../world/timers.ts';
import type { World } from '../world/world.ts';
import { createClaimKeeper, type LivingClaimKeeper } from './claim-keeper.ts';
import { findProject } from './find-project.ts';
import { nextGeneration, readGeneration } from './generation.ts';
import { healthFacts } from './health-facts.ts';
import { hasOlderStore } from './lazy-older-store.ts';
import { checkRunIn, ListRuns } from './list-runs.ts';
import { type OpenWorkspace, openWorkspace } from './open-workspace.ts';
import { rolePlaces } from './role-places.ts';
import { untilAway } from './until-away.ts';
import type { Workspace } from './workspace.ts';

export interface WorkspacePoolOptions {
  readonly world: World;
  /** Absolute. */
  readonly startDir: string;
  readonly home: string;
  /** The folder for temporary files. */
  readonly temp: string;
  readonly warn: (message: string) => void;
  /** How long a project nobody uses stays open. */
  readonly idleMs: number;
}

/** After these the next call opens the project anew, rebuilt or migrated as far as needed. */
const REOPEN_AFTER: readonly ErrorCode[] = ['store_replaced', 'store_corrupt', 'store_version'];

interface Opened {
  readonly workspace: Workspace;
  readonly keeper: LivingClaimKeeper;
  readonly door: DoorWorkspace;
}

interface Entry {
  readonly opened: Promise<Opened>;
  readonly users: Set<Promise<unknown>>;
  /** Aborts when what is under way must end. */
  readonly ended: AbortController;
  idle: Timer | null;
}

/**
 * The projects that are open in this process, by their roots. A project is opened by the first call
 * that needs it and closed when nobody has used it for a while.
 *
 * ```
 * (none) ──use──> open ──idle──> closing ──> (none)
 *                  └──restart──> draining ──> closing ──> open, one generation later
 * ```
 */
export class WorkspacePool implements Workspaces {
  readonly startDir: string;
  readonly #options: WorkspacePoolOptions;
  readonly #entries = new Map<string, Entry>();
  /** Restarts and closings that later calls wait for. */
  readonly #gates = new Map<string, Promise<unknown>>();

  constructor(options: WorkspacePoolOptions) {
    this.#options = options;
    this.startDir = options.startDir;
  }

  async locate(dir: string): Promise<WorkspacePlace> {
    const { world, home, temp } = this.#options;
    const { root, exists } = await findProject(world, dir, home);
    const isRepository = (await world.files.facts(`${root}/.git`)) !== null;
    return {
      root,
      exists,
      older: await hasOlderStore(world, root),
      by: exists ? 'marker' : isRepository ? 'git' : 'folder',
      shared: root === home || root === temp || root === '/',
    };
  }

  async use<T>(
    place: { readonly root: string; readonly create: boolean; readonly looks?: boolean },
    work: (workspace: DoorWorkspace, ended: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (place.looks === true && !this.#entries.has(place.root)) {
      const { exists, older } = await this.locate(place.root);
      if (!exists && older) return await this.#lookedAt(place.root, work);
    }
    for (let gate = this.#gates.get(place.root); gate !== undefined; ) {
      await gate;
      gate = this.#gates.get(place.root);
    }
    const entry = this.#entryOf(place);
    const call = entry.opened.then(({ door, workspace }) =>
      untilAway(workspace, (away) => work(door, AbortSignal.any([entry.ended.signal, away]))),
    );
    entry.users.add(call);
    try {
      return await call;
    } catch (error) {
      if (isPawlError(error) && REOPEN_AFTER.includes(error.code)) this.#drop(place.root, entry);
      throw error;
    } finally {
      entry.users.delete(call);
      if (entry.users.size === 0) this.#closeWhenIdle(place.root, entry);
    }
  }

  async checkRun(root: string, wish: RunWish): Promise<void> {
    await checkRunIn(this.#options.world, root, wish);
  }

  async restart(root: string, { drainMs }: { readonly drainMs: number }) {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    for (let gate = this.#gates.get(root); gate !== undefined; ) {
      await gate;
      gate = this.#gates.get(root);
    }
    this.#gates.set(root, promise);
    try {
      return await this.#restart(root, drainMs);
    } finally {
      this.#gates.delete(root);
      resolve(undefined);
    }
  }

  /** Close every project. What is under way is ended. */
  async close(): Promise<void> {
    const entries = [...this.#entries];
    await Promise.allSettled(
      entries.map(async ([root, entry]) => {
        this.#forget(root, entry);
        entry.ended.abort();
        await closeAll(await entry.opened);
      }),
    );
  }

  async #restart(root: string, drainMs: number): Promise<RestartedWorkspace> {
    const { world } = this.#options;
    const begunMs = world.clock.monotonic();
    const entry = this.#entryOf({ root, create: false });
    const before = entry.users.size;
    await this.#drained(entry, drainMs);
    const left = entry.users.size;
    entry.ended.abort();
    await Promise.allSettled(entry.users);
    const opened = await entry.opened.catch((error: unknown) => {
      this.#forget(root, entry);
      throw error;
    });
    const generation = await nextGeneration(opened.workspace);
    this.#forget(root, entry);
    await closeAll(opened);
    const anew = this.#entryOf({ root, create: false });
    await anew.opened;
    this.#closeWhenIdle(root, anew);
    const tookMs = Math.round(world.clock.monotonic() - begunMs);
    return { generation, tookMs, drained: before - left, ended: left };
  }

  async #drained(entry: Entry, drainMs: number): Promise<void> {
    if (entry.users.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const timer = this.#options.world.timers.after(drainMs, () => resolve(undefined));
    await Promise.race([Promise.allSettled(entry.users), promise]);
    timer.clear();
  }

  #entryOf({ root, create }: { readonly root: string; readonly create: boolean }): Entry {
    const known = this.#entries.get(root);
    if (known !== undefined) {
      known.idle?.clear();
      known.idle = null;
      return known;
    }
    const opened = this.#open({ root, create });
    const entry: Entry = { opened, users: new Set(), ended: new AbortController(), idle: null };
    this.#entries.set(root, entry);
    opened.catch(() => this.#forget(root, entry)); // whoever uses it is told; the next tries anew
    return entry;
  }

  /** Where there is no store yet: whoever makes one finds nothing of this. */
  async #lookedAt<T>(
    root: string,
    work: (workspace: DoorWorkspace, ended: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const opened = await this.#open({ root, create: false, both: true });
    try {
      return await work(opened.door, new AbortController().signal);
    } finally {
      await closeAll(opened);
    }
  }

  async #open(
    place: Pick<OpenWorkspace, 'create' | 'both'> & { readonly root: string },
  ): Promise<Opened> {
    const { world, warn } = this.#options;
    const { root: dir, ...how } = place;
    const workspace = await openWorkspace({ dir, ...how, world, warn });
    const generation = await readGeneration(workspace);
    const keeper = await createClaimKeeper(workspace);
    const runs = new ListRuns(workspace);
    const door = Object.create(workspace, {
      generation: { value: generation, enumerable: true },
      claims: { value: keeper, enumerable: true },
      runs: { value: runs, enumerable: true },
      rolePlaces: { value: rolePlaces(workspace), enumerable: true },
      healthFacts: { value: () => healthFacts(workspace), enumerable: true },
    }) as DoorWorkspace;
    return { workspace, door, keeper };
  }

  #closeWhenIdle(root: string, entry: Entry): void {
    if (this.#entries.get(root) !== entry) return;
    const { world, idleMs } = this.#options;
    entry.idle = world.timers.after(idleMs, () => this.#drop(root, entry), { unref: true });
  }

  /** Close it as soon as nobody uses it; whoever comes meanwhile opens it anew. */
  #drop(root: string, entry: Entry): void {
    if (!this.#forget(root, entry)) return;
    const closed: Promise<unknown> = Promise.allSettled(entry.users)
      .then(() => entry.opened)
      .then(closeAll)
      .catch((error: unknown) => this.#options.warn(`closing ${root}: ${String(error)}`))
      .finally(() => this.#gates.delete(root));
    this.#gates.set(root, closed);
  }

  /** False when another one stands in its place by now. */
  #forget(root: string, entry: Entry): boolean {
    entry.idle?.clear();
    return this.#entries.get(root) === entry && this.#entries.delete(root);
  }
}

async function closeAll({ workspace, keeper }: Opened): Promise<void> {
  await keeper.stop();
  await workspace.close();
}
