import { expect } from 'vitest';
import type { AttemptOutcome } from '../../../src/domain/outcome.ts';
import type { TaskStatus } from '../../../src/domain/status.ts';
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from '../../../src/domain/task.ts';
import type { ListTask } from '../../../src/domain/tasklist/model.ts';
import type {
  Call,
  ChangedTask,
  ChangeTask,
  ClaimedTask,
  ClaimNext,
  Dependency,
  FinishAttempt,
  Finished,
  LoadedList,
  LoadList,
  Store,
  TaskDetail,
} from '../../../src/store/store.ts';
import type { SteeredWorld } from './steered-world.ts';

/** A store of the kind under test, new and empty. */
export interface FreshStore {
  readonly store: Store;
  /** Run statements as another program would; null where no other program can get at the data. */
  readonly outside: ((sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>) | null;
  dispose(): Promise<void>;
}

export type OpenFreshStore = (world: SteeredWorld) => Promise<FreshStore>;

/** Runs a test on a store of its own, and looks afterwards whether the store is sound. */
export type OnStore = (run: (bench: StoreBench) => Promise<void>) => () => Promise<void>;

export type TaskSketch = Partial<Omit<ListTask, 'dependencies'>> & {
  readonly taskId: string;
  readonly after?: readonly string[];
};

export const HOST = 'here';
export const PATH = '/lists/tasks.md';
export const LEASE_MS = 60_000;

/** A store and what a test says to it, in short words. */
export class StoreBench {
  readonly world: SteeredWorld;
  readonly store: Store;
  readonly fresh: FreshStore;
  /** Of the list loaded last. */
  listId = '';

  constructor(world: SteeredWorld, fresh: FreshStore) {
    this.world = world;
    this.fresh = fresh;
    this.store = fresh.store;
  }

  /** Load a list (its executor is set to run, so that tasks can be claimed). */
  async load(
    sketches: readonly (TaskSketch | string)[],
    change: Partial<LoadList> = {},
  ): Promise<LoadedList> {
    const loaded = await this.store.loadList({ ...listOf(sketches), ...change });
    this.listId = loaded.list.listId;
    if (loaded.list.executor.status === 'stopped') await this.set({ status: 'running' });
    return loaded;
  }

  async set(change: Omit<Parameters<Store['setExecutor']>[0], 'listId'>): Promise<void> {
    await this.store.setExecutor({ listId: this.listId, ...change });
  }

  async claim(change: Partial<ClaimNext> = {}, call?: Call): Promise<readonly ClaimedTask[]> {
    return await this.store.claimNext(
      {
        listId: this.listId,
        holderId: 'holder',
        max: 1,
        maxConcurrent: 1_000,
        minPriority: 'P4',
        defaultAgent: null,
        leaseMs: LEASE_MS,
        ...change,
      },
      call,
    );
  }

  /** Claim exactly this task. */
  async take(taskId: string, holderId = 'holder'): Promise<ClaimedTask> {
    const { id } = await this.task(taskId);
    return await this.store.claimTask({ id, holderId, defaultAgent: null, leaseMs: LEASE_MS });
  }

  async finish(
    claimed: Pick<ClaimedTask, 'id' | 'fence'>,
    outcome: AttemptOutcome,
    change: Partial<FinishAttempt> & { readonly limits?: Partial<RetryPolicy> } = {},
  ): Promise<Finished> {
    const { limits, ...rest } = change;
    return await this.store.finishAttempt({
      id: claimed.id,
      fence: claimed.fence,
      outcome,
      policy: { ...DEFAULT_RETRY_POLICY, ...limits },
      ...rest,
    });
  }

  /** Run a task to its end: claimed and finished. */
  async end(taskId: string, outcome: AttemptOutcome = { kind: 'succeeded' }): Promise<Finished> {
    return await this.finish(await this.take(taskId), outcome, ONE_TRY);
  }

  /** A person's verb. */
  async change(
    verb: ChangeTask['verb'],
    taskId: string,
    change: Partial<ChangeTask> = {},
  ): Promise<ChangedTask> {
    const { id } = await this.task(taskId);
    const rest = { reason: 'because', by: 'person', confirmed: false, cascade: false } as const;
    return await this.store.changeTask({ id, verb, ...rest, ...change });
  }

  /** What a heartbeat of the holder of `claimed` says is not its any more. */
  async heartbeatLost(claimed: ClaimedTask, holderId = 'holder'): Promise<readonly string[]> {
    const { lost } = await this.store.heartbeat({ holderId, leaseMs: LEASE_MS, held: [claimed] });
    return lost;
  }

  async dependencies(taskId: string): Promise<readonly Dependency[]> {
    return await this.store.dependencies((await this.task(taskId)).id);
  }

  async task(taskId: string): Promise<TaskDetail> {
    const line = (await this.store.tasks({ listId: this.listId, archived: true })).find(
      (task) => task.taskId === taskId,
    );
    const detail = line === undefined ? null : await this.store.task(line.id);
    if (detail === null) throw new Error(`the list has no task ${taskId}`);
    return detail;
  }

  /** The status of every task, by its task id. */
  async statuses(): Promise<Readonly<Record<string, TaskStatus>>> {
    const tasks = await this.store.tasks({ listId: this.listId, archived: true });
    return Object.fromEntries(tasks.map((task) => [task.taskId, task.status]));
  }

  async kinds(taskId: string): Promise<readonly string[]> {
    const { id } = await this.task(taskId);
    return (await this.store.events({ task: id })).map((recorded) => recorded.event.kind);
  }

  /** The rows are the fold of their events, and nothing contradicts itself. */
  async expectSound(): Promise<void> {
    expect(await this.store.audit()).toEqual([]);
    for (const list of await this.store.lists()) {
      const tasks = await this.store.tasks({ listId: list.listId });
      for (const [status, count] of Object.entries(list.counts)) {
        expect(count).toBe(tasks.filter((task) => task.status === status).length);
      }
      expect(list.total).toBe(tasks.length);
    }
  }
}

export const ONE_TRY = { limits: { attemptsMax: 1 } } as const;
export const FAILED: AttemptOutcome = { kind: 'errored', cause: 'exit', error: 'exit code 1' };

/** A list as its file would be read. A bare word is a task without dependencies. */
export function listOf(sketches: readonly (TaskSketch | string)[], path = PATH): LoadList {
  const tasks = sketches.map((sketch, index) =>
    taskOf(typeof sketch === 'string' ? { taskId: sketch } : sketch, index + 1),
  );
  return {
    path,
    realPath: null,
    host: HOST,
    document: { title: 'Tasks', tasks, findings: [] },
    seenHash: JSON.stringify(tasks.map((task) => [task.taskId, task.mark])),
    seenText: 'the text',
    ignoreMissing: false,
    joinHost: false,
    writeBack: true,
  };
}

function taskOf({ after, ...sketch }: TaskSketch, place: number): ListTask {
  return {
    explicitId: true,
    description: `do ${sketch.taskId}`,
    section: null,
    priority: 'P2',
    mark: 'queued',
    dependencies: after ?? [],
    position: place,
    line: place,
    steps: [],
    criteria: [],
    agent: null,
    verify: null,
    timeoutMs: null,
    needs: [],
    onDepFailure: null,
    fields: {},
    ...sketch,
  };
}
