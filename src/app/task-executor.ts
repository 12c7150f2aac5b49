import { EventEmitter } from 'node:events';
import { dirname, resolve } from 'node:path';
import { splitCommand } from '../agents/split-command.ts';
import { environment } from '../config/environment.ts';
import type { ExecutionConfig } from '../config/execution-config.ts';
import { type ReadConfig, readConfig } from '../config/read-config.ts';
import { storedOptions, storeOptions } from '../config/stored-options.ts';
import { PawlError } from '../domain/errors.ts';
import type { TaskStatus } from '../domain/status.ts';
import type { ExecutionEnd } from '../engine/execution.ts';
import { changeTask, type PersonVerb } from '../operations/change-task.ts';
import { type LoadTaskList, loadTaskList } from '../operations/load-task-list.ts';
import { underSignal, untilAborted } from '../operations/operation.ts';
import { watchListFile } from '../operations/watch-list-file.ts';
import { writeListMarks } from '../operations/write-list-marks.ts';
import type { ListSummary, TaskLine } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { createExecutor } from './create-executor.ts';
import { requireAgent } from './known-agents.ts';
import type { ListRun } from './list-run.ts';
import { openWorkspace } from './open-workspace.ts';
import {
  type ExecutorStatusReport,
  type ParsedTask,
  parsedTask,
  summaryOf,
  type TaskListSummary,
  type TaskResult,
} from './parsed-task.ts';
import { type TaskExecutorEvents, tellExecution } from './task-executor-events.ts';
import { PAWL_VERSION } from './version.ts';
import type { Workspace } from './workspace.ts';

export interface TaskExecutorOptions {
  /** See `ExecutionConfig`; what is left out has the promised default. */
  readonly config?: Partial<ExecutionConfig>;
  /** For tests: a simulated world. */
  readonly world?: World;
  /** Told of what is worth knowing although the work goes on. Default: nobody. */
  readonly warn?: (message: string) => void;
}

export type { ExecutionConfig };

/** What every method of an executor takes last. */
export interface CallOptions {
  /** Aborted, the call rejects at once with `aborted`; a change not yet begun is not made. */
  readonly signal?: AbortSignal;
}

/** The verb that leads to a status; a run alone leads to the others. */
const VERB_TO: Readonly<Partial<Record<TaskStatus, PersonVerb | 'complete'>>> = {
  queued: 'requeue',
  completed: 'complete',
  skipped: 'skip',
  cancelled: 'cancel',
};

interface Change {
  readonly taskId: string;
  readonly verb: PersonVerb | 'complete';
  readonly reason: string;
}

/** The API's own default, promised before the command line had a longer one. */
const EXECUTION_TIMEOUT_MS = 300_000;

/**
 * Runs a markdown task list from a program. Everything it does is durable: create it anew after a
 * crash, load the same list, start, and it goes on where it was.
 *
 * ```ts
 * const executor = getTaskExecutor({ config: { agentCommand: ['./agent.sh'] } });
 * executor.on('task:completed', ({ taskId }) => console.log(taskId));
 * await executor.loadTaskList('/path/to/tasks.md');
 * await executor.start();
 * await executor.finished();
 * ```
 *
 * Every method takes a signal, and rejects with a `PawlError` (`code`, `details`); it has then
 * changed nothing.
 */
export class TaskExecutor extends EventEmitter<TaskExecutorEvents> {
  readonly #options: TaskExecutorOptions;
  readonly #warn: (message: string) => void;
  #settings: ReadConfig;
  #workspace: Workspace | null = null;
  #list: { readonly path: string; listId: string } | null = null;
  #run: ListRun | null = null;

  constructor(options: TaskExecutorOptions = {}) {
    super();
    this.#options = options;
    this.#warn = options.warn ?? (() => undefined);
    this.#settings = this.#read(options.config ?? {}, null);
  }

  /** The options in force. */
  get config(): ExecutionConfig {
    return this.#settings.config;
  }

  /**
   * Read a list and bring it into the store: what is stored of it stays, what the file changed is
   * changed. With `autoStart` execution begins.
   *
   * @throws `list_unreadable`, `list_not_a_file`, `list_too_large`, `list_not_text`, `list_empty`,
   *   `list_cycle`, `list_foreign_host`, and the errors of opening a store.
   */
  async loadTaskList(path: string, call: CallOptions = {}): Promise<TaskListSummary> {
    if (this.#run !== null) {
      throw new PawlError('illegal_transition', 'a list is being executed: stop it first');
    }
    const listPath = resolve(path);
    await this.#close();
    this.#workspace = await openWorkspace({
      dir: dirname(listPath),
      listPath,
      create: true,
      warn: this.#warn,
      ...(this.#options.world === undefined ? {} : { world: this.#options.world }),
    });
    const list = await this.#load(listPath, call);
    this.#list = { path: list.path, listId: list.listId };
    this.#settings = this.#read(this.#options.config ?? {}, list.executor.configJson);
    const summary = summaryOf(list);
    this.emit('taskList:loaded', summary);
    if (this.config.autoStart) await this.start({}, call);
    return summary;
  }

  /**
   * Begin to execute the list; resolves when it has begun, see `finished`. Options given here hold
   * from now on. On a paused executor it is `resume`. With `dryRun` nothing runs and nothing
   * changes: `executor:complete` follows at once.
   *
   * @throws `list_not_found` (none is loaded), `agent_unknown`, `agent_missing`, `config_invalid`.
   */
  async start(config: Partial<ExecutionConfig> = {}, call: CallOptions = {}): Promise<void> {
    const { workspace, list } = this.#loaded(call);
    const given = { ...this.#options.config, ...config };
    this.#settings = this.#read(given, await this.#stored(call));
    if (this.config.dryRun) {
      this.emit('executor:started');
      this.emit('executor:complete', { kind: 'finished', workLeft: true });
      return;
    }
    if (this.#run !== null) {
      await this.resume(call);
      return;
    }
    await requireAgent(workspace.world, workspace.root, this.config);
    await workspace.store.setExecutor({
      ...{ listId: list.listId, onDepFailure: this.config.onDepFailure },
      configJson: (kept) => storeOptions(this.#read(given, kept)),
    });
    const run = await this.#createRun(null);
    this.#run = run;
    const watcher = this.config.watch ? this.#watchFile(list.path) : null;
    void run.ended.then(() => {
      watcher?.stop();
      this.#run = null;
    });
    await run.start();
  }

  /** Resolves when the present execution is over; at once when there is none. */
  async finished(call: CallOptions = {}): Promise<ExecutionEnd | null> {
    return this.#run === null ? null : await untilAborted(this.#run.ended, call.signal);
  }

  /** No new claims; running tasks go on to their end. */
  async pause(call: CallOptions = {}): Promise<void> {
    await this.#want('paused', call);
  }

  async resume(call: CallOptions = {}): Promise<void> {
    await this.#want('running', call);
  }

  /** End every agent, queue their tasks again uncharged. Resolves when all is still. */
  async stop(call: CallOptions = {}): Promise<void> {
    const run = this.#run;
    await this.#want('stopped', call);
    if (run !== null) await untilAborted(run.ended, call.signal);
  }

  /**
   * Run one task now, whatever its place in the queue: the given one, or the next that is ready.
   * Resolves with what became of this attempt; aborted, the attempt goes on unheard.
   *
   * @throws `task_not_found`, `nothing_ready`, `illegal_transition` (it is not ready).
   */
  async executeTask(taskId?: string, call: CallOptions = {}): Promise<TaskResult> {
    const { workspace } = this.#loaded(call);
    const wanted = taskId ?? (await this.getNextTask(call))?.id;
    if (wanted === undefined) throw new PawlError('nothing_ready', 'no task is ready');
    const { id } = await this.#find(wanted, call);
    const run = await this.#createRun(id);
    await run.start();
    const end = await untilAborted(run.ended, call.signal);
    if (end.kind === 'error') throw end.error;
    const task = await workspace.store.task(id);
    if (task === null) throw new PawlError('task_not_found', `no task is called ${wanted}`);
    return { task: parsedTask(task), status: task.status, error: task.lastError };
  }

  async skipTask(
    taskId: string,
    reason = 'skipped by a person',
    call: CallOptions = {},
  ): Promise<void> {
    await this.#change({ taskId, verb: 'skip', reason }, call);
  }

  /** Put a task back into the queue, also a completed one. Dependants stay as they are. */
  async requeueTask(taskId: string, call: CallOptions = {}): Promise<void> {
    await this.#change({ taskId, verb: 'requeue', reason: 'requeued by a person' }, call);
  }

  async getStatus(call: CallOptions = {}): Promise<ExecutorStatusReport> {
    const list = await this.#summary(call);
    const { currentTaskId } = list;
    const current = currentTaskId === null ? undefined : await this.#find(currentTaskId, call);
    const executing = this.#run !== null || list.counts.running > 0;
    return {
      ...summaryOf(list),
      running: executing && list.executor.status === 'running',
      paused: list.executor.status === 'paused',
      ...(current === undefined ? {} : { currentTask: parsedTask(current) }),
    };
  }

  /** The task that would be claimed next; null when none is ready. */
  async getNextTask(call: CallOptions = {}): Promise<ParsedTask | null> {
    const { workspace, list } = this.#loaded(call);
    const query = { listId: list.listId, minPriority: this.config.minPriority, limit: 1 };
    const [next] = (await workspace.store.outlook(query)).next;
    return next === undefined ? null : parsedTask(next);
  }

  /** Resolves when everything said so far is durable. Deletes nothing. */
  async persistQueueToDatabase(call: CallOptions = {}): Promise<void> {
    const { workspace, list } = this.#loaded(call);
    await workspace.store.setExecutor({ listId: list.listId });
  }

  /** What is stored of a list, without reading its file: tasks in position order, and counters. */
  async restoreQueueFromDatabase(
    path: string,
    call: CallOptions = {},
  ): Promise<TaskListSummary & { readonly tasks: readonly ParsedTask[] }> {
    const { workspace } = this.#loaded(call);
    const list = await workspace.store.listByPath(resolve(path));
    if (list === null) throw new PawlError('list_not_found', `${path} is not a known list`);
    const tasks = await workspace.store.tasks({ listId: list.listId });
    return { ...summaryOf(list), tasks: tasks.map(parsedTask) };
  }

  /** Store the options in force; resolves when they are durable. */
  async persistExecutorState(call: CallOptions = {}): Promise<void> {
    const { workspace, list } = this.#loaded(call);
    const configJson = storeOptions(this.#settings);
    await workspace.store.setExecutor({ listId: list.listId, configJson });
  }

  /**
   * Move a task to a status, by the transition that leads there.
   *
   * @throws `illegal_transition` when none does: nobody can set `running` or `failed` by hand.
   */
  async updateTaskQueueStatus(
    taskId: string,
    status: TaskStatus,
    call: CallOptions = {},
  ): Promise<void> {
    const verb = VERB_TO[status];
    if (verb === undefined) {
      throw new PawlError('illegal_transition', `a status of ${status} is only reached by a run`);
    }
    await this.#change({ taskId, verb, reason: `set to ${status}` }, call);
  }

  /** Leave: agents go on beneath their attendants, and the next executor adopts them. */
  async close(): Promise<void> {
    await this.#run?.leave();
    await this.#close();
  }

  async #close(): Promise<void> {
    const workspace = this.#workspace;
    this.#workspace = null;
    this.#list = null;
    await workspace?.close();
  }

  #loaded({ signal }: CallOptions = {}) {
    if (this.#workspace === null || this.#list === null) {
      throw new PawlError('list_not_found', 'no list is loaded: call loadTaskList first');
    }
    return { workspace: underSignal(this.#workspace, signal), list: this.#list };
  }

  async #load(path: string, { signal }: CallOptions = {}): Promise<ListSummary> {
    const workspace = underSignal(this.#workspace as Workspace, signal);
    const reading = signal === undefined ? {} : { signal };
    return (await loadTaskList(workspace, { ...this.#loading(path), ...reading })).list;
  }

  async #createRun(only: string | null): Promise<ListRun> {
    const { workspace, list } = this.#loaded();
    const { clock } = workspace.world;
    return await createExecutor(workspace, {
      listId: list.listId,
      listPath: list.path,
      config: this.config,
      keptOptions: storeOptions(this.#settings),
      environment: environment(),
      only,
      reload: async () => {
        list.listId = (await this.#load(list.path)).listId;
        return list.listId;
      },
      onEvent: (event) => tellExecution(this, event, { nowMs: clock.now(), warn: this.#warn }),
    });
  }

  #watchFile(path: string): { stop(): void } {
    return watchListFile(this.#loaded().workspace, {
      load: this.#loading(path),
      onLoaded: ({ list }) => this.emit('taskList:loaded', summaryOf(list)),
      onRefused: (error) => this.#warn(error.message),
      onGone: (message) => this.#warn(message),
    });
  }

  #loading(path: string): LoadTaskList {
    const { ignoreMissing, writeBack } = this.config;
    return { path, ignoreMissing, writeBack, join: false };
  }

  async #want(status: 'running' | 'paused' | 'stopped', call: CallOptions): Promise<void> {
    const { workspace, list } = this.#loaded(call);
    await workspace.store.setExecutor({ listId: list.listId, status });
  }

  /** Resolves when it has happened; a running agent is ended first. */
  async #change(wish: Change, call: CallOptions): Promise<void> {
    const { workspace } = this.#loaded(call);
    const { taskId, verb, reason } = wish;
    const task = await this.#find(taskId, call);
    if (verb === 'complete') {
      const how = { by: 'person', confirmed: true, cascade: false } as const;
      await workspace.store.changeTask({ id: task.id, verb, reason, ...how });
      return void (await writeListMarks(workspace, task.list));
    }
    const changed = changeTask(workspace, {
      task,
      verb,
      reason,
      confirmed: true,
      endByFolder: (folder, graceMs) => workspace.runner.endByFolder(folder, graceMs),
      killGraceMs: this.config.killGraceMs,
      version: PAWL_VERSION,
    });
    await untilAborted(changed, call.signal);
  }

  async #find(taskId: string, call: CallOptions): Promise<TaskLine> {
    const { workspace, list } = this.#loaded(call);
    const [found] = await workspace.store.findTasks(taskId, list.listId);
    if (found === undefined) {
      throw new PawlError('task_not_found', `no task of ${list.path} is called ${taskId}`);
    }
    return found;
  }

  async #summary(call: CallOptions): Promise<ListSummary> {
    const { workspace, list } = this.#loaded(call);
    const found = await workspace.store.list(list.listId);
    if (found === null) throw new PawlError('list_not_found', `${list.path} is not known any more`);
    return found;
  }

  async #stored(call: CallOptions): Promise<string | null> {
    return (await this.#summary(call)).executor.configJson;
  }

  #read(given: Partial<ExecutionConfig>, stored: string | null): ReadConfig {
    return readConfig({
      overrides: given,
      env: environment(),
      stored: storedOptions(stored),
      standards: { executionTimeoutMs: EXECUTION_TIMEOUT_MS },
      splitCommand,
    });
  }
}
