import { projectConfigOver, readProjectConfig } from '../app/project-config.ts';
import type { Workspace } from '../app/workspace.ts';
import { storedOptions, storeOptions } from '../config/stored-options.ts';
import { PawlError } from '../domain/errors.ts';
import { keepOptions } from '../operations/keep-options.ts';
import { type LoadTaskList, listOfFile } from '../operations/load-task-list.ts';

/** The options of the commands that load a list without running it. */
export interface LoadOptions {
  readonly ignoreMissing?: boolean;
  readonly join?: boolean;
  /** Of `pawl load`: kept with the list, as `pawl run` keeps it. */
  readonly concurrency?: string;
}

type Project = Parameters<typeof listOfFile>[0] & { readonly stateDir: string | null };

/** How a list is to be loaded: with the options of its last run, unless others are given. */
export async function loadingOf(
  project: Project,
  file: Pick<LoadTaskList, 'path' | 'from'>,
  { ignoreMissing, join = false, concurrency }: LoadOptions,
): Promise<LoadTaskList> {
  const { world, stateDir } = project;
  const { list } = await listOfFile(project, file);
  const { config } = await readProjectConfig(world, {
    stateDir,
    overrides: {
      ...(ignoreMissing === undefined ? {} : { ignoreMissing }),
      // Refused here, before anything is changed.
      ...(concurrency === undefined ? {} : { maxConcurrent: concurrency }),
    },
    stored: storedOptions(list?.executor.configJson ?? null),
  });
  const { writeBack, listBytesMax } = config;
  return { ...file, ignoreMissing: config.ignoreMissing, writeBack, listBytesMax, join };
}

/** Keep how many tasks of the list may run at once, for whoever executes it. */
export async function keepConcurrency(
  workspace: Workspace,
  list: { readonly path: string; readonly listId: string },
  maxConcurrent: string | undefined,
): Promise<void> {
  if (maxConcurrent === undefined) return;
  const { world, stateDir } = workspace;
  const known = await workspace.store.list(list.listId);
  const settingsOver = await projectConfigOver(world, { stateDir, overrides: { maxConcurrent } });
  const { onDepFailure } = settingsOver(known?.executor.configJson ?? null).config;
  await keepOptions(workspace, {
    ...{ listId: list.listId, onDepFailure },
    configJson: (kept) => storeOptions(settingsOver(kept)),
  });
}

/** A store that is there but cannot be opened says why; one that is not there is no mistake. */
export function requireStore<T>(store: T | null, storeError: PawlError | null, dir: string): T {
  if (storeError !== null) throw storeError;
  if (store !== null) return store;
  throw new PawlError('store_not_found', `no Pawl project in ${dir} or above it`);
}
