import { dirname, join, resolve } from 'node:path';
import { PawlError } from '../domain/errors.ts';
import { createLogger, type LogFile } from '../observe/create-logger.ts';
import type { Logger } from '../observe/logger.ts';
import type { Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { STATE_DIR } from './find-project.ts';
import { openMigratedStore } from './migrate-store.ts';
import { openServerStore } from './open-server-store.ts';
import { openWorkspace } from './open-workspace.ts';
import { makeStateFolder } from './workspace-store.ts';

export interface PersistenceOptions {
  /** The project’s folder, with its state in `.pawl`. Default: that of the working directory. */
  readonly baseDir?: string;
  /**
   * Another database than the project's: the path of a SQLite file, `sqlite:///relative/path`,
   * `sqlite:////absolute/path`, or `postgres://...`.
   */
  readonly dbUrl?: string;
  /** Told of what is worth knowing although the work goes on. Default: nobody. */
  readonly warn?: (message: string) => void;
  /** For tests: a simulated world. */
  readonly world?: World;
}

/** Where programs keep breakdowns: a project, or one database. */
export interface PersistencePlace {
  readonly world: World;
  readonly root: string;
  readonly stateDir: string;
  readonly store: Store;
  readonly log: Logger;
  close(): Promise<void>;
}

/** @throws PawlError `usage` for a URL of another kind, and the errors of opening a store. */
export async function openPersistence(
  options: PersistenceOptions,
  world: World,
): Promise<PersistencePlace> {
  const { baseDir, dbUrl, warn = () => undefined } = options;
  const root = resolve(baseDir ?? '.');
  if (dbUrl !== undefined) {
    return isServer(dbUrl)
      ? await openServer(world, root, dbUrl)
      : await openFile(world, root, databasePath(dbUrl, root));
  }
  if (baseDir !== undefined) {
    await makeStateFolder(world, { root, stateDir: join(root, STATE_DIR), exists: false });
  }
  return await openWorkspace({ dir: root, create: true, world, warn });
}

const isServer = (dbUrl: string): boolean => /^postgres(ql)?:\/\//i.test(dbUrl);

const URL_FORM = /^([a-z][a-z0-9+.-]*):\/\//i;

/** Three slashes begin a relative path, four an absolute one, as users of such URLs are used to. */
function databasePath(dbUrl: string, root: string): string {
  const scheme = URL_FORM.exec(dbUrl)?.[1]?.toLowerCase();
  if (scheme === undefined) return resolve(root, dbUrl);
  if (scheme !== 'sqlite' || !/^sqlite:\/\/\/./i.test(dbUrl)) {
    const message = 'dbUrl must be a path, sqlite:///path, or postgres://...';
    throw new PawlError('usage', message, { details: { scheme } });
  }
  return resolve(root, decodeURIComponent(dbUrl.slice('sqlite:///'.length)));
}

/** The log lies in the folder that is named, or the working directory. */
async function openServer(world: World, root: string, url: string): Promise<PersistencePlace> {
  const stateDir = join(root, STATE_DIR);
  await makeStateFolder(world, { root, stateDir, exists: false });
  const log = createLogger({ world, folder: join(stateDir, 'log') });
  const address = { url, directUrl: null };
  const store = await openServerStore({ world, address, log, create: true });
  return placeOf({ world, root, stateDir, store, log });
}

/** Its log and its backups lie beside it. */
async function openFile(world: World, root: string, path: string): Promise<PersistencePlace> {
  await world.files.makeDirectory(dirname(path));
  const log = createLogger({ world, folder: `${path}-log` });
  const store = await openMigratedStore({ world, path, log });
  return placeOf({ world, root, stateDir: join(root, STATE_DIR), store, log });
}

function placeOf(parts: Omit<PersistencePlace, 'close'> & { readonly log: LogFile }) {
  const close = async (): Promise<void> => {
    await parts.store.close();
    await parts.log.close();
  };
  return { ...parts, close };
}
