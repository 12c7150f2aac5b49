import { environment } from '../config/environment.ts';
import type { ConfigKey } from '../config/execution-config.ts';
import type { ReadConfig } from '../config/read-config.ts';
import { storeOptions } from '../config/stored-options.ts';
import { parentOfList } from '../domain/breakdown/list-path.ts';
import { isPawlError } from '../domain/errors.ts';
import type { RunDesk, RunWish, StartedRun } from '../mcp/workspaces.ts';
import { keepOptions } from '../operations/keep-options.ts';
import { openBreakdownOfPath, resolveList } from '../operations/resolve-list.ts';
import { startRun } from '../operations/start-run.ts';
import type { ListSummary } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { STATE_DIR } from './find-project.ts';
import { requireAgent } from './known-agents.ts';
import { ownCommand } from './pawl-launch.ts';
import { projectConfigOver } from './project-config.ts';
import type { Workspace } from './workspace.ts';

/**
 * Lets lists be executed for clients, each by a `pawl run` of its own that outlives this process.
 * What an agent may do is the project's to say, in its settings: a client chooses among agents that
 * are known, and how many work at once.
 */
export class ListRuns implements RunDesk {
  readonly #workspace: Workspace;
  /** Lists whose runs were started here, and are not over. */
  readonly #begun = new Set<string>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  async check(wish: RunWish): Promise<void> {
    const known = await this.#known(wish.path).catch((error: unknown) => {
      if (isPawlError(error, 'list_not_found')) return null;
      throw error;
    });
    const { world, root } = this.#workspace;
    const isNothing = known === null && (await world.files.facts(wish.path)) === null;
    if (isNothing || known?.counts.queued === 0) return;
    const settingsOver = await settingsOf(this.#workspace, wish);
    const { config } = settingsOver(known?.executor.configJson ?? null);
    await requireAgent(world, root, config);
  }

  async start(wish: RunWish): Promise<StartedRun> {
    const { path } = wish;
    const { world, root } = this.#workspace;
    const known = await this.#known(path);
    const settingsOver = await settingsOf(this.#workspace, wish);
    const { config } = settingsOver(known.executor.configJson);
    const notes = known.counts.queued === 0 ? [] : await requireAgent(world, root, config);
    const { listId } = known;
    const hasFile = parentOfList(path) === null;
    const configJson = (kept: string | null): string => {
      const { config: said, origins } = settingsOver(kept);
      return storeOptions({ config: { ...said, writeBack: hasFile && said.writeBack }, origins });
    };
    const { onDepFailure } = config;
    const { bin, node } = await ownCommand(world.files);
    const run = await startRun(this.#workspace, {
      list: known,
      command: [node, bin],
      environment: environment(),
      prepare: () => keepOptions(this.#workspace, { listId, configJson, onDepFailure }),
    });
    if (run.ended !== null) {
      this.#begun.add(listId);
      void run.ended.then(() => this.#begun.delete(listId));
    }
    if (run.kind === 'already') return { kind: 'elsewhere', process: run.process, notes };
    return { kind: 'started', process: run.process, notes };
  }

  isHere(listId: string): boolean {
    return this.#begun.has(listId);
  }

  async #known(path: string): Promise<ListSummary> {
    const breakdown = await openBreakdownOfPath(this.#workspace, path);
    return await resolveList(this.#workspace, breakdown?.path ?? path);
  }
}

/** Of a project that has no store yet: whether its settings and the agent are sound. */
export async function checkRunIn(world: World, root: string, wish: RunWish): Promise<void> {
  const settingsOver = await settingsOf({ world, stateDir: `${root}/${STATE_DIR}` }, wish);
  const { config } = settingsOver(null);
  await requireAgent(world, root, config);
}

async function settingsOf(
  { world, stateDir }: Pick<Workspace, 'world' | 'stateDir'>,
  { agent, concurrency }: RunWish,
): Promise<(configJson: string | null) => ReadConfig> {
  // Who names an agent does not want the project's command, as with `--agent`.
  const agentCommand = agent === undefined ? undefined : null;
  const said = Object.entries({ agent, agentCommand, maxConcurrent: concurrency });
  return await projectConfigOver(world, {
    stateDir,
    overrides: Object.fromEntries(said.filter(([, value]) => value !== undefined)) as Partial<
      Record<ConfigKey, unknown>
    >,
  });
}
