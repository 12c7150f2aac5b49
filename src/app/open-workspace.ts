import { homedir } from 'node:os';
import { createAttendedRunner } from '../agents/attended-runner.ts';
import { PawlError } from '../domain/errors.ts';
import { createLogger } from '../observe/create-logger.ts';
import { silentLogger } from '../observe/logger.ts';
import type { StoreSchema } from '../schema/store-schema.ts';
import type { World } from '../world/world.ts';
import { findProject, folderOf } from './find-project.ts';
import { hasOlderStore, lazyOlderStore } from './lazy-older-store.ts';
import { type AddressPlace, storeAddress } from './store-address.ts';
import { thisWorld } from './this-world.ts';
import { watchServer } from './watch-server.ts';
import type { Workspace } from './workspace.ts';
import { makeStateFolder, WorkspaceStore } from './workspace-store.ts';

export interface OpenWorkspace {
  /** A folder, absolute. */
  readonly dir: string;
  /** The project is looked for from the list's folder, when there is one. */
  readonly listPath?: string;
  /** Make the state folder when there is none; otherwise `store_not_found`. */
  readonly create: boolean;
  /**
   * Where there is no state folder, but the store of an older orchestrator: work on that one, and
   * make nothing before a task of it is taken over.
   */
  readonly both?: boolean;
  /**
   * Where an address is set: work on the store there without a state folder, and make none. A list
   * may be named by its path on another host.
   */
  readonly anywhere?: boolean;
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
  const world = options.world ?? thisWorld();
  const start = await startOf(world, options);
  const place = await findProject(world, start, homedir());
  const { root, stateDir } = place;
  const isBegun = place.exists || options.create;
  const isOlder = !isBegun && options.both === true && (await hasOlderStore(world, root));
  const isElsewhere =
    !isBegun && options.anywhere === true && (await isOnServer({ world, stateDir }));
  if (!isBegun && !isOlder && !isElsewhere) {
    throw new PawlError('store_not_found', `no Pawl project in ${start} or above it`);
  }
  if (!place.exists && options.create) {
    if (options.listPath !== undefined) await requireFile(world, options.listPath);
    await makeStateFolder(world, place);
  }
  const log = createLogger({ world, folder: `${stateDir}/log` });
  const runner = createAttendedRunner(world);
  const { warn, schema } = options;
  const storePlace = { world, stateDir, runner, log, warn, schema };
  const store = await WorkspaceStore.open(storePlace, { place, isBegun, isOlder });
  const watched = watchServer({ world, stateDir, log, warn });
  const older = lazyOlderStore(() => workspace, store);
  const workspace: Workspace = {
    ...{ root, stateDir, world, runner, older },
    get log() {
      return store.isBegun ? log : silentLogger;
    },
    get store() {
      return store.now;
    },
    rebuildStore: () => store.rebuild(),
    close: async () => {
      watched.stop();
      await older.close();
      await store.close();
      await log.close();
    },
  };
  return workspace;
}

/** A list that lies on another host is known by its path there: its folder need not be here. */
async function startOf({ files }: World, options: OpenWorkspace): Promise<string> {
  const start = folderOf(options);
  const isMissing = async () => (await files.facts(start))?.kind !== 'directory';
  return options.anywhere === true && (await isMissing()) ? options.dir : start;
}

async function isOnServer(place: AddressPlace): Promise<boolean> {
  return (await storeAddress(place)) !== null;
}

/** A mistyped path must not found a project, least of all in a folder above the one meant. */
async function requireFile({ files }: World, path: string): Promise<void> {
  const facts = await files.facts(path).catch((cause: unknown) => {
    throw new PawlError('list_unreadable', `${path} cannot be read`, { cause });
  });
  if (facts === null) throw new PawlError('list_unreadable', `${path} does not exist`);
  if (facts.kind !== 'file') throw new PawlError('list_not_a_file', `${path} is not a file`);
}
