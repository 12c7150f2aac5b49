import type { ProgramSpec } from '../../../src/agents/runner.ts';
import type { Priority } from '../../../src/domain/priority.ts';
import type { OnDepFailure, TaskStatus } from '../../../src/domain/status.ts';
import type { ListDocument } from '../../../src/domain/tasklist/model.ts';
import type { ExecutionOptions } from '../../../src/engine/execution.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store, TaskDetail, TaskLine } from '../../../src/store/store.ts';
import {
  type ProgramScript,
  type ScriptedPrograms,
  type Simulation,
  simulate,
} from '../../../src/testing.ts';
import { SceneExecutor, type SceneExecutorOptions } from './scene-executor.ts';
import { ATTEMPTS_DIR, SCENE_OPTIONS, type SceneParts } from './scene-options.ts';

/** A task of a scene's list; everything but its id has a default. */
export interface SceneTask {
  readonly id: string;
  readonly needs?: readonly string[];
  readonly priority?: Priority;
  readonly agent?: string;
  /** An argument vector; its first word names the program. */
  readonly verify?: readonly string[];
  readonly timeoutMs?: number;
  readonly onDepFailure?: OnDepFailure;
  /** Ticked in the file. */
  readonly isDone?: boolean;
}

/** What is known of a program when its script is chosen. */
export interface SceneProgram {
  readonly taskId: string;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  readonly phase: 'agent' | 'verify';
  readonly spec: ProgramSpec;
}

export interface SceneOptions {
  readonly seed?: number;
  readonly tasks: readonly SceneTask[];
  readonly script?: (program: SceneProgram) => ProgramScript;
  readonly options?: Partial<ExecutionOptions>;
}

const LIST_PATH = '/project/tasks.md';

/** One list on one simulated host: a store that nobody's death closes, and scripted agents. */
export class ListScene implements SceneParts {
  readonly simulation: Simulation;
  readonly store: Store;
  readonly programs: ScriptedPrograms;
  readonly options: ExecutionOptions;
  readonly listId: string;
  readonly #ids = new Map<string, string>();

  private constructor(parts: SceneParts) {
    this.simulation = parts.simulation;
    this.store = parts.store;
    this.programs = parts.programs;
    this.options = parts.options;
    this.listId = parts.listId;
  }

  static async open(options: SceneOptions): Promise<ListScene> {
    const simulation = simulate({ seed: options.seed ?? 1 });
    simulation.files.addProgram('/bin/agent');
    simulation.files.writeNow(`${ATTEMPTS_DIR}/.keep`, '');
    const store = await simulation.settle(
      openSqliteStore({ world: simulation.world, path: ':memory:' }),
    );
    const { script = () => ({}) } = options;
    const programs = simulation.programs((spec) => script(programOf(spec)));
    const listId = await simulation.settle(loadTasks(store, options.tasks));
    const scene = new ListScene({
      simulation,
      store,
      programs,
      options: { ...SCENE_OPTIONS, ...options.options },
      listId,
    });
    for (const task of await simulation.settle(store.tasks({ listId }))) {
      scene.#ids.set(task.taskId, task.id);
    }
    return scene;
  }

  /** Load other tasks as the list: as if its file had been edited. */
  async load(tasks: readonly SceneTask[]): Promise<void> {
    await this.simulation.settle(loadTasks(this.store, tasks));
    const { listId } = this;
    for (const task of await this.do(this.store.tasks({ listId }))) {
      this.#ids.set(task.taskId, task.id);
    }
  }

  /** Load the list into another store, ticked where it is completed; gives its id there. */
  async loadInto(store: Store, statuses: Readonly<Record<string, TaskStatus>>): Promise<string> {
    const tasks = Object.entries(statuses).map(([id, status]) => ({
      id,
      isDone: status === 'completed',
    }));
    return await loadTasks(store, tasks);
  }

  /** A second list in the same store. */
  async addList(path: string, tasks: readonly SceneTask[]): Promise<string> {
    return await this.simulation.settle(loadTasks(this.store, tasks, path));
  }

  /** An executor in a process of its own, started. */
  async start(options: SceneExecutorOptions = {}): Promise<SceneExecutor> {
    return await this.do(this.launch(options));
  }

  /** The same, for a process that may not live to be started. */
  async launch(options: SceneExecutorOptions = {}): Promise<SceneExecutor> {
    const executor = new SceneExecutor(this, options);
    await executor.start();
    return executor;
  }

  /** The answer of a call to the store. */
  async do<T>(answer: Promise<T>): Promise<T> {
    return await this.simulation.settle(answer);
  }

  id(taskId: string): string {
    const id = this.#ids.get(taskId);
    if (id === undefined) throw new Error(`the scene has no task ${taskId}`);
    return id;
  }

  async task(taskId: string): Promise<TaskDetail> {
    const task = await this.do(this.store.task(this.id(taskId)));
    if (task === null) throw new Error(`the store has no task ${taskId}`);
    return task;
  }

  async statuses(): Promise<Readonly<Record<string, TaskStatus>>> {
    const tasks = await this.do(this.store.tasks({ listId: this.listId }));
    return Object.fromEntries(tasks.map((task: TaskLine) => [task.taskId, task.status]));
  }

  /** Which tasks' agents were run, in the order of their starts. */
  get ran(): readonly string[] {
    return this.programs.runs
      .map((run) => programOf(run))
      .filter((program) => program.phase === 'agent')
      .map((program) => program.taskId);
  }

  /** Let time pass until a task's agent (not its verify command) runs. */
  async untilRunning(taskId: string): Promise<void> {
    await this.simulation.runUntil(() =>
      this.programs.living.some((run) => programOf(run).taskId === taskId),
    );
  }

  /** A person's verb on a task. */
  async change(
    taskId: string,
    verb: 'skip' | 'cancel' | 'retry' | 'requeue' | 'complete',
  ): Promise<void> {
    const change = { id: this.id(taskId), verb, reason: `${verb} it`, by: 'person' } as const;
    await this.do(this.store.changeTask({ ...change, confirmed: true, cascade: false }));
  }

  async setStatus(status: 'running' | 'paused' | 'stopped'): Promise<void> {
    await this.do(this.store.setExecutor({ listId: this.listId, status }));
  }

  async events(taskId: string): Promise<readonly string[]> {
    const events = await this.do(this.store.events({ task: this.id(taskId) }));
    return events.map(({ event }) => event.kind);
  }
}

/** What a started program is for. */
export function programOf(program: Pick<ProgramSpec, 'env' | 'folder'>): SceneProgram {
  return {
    taskId: program.env['PAWL_TASK_ID'] ?? '',
    attempt: Number(program.env['PAWL_ATTEMPT']),
    phase: /\/verify-\d+$/.test(program.folder) ? 'verify' : 'agent',
    spec: program as ProgramSpec,
  };
}

async function loadTasks(
  store: Store,
  tasks: readonly SceneTask[],
  path = LIST_PATH,
): Promise<string> {
  const loaded = await store.loadList({
    path,
    realPath: path,
    host: 'simulated',
    document: documentOf(tasks),
    seenHash: '',
    seenText: '',
    ignoreMissing: false,
    joinHost: false,
    writeBack: false,
  });
  return loaded.list.listId;
}

function documentOf(tasks: readonly SceneTask[]): ListDocument {
  return {
    title: null,
    findings: [],
    tasks: tasks.map((task, index) => ({
      taskId: task.id,
      explicitId: true,
      description: `do ${task.id}`,
      section: null,
      priority: task.priority ?? 'P2',
      mark: task.isDone === true ? 'completed' : 'queued',
      dependencies: task.needs ?? [],
      position: index + 1,
      line: index + 1,
      steps: [],
      criteria: [],
      agent: task.agent ?? null,
      verify: task.verify ?? null,
      timeoutMs: task.timeoutMs ?? null,
      needs: [],
      onDepFailure: task.onDepFailure ?? null,
      fields: {},
    })),
  };
}
