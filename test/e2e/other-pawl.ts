import { parseArgs } from 'node:util';
import { splitCommand } from '../../src/agents/split-command.ts';
import { createExecutor } from '../../src/app/create-executor.ts';
import { openWorkspace } from '../../src/app/open-workspace.ts';
import { environment } from '../../src/config/environment.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { getStatus } from '../../src/operations/get-status.ts';
import { loadTaskList } from '../../src/operations/load-task-list.ts';
import { PAWL_SCHEMA, type StoreSchema } from '../../src/schema/store-schema.ts';
import { taskQueue } from '../../src/schema/tables/task-queue.ts';
import { table, text, textOrNull } from '../../src/schema/vocabulary.ts';

const NEXT = PAWL_SCHEMA.generation + 1;

/**
 * Another release of Pawl: this one's code with another schema. `newer` has one more column and one
 * more table; `unguarded` has this schema, but takes itself for as new, so that no floor stops it.
 */
async function otherPawl(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { 'min-writer': { type: 'string' }, 'agent-command': { type: 'string' } },
  });
  const [release, command, path = ''] = positionals;
  const minWriter = Number(values['min-writer'] ?? PAWL_SCHEMA.minWriter);
  const workspace = await openWorkspace({
    dir: '/',
    listPath: path,
    create: true,
    schema: release === 'newer' ? newer(minWriter) : { ...PAWL_SCHEMA, generation: NEXT },
    warn: (message) => console.error(message),
  });
  try {
    if (command === 'status') {
      console.log(JSON.stringify(await getStatus(workspace, null)));
      return 0;
    }
    const env = environment();
    const overrides = { agentCommand: values['agent-command'], maxConcurrent: '3' };
    const { config } = readConfig({ overrides, env, splitCommand });
    const load = async () => (await loadTaskList(workspace, { path })).list;
    const { listId, executor } = await load();
    const run = await createExecutor(workspace, {
      ...{ listId, listPath: path, config, environment: env },
      keptOptions: executor.configJson,
      reload: async () => (await load()).listId,
      onEvent: (event) => console.log(JSON.stringify(event)),
    });
    await run.start();
    const end = await run.ended;
    return end.kind === 'finished' && !end.workLeft ? 0 : 4;
  } finally {
    await workspace.close();
  }
}

function newer(minWriter: number): StoreSchema {
  const moods = table({
    name: 'moods',
    about: 'What a newer release keeps besides.',
    columns: { mood: text },
    primaryKey: ['mood'],
  });
  const queue = { ...taskQueue, columns: { ...taskQueue.columns, mood: textOrNull } };
  const objects = PAWL_SCHEMA.objects.map((one) => (one.name === 'task_queue' ? queue : one));
  return {
    objects: [...objects, moods],
    fingerprint: 'of a newer release',
    generation: NEXT,
    minReader: PAWL_SCHEMA.minReader,
    minWriter,
  };
}

process.exitCode = await otherPawl(process.argv.slice(2));
