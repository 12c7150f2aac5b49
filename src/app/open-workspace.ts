import { homedir } from 'node:os';
import { createAttendedRunner } from '../agents/attended-runner.ts';
import { PawlError } from '../domain/errors.ts';
import { OLDER_FOLDER } from '../importing/older/older-folder.ts';
import { createLogger } from '../observe/create-logger.ts';
import type { OlderTasks } from '../operations/older-tasks.ts';
import type { StoreSchema } from '../schema/store-schema.ts';
import type { Store } from '../store/store.ts';
import { createRealWorld } from '../world/real-world.ts';
import type { World } from '../world/world.ts';
import { findProject, folderOf, type ProjectPlace } from './find-project.ts';
import { openServerStore } from './open-server-store.ts';
import { openOrRebuildStore } from './rebuild-store.ts';
import { storeAddress } from './store-address.ts';
import type { Workspace } from './workspace.ts';

export interface OpenWorkspace {
  /** A folder, absolute. */
  readonly dir: string;
  /** The project is looked for from the list's folder, when there is one. */
  readonly listPath?: string;
  /** Make the state folder when there is none; otherwise `store_not_found`. */
  readonly create: boolean;
  readonly world?: World;
  /** Of the store; the one of this Pawl by default. */
  readonly schema?: StoreSchema;
  /** Told of anything a person should know although the work goes on. */
  readonly warn: (message: string) => void;
}

/**
 * Open the project that a folder or a list belongs to. A damaged database is set aside untouched
 * and rebuilt, with one warning; see `openOrRebuildStore`. Where an address is set, the store is on
 * that server, and only opened.
 *
 * @throws PawlError `store_not_found`, and the errors of opening a store.
 */
export async function openWorkspace(options: OpenWorkspace): Promise<Workspace> {
  const world = options.world ?? createRealWorld();
  const start = folderOf(options);
  const place = await findProject(world, start, homedir());
  if (!place.exists) {
    if (!options.create) {
      throw new PawlError('store_not_found', `no Pawl project in ${start} or above it`);
    }
    if (options.listPath !== undefined) await requireFile(world, options.listPath);
    await makeStateFolder(world, place);
  }
  const log = createLogger({ world, folder: `${place.stateDir}/log` });
  const runner = createAttendedRunner(world);
  const { stateDir } = place;
  const { warn, schema } = options;
  const storePlace = { world, stateDir, runner, log, warn, schema };
  const address = await storeAddress(storePlace);
  const openStore = (lost: boolean): Promise<Store> =>
    address === null
      ? openOrRebuildStore({ ...storePlace, lost })
      : openServerStore({ world, address, schema, create: true });
  let store = await openStore(false);
  const workspace: Workspace = {
    root: place.root,
    stateDir,
    world,
    runner,
    log,
    older: {
      pending: async () => (await olderTasks(workspace))?.pending() ?? [],
      takeOver: async (ref) => (await olderTasks(workspace))?.takeOver(ref) ?? false,
    },
    get store() {
      return store;
    },
    rebuildStore: async () => {
      await store.close();
      await makeStateFolder(world, place);
      store = await openStore(true);
    },
    close: async () => {
      await store.close();
      await log.close();
    },
  };
  return workspace;
}

/** What reads other orchestrators' stores is read itself only where there is one. */
async function olderTasks(workspace: Workspace): Promise<OlderTasks | null> {
  const facts = await workspace.world.files.facts(`${workspace.root}/${OLDER_FOLDER}`);
  if (facts === null) return null;
  return (await import('../operations/older-tasks.ts')).readOlderTasks(workspace);
}

/** A mistyped path must not found a project, least of all in a folder above the one meant. */
async function requireFile({ files }: World, path: string): Promise<void> {
  const facts = await files.facts(path).catch((cause: unknown) => {
    throw new PawlError('list_unreadable', `${path} cannot be read`, { cause });
  });
  if (facts === null) throw new PawlError('list_unreadable', `${path} does not exist`);
  if (facts.kind !== 'file') throw new PawlError('list_not_a_file', `${path} is not a file`);
}

/** Make `.pawl`, ignored by git as a whole: it is state, not work. */
export async function makeStateFolder(world: World, place: ProjectPlace): Promise<void> {
  const { files } = world;
  try {
    await files.makeDirectory(place.stateDir);
    const ignore = `${place.stateDir}/.gitignore`;
    if ((await files.facts(ignore)) === null) await files.write(ignore, '*\n');
  } catch (cause) {
    throw new PawlError('store_readonly', `${place.stateDir} cannot be made`, { cause });
  }
}
