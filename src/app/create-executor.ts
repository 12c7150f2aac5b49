import type { ExecutionConfig } from '../config/execution-config.ts';
import { PawlError } from '../domain/errors.ts';
import { DEFAULT_RETRY_POLICY } from '../domain/task.ts';
import type { ExecutionEvent, ExecutionOptions } from '../engine/execution.ts';
import { createLauncher } from '../engine/launcher.ts';
import type { ListWork } from '../engine/served-list.ts';
import { describeSpecialist } from '../operations/show-role.ts';
import { writeListMarks } from '../operations/write-list-marks.ts';
import { heededOptions } from './heeded-options.ts';
import { commandOf, missingAgents } from './known-agents.ts';
import { ListRun } from './list-run.ts';
import { rolePlaces } from './role-places.ts';
import { PAWL_VERSION } from './version.ts';
import type { Workspace } from './workspace.ts';

export interface CreateExecutor {
  readonly listId: string;
  readonly listPath: string;
  readonly config: ExecutionConfig;
  /** What was kept with the list when `config` was settled: what is said after that is heeded. */
  readonly keptOptions: string | null;
  /** Run this one task (its `id`) and nothing else; whoever executes the list is left alone. */
  readonly only?: string | null;
  /** The environment that agents inherit. */
  readonly environment: Readonly<Record<string, string>>;
  /** Load the list anew, after the store was rebuilt; gives the list's id. */
  readonly reload: () => Promise<string>;
  readonly onEvent: (event: ExecutionEvent) => void;
}

/** The name under which the program of `--agent-command` stands in the store. */
const COMMAND = 'command';

/**
 * What runs a list in this process. When another living process executes it already, the result
 * watches that one (`watched`), and takes its place if it dies.
 *
 * @throws PawlError `agent_unknown`, `config_invalid` (an unreadable prompt template).
 */
export async function createExecutor(
  workspace: Workspace,
  input: CreateExecutor,
): Promise<ListRun> {
  const { stateDir } = workspace;
  const { config, environment: inherited } = input;
  const { options, launcher } = await createListWork(workspace, { config, inherited });
  const executor = {
    launcher,
    ...heededOptions(options, input.keptOptions),
    attemptsDir: `${stateDir}/attempts`,
    writeMarks: config.writeBack ? () => marksAreWritten(workspace, input.listPath) : null,
    onEvent: input.onEvent,
    only: input.only ?? null,
  };
  const { listPath, reload } = input;
  const parts = { workspace, listPath, version: PAWL_VERSION, executor, reload };
  return new ListRun(parts, input.listId);
}

/**
 * How a list is executed by this process.
 *
 * @throws PawlError `config_invalid` (an unreadable prompt template).
 */
export async function createListWork(
  workspace: Workspace,
  { config, inherited }: { config: ExecutionConfig; inherited: Readonly<Record<string, string>> },
): Promise<ListWork> {
  const { world, root } = workspace;
  const extraAgents = config.agentCommand === null ? [] : [commandOf(config.agentCommand)];
  const options = executionOptions(config);
  const promptTemplate = await readTemplate(workspace, config.promptTemplate);
  const launcher = createLauncher({
    ...{ world, root, options, extraAgents, promptTemplate, inherited },
    allowance: config.allow,
    roleContext: async (name) =>
      (await describeSpecialist(workspace, { name, places: rolePlaces(workspace) })).text,
  });
  const where = { path: inherited['PATH'] ?? '', cwd: root };
  const wish = { defaultAgent: options.defaultAgent, extraAgents };
  return {
    ...{ options, launcher },
    missingAgents: (asked) => missingAgents(world, where, { ...wish, asked }),
  };
}

export function executionOptions(config: ExecutionConfig): ExecutionOptions {
  const { retryAttempts, retryDelayMs } = config;
  return {
    ...config,
    defaultAgent: config.agentCommand === null ? config.agent : COMMAND,
    retry: { ...DEFAULT_RETRY_POLICY, attemptsMax: retryAttempts + 1, retryDelayMs },
  };
}

/** False when another process is at it, or the file was being saved: they are still owed. */
export async function marksAreWritten(workspace: Workspace, listPath: string): Promise<boolean> {
  const { kind } = await writeListMarks(workspace, listPath);
  return kind !== 'held' && kind !== 'contended';
}

async function readTemplate({ world, root }: Workspace, path: string | null) {
  if (path === null) return null;
  const file = path.startsWith('/') ? path : `${root}/${path}`;
  try {
    return new TextDecoder().decode(await world.files.read(file));
  } catch (cause) {
    throw new PawlError('config_invalid', `the prompt template ${file} cannot be read`, { cause });
  }
}
