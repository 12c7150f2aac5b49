import { environment } from '../config/environment.ts';
import type { ConfigKey } from '../config/execution-config.ts';
import { storedOptions, storeOptions } from '../config/stored-options.ts';
import { parentOfList } from '../domain/breakdown/list-path.ts';
import type { RunDesk, RunWish, StartedRun } from '../mcp/workspaces.ts';
import { keepOptions } from '../operations/keep-options.ts';
import { loadTaskList } from '../operations/load-task-list.ts';
import { resolveList } from '../operations/resolve-list.ts';
import { createExecutor } from './create-executor.ts';
import { requireAgent } from './known-agents.ts';
import type { ListRun } from './list-run.ts';
import { readProjectConfig } from './project-config.ts';
import type { Workspace } from './workspace.ts';

/**
 * The lists that this process executes for clients. What an agent may do is the project's to say,
 * in its settings: a client chooses among agents that are known, and how many work at once.
 */
export class ListRuns implements RunDesk {
  readonly #workspace: Workspace;
  readonly #runs = new Map<string, { readonly path: string; readonly run: ListRun }>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  async start({ path, agent, concurrency }: RunWish): Promise<StartedRun> {
    const { world, stateDir, root } = this.#workspace;
    const known = await resolveList(this.#workspace, path);
    if (this.#runs.has(known.listId)) return { kind: 'already', process: null, notes: [] };
    const said = Object.entries({ agent, maxConcurrent: concurrency });
    const settings = await readProjectConfig(world, {
      stateDir,
      overrides: Object.fromEntries(said.filter(([, value]) => value !== undefined)) as Partial<
        Record<ConfigKey, unknown>
      >,
      stored: storedOptions(known.executor.configJson),
    });
    const hasFile = parentOfList(path) === null;
    const config = { ...settings.config, writeBack: hasFile && settings.config.writeBack };
    const notes = known.counts.queued === 0 ? [] : await requireAgent(world, root, config);
    const { listId } = known;
    const configJson = storeOptions(config, settings.origins);
    const { onDepFailure } = config;
    await keepOptions(this.#workspace, { listId, configJson, onDepFailure });
    const run = await createExecutor(this.#workspace, {
      ...{ listId, listPath: path, config, environment: environment() },
      reload: async () => await this.#reloaded(path, hasFile),
      onEvent: () => undefined,
    });
    this.#runs.set(listId, { path, run });
    await run.start();
    void run.ended.then(() => this.#runs.delete(listId));
    const { watched } = run;
    if (watched === null) return { kind: 'started', process: null, notes };
    return { kind: 'elsewhere', process: `process ${watched.process.pid}`, notes };
  }

  isHere(listId: string): boolean {
    return this.#runs.has(listId);
  }

  /** Leave every list; its agents go on. Gives their paths. */
  async leave(): Promise<readonly string[]> {
    const runs = [...this.#runs.values()];
    await Promise.all(runs.map(({ run }) => run.leave()));
    return runs.map(({ path }) => path);
  }

  async #reloaded(path: string, hasFile: boolean): Promise<string> {
    if (hasFile) return (await loadTaskList(this.#workspace, { path })).list.listId;
    return (await resolveList(this.#workspace, path)).listId;
  }
}
