import { readProjectConfig } from '../app/project-config.ts';
import { storedOptions } from '../config/stored-options.ts';
import { PawlError } from '../domain/errors.ts';
import { type LoadTaskList, listOfFile } from '../operations/load-task-list.ts';

/** The options of the commands that load a list without running it. */
export interface LoadOptions {
  readonly ignoreMissing?: boolean;
  readonly join?: boolean;
}

type Project = Parameters<typeof listOfFile>[0] & { readonly stateDir: string | null };

/** How a list is to be loaded: with the options of its last run, unless others are given. */
export async function loadingOf(
  project: Project,
  file: Pick<LoadTaskList, 'path' | 'from'>,
  { ignoreMissing, join = false }: LoadOptions,
): Promise<LoadTaskList> {
  const { world, stateDir } = project;
  const { list } = await listOfFile(project, file);
  const { config } = await readProjectConfig(world, {
    stateDir,
    overrides: ignoreMissing === undefined ? {} : { ignoreMissing },
    stored: storedOptions(list?.executor.configJson ?? null),
  });
  const { writeBack, listBytesMax } = config;
  return { ...file, ignoreMissing: config.ignoreMissing, writeBack, listBytesMax, join };
}

/** A store that is there but cannot be opened says why; one that is not there is no mistake. */
export function requireStore<T>(store: T | null, storeError: PawlError | null, dir: string): T {
  if (storeError !== null) throw storeError;
  if (store !== null) return store;
  throw new PawlError('store_not_found', `no Pawl project in ${dir} or above it`);
}
