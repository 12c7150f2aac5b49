import { parseArgs } from 'node:util';
import { splitCommand } from '../../src/agents/split-command.ts';
import { createExecutor } from '../../src/app/create-executor.ts';
import { openWorkspace } from '../../src/app/open-workspace.ts';
import type { Workspace } from '../../src/app/workspace.ts';
import { environment } from '../../src/config/environment.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { loadTaskList } from '../../src/operations/load-task-list.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { CHAOS_VARIABLE, chaosWorld, readOrders } from './chaos-world.ts';
import { GUARD_VARIABLE, type Guard, withoutGuard } from './without-guard.ts';

/**
 * What `pawl run` does, without its face, so that a guard can be taken out of it: the composition
 * of the negative controls. It takes the same arguments, and writes each event as a line.
 */
async function runList(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      'agent-command': { type: 'string' },
      concurrency: { type: 'string' },
      'retry-delay': { type: 'string' },
      timeout: { type: 'string' },
    },
  });
  const env = environment();
  const path = positionals[1] as string;
  const world = chaosWorld(createRealWorld(), readOrders(env[CHAOS_VARIABLE]));
  const { config } = readConfig({
    overrides: {
      agentCommand: values['agent-command'],
      maxConcurrent: values.concurrency,
      retryDelayMs: values['retry-delay'],
      executionTimeoutMs: values.timeout,
    },
    env,
    splitCommand,
  });
  const warn = (message: string): void => console.error(message);
  const opened = await openWorkspace({ dir: '/', listPath: path, create: true, world, warn });
  const workspace = guarded(opened, env[GUARD_VARIABLE] as Guard | undefined);
  const load = async () => (await loadTaskList(workspace, { path })).list;
  const { listId, executor } = await load();
  const run = await createExecutor(workspace, {
    listId,
    listPath: path,
    config,
    keptOptions: executor.configJson,
    environment: env,
    reload: async () => (await load()).listId,
    onEvent: (event) => console.log(JSON.stringify(event)),
  });
  await run.start();
  const end = await run.ended;
  await workspace.close();
  return end.kind === 'finished' && !end.workLeft ? 0 : 4;
}

function guarded(workspace: Workspace, guard: Guard | undefined): Workspace {
  return guard === undefined ? workspace : withoutGuard(workspace, guard);
}

process.exitCode = await runList(process.argv.slice(2));
