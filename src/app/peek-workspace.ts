import { homedir } from 'node:os';
import { isPawlError, type PawlError } from '../domain/errors.ts';
import { type Logger, silentLogger } from '../observe/logger.ts';
import type { Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { findProject, folderOf } from './find-project.ts';
import { openMigratedStore } from './migrate-store.ts';
import { openServerStore } from './open-server-store.ts';
import { addressToOpen } from './server-note.ts';
import { thisWorld } from './this-world.ts';

/**
 * A project as it is, for whoever only looks: nothing is made, rebuilt or logged. An older store is
 * migrated all the same, as by any command: nobody could read it otherwise.
 */
export interface PeekedWorkspace {
  readonly world: World;
  readonly root: string;
  readonly stateDir: string;
  readonly log: Logger;
  /** Null: there is none yet, or it could not be opened. */
  readonly store: Store | null;
  readonly storeError: PawlError | null;
  close(): Promise<void>;
}

/** Look at the project of a folder, or of a list's folder. Never fails for what it finds. */
export async function peekWorkspace(options: {
  readonly dir: string;
  readonly listPath?: string;
  readonly world?: World;
}): Promise<PeekedWorkspace> {
  const world = options.world ?? thisWorld();
  const start = folderOf(options);
  const { root, stateDir } = await findProject(world, start, homedir());
  const peeked = { world, root, stateDir, log: silentLogger };
  const close = (): Promise<void> => Promise.resolve();
  try {
    const store = await openExisting(world, stateDir);
    if (store === null) return { ...peeked, store, storeError: null, close };
    return { ...peeked, store, storeError: null, close: () => store.close() };
  } catch (error) {
    if (!isPawlError(error)) throw error;
    return { ...peeked, store: null, storeError: error, close };
  }
}

async function openExisting(world: World, stateDir: string): Promise<Store | null> {
  const address = await addressToOpen({ world, stateDir });
  if (address === null) {
    const path = `${stateDir}/pawl.db`;
    if ((await world.files.facts(path)) === null) return null;
    return await openMigratedStore({ world, path, log: silentLogger });
  }
  try {
    return await openServerStore({ world, address, create: false });
  } catch (cause) {
    if (isPawlError(cause, 'store_not_found')) return null;
    throw cause;
  }
}
