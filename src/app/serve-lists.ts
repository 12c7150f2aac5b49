import { storedOptions } from '../config/stored-options.ts';
import { parentOfList } from '../domain/breakdown/list-path.ts';
import type { ExecutionEvent } from '../engine/execution.ts';
import { WorkServer } from '../engine/work-server.ts';
import { createListWork, executionOptions, marksAreWritten } from './create-executor.ts';
import { readProjectConfig } from './project-config.ts';
import { RestKeeper } from './rest-keeper.ts';
import { PAWL_VERSION } from './version.ts';
import type { Workspace } from './workspace.ts';

export interface ServeLists {
  /** Most tasks at once, over all lists. */
  readonly capacity: number;
  /** What this host offers, such as `gpu`. */
  readonly labels: readonly string[];
  /** Leave when nothing runs, is ready, or will be by time alone. */
  readonly untilIdle: boolean;
  /** The environment that agents inherit. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onEvent: (event: ExecutionEvent, listPath: string | null) => void;
}

/**
 * What works on every list of the store that is to be executed, together with others of its kind.
 * Agents work in this project's root, also those of lists whose files lie on another host.
 *
 * @throws PawlError `config_invalid`.
 */
export async function serveLists(workspace: Workspace, input: ServeLists): Promise<WorkServer> {
  const { world, store, runner, log, stateDir } = workspace;
  const settings = (configJson: string | null) =>
    readProjectConfig(world, { stateDir, stored: storedOptions(configJson) });
  const options = executionOptions((await settings(null)).config);
  const rests = new RestKeeper(workspace);
  return new WorkServer({
    ...{ world, store, runner, log, options, version: PAWL_VERSION },
    ...{ capacity: input.capacity, labels: input.labels, untilIdle: input.untilIdle },
    attemptsDir: `${stateDir}/attempts`,
    prepare: async ({ configJson }) => {
      const { config } = await settings(configJson);
      return await createListWork(workspace, { config, inherited: input.environment });
    },
    writeMarks: () => markHomeLists(workspace),
    maintain: () => rests.tend(),
    onEvent: input.onEvent,
  });
}

/** Of the lists whose files lie in this project: false when one is still owed marks. */
async function markHomeLists(workspace: Workspace): Promise<boolean> {
  const { store, world, root } = workspace;
  let all = true;
  for (const path of await store.listsOwedMarks(world.processes.host)) {
    if (parentOfList(path) !== null || !path.startsWith(`${root}/`)) continue;
    if (!(await marksAreWritten(workspace, path))) all = false;
  }
  return all;
}
