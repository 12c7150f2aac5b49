import { basename } from 'node:path';
import type { ProgramRunner } from '../agents/runner.ts';
import { isPawlError } from '../domain/errors.ts';
import type { Logger } from '../observe/logger.ts';
import type { StoreSchema } from '../schema/store-schema.ts';
import { withFileLock } from '../store/sqlite/file-lock.ts';
import { inspectDatabase } from '../store/sqlite/inspect-database.ts';
import type { Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { listEveryBackup } from './backups.ts';
import { readEpoch, writeEpoch } from './epoch.ts';
import { openMigratedStore } from './migrate-store.ts';

export interface StorePlace {
  readonly world: World;
  /** The `.pawl` folder, which exists. */
  readonly stateDir: string;
  readonly runner: ProgramRunner;
  readonly log: Logger;
  /** Told once when the store had to be rebuilt. */
  readonly warn: (message: string) => void;
  /** There was a store here a moment ago: an empty one in its place is worth a warning, too. */
  readonly lost?: boolean;
  /** The one of this Pawl by default. */
  readonly schema?: StoreSchema | undefined;
}

const DATABASE = 'pawl.db';
const BESIDE = ['', '-wal', '-shm'];
/** Held by the one process that rebuilds. */
const REBUILD_LOCK = 'rebuild.lock';
const RESCUED = /^rescued-(\d+)\.db$/;
const KILL_GRACE_MS = 2_000;

/**
 * Open the project's store. When its database is damaged or missing, set the damaged files aside
 * untouched and go on from the best copy there is: what a running process saved when the file was
 * taken from under it, else the newest good backup, else nothing. The list's own marks then say
 * what was completed since; a list is never silently begun anew, and never without a warning.
 *
 * Several processes may find the same damage: one rebuilds, the others open what it made.
 */
export async function openOrRebuildStore(place: StorePlace): Promise<Store> {
  const found = await look(place, { alone: false });
  if (found.kind === 'sound') return found.store;
  return await withFileLock(place.world, `${place.stateDir}/${REBUILD_LOCK}`, async () => {
    const now = await look(place, { alone: true });
    return now.kind === 'sound' ? now.store : await rebuild(place, now.why);
  });
}

type Found =
  | { readonly kind: 'sound'; readonly store: Store }
  | { readonly kind: 'lost'; readonly why: string };

/** `alone`: nobody else rebuilds meanwhile, so what was saved may be compared and put away. */
async function look(place: StorePlace, { alone }: { readonly alone: boolean }): Promise<Found> {
  const { world, stateDir } = place;
  const path = `${stateDir}/${DATABASE}`;
  const rescued = await newestRescued(place);
  if ((await world.files.facts(path)) === null) {
    const copies = await listEveryBackup({ world, folder: `${stateDir}/backups` });
    const wasThere = rescued !== null || copies.length > 0 || place.lost === true;
    if (wasThere) return { kind: 'lost', why: 'the database is missing' };
  } else if (rescued !== null) {
    const outdated = alone && (await isOutdated(place, rescued));
    if (!outdated) return { kind: 'lost', why: 'the database was replaced' };
    await setAside(place, [rescued]);
  }
  try {
    return { kind: 'sound', store: await open(place) };
  } catch (cause) {
    if (!isPawlError(cause, 'store_corrupt')) throw cause;
    return { kind: 'lost', why: cause.message };
  }
}

/** The database in place goes on from what was saved, or was rebuilt after it was. */
async function isOutdated({ world, stateDir }: StorePlace, rescued: string): Promise<boolean> {
  const saved = await inspectDatabase(world, rescued);
  if (saved === null) return true;
  const present = await inspectDatabase(world, `${stateDir}/${DATABASE}`);
  if (present === null || present.storeId !== saved.storeId) return false;
  if (present.epoch !== saved.epoch) return present.epoch > saved.epoch;
  return present.lastSeq >= saved.lastSeq;
}

function open({ world, stateDir, log, schema }: StorePlace): Promise<Store> {
  const path = `${stateDir}/${DATABASE}`;
  return openMigratedStore({ world, path, log, ...(schema === undefined ? {} : { schema }) });
}

async function rebuild(place: StorePlace, why: string): Promise<Store> {
  const { world, stateDir, log, warn } = place;
  const aside = await setAside(place, databaseFiles(place));
  const keptWhere = aside === null ? '' : `; the old files are kept in ${aside}`;
  const rescued = await newestRescued(place);
  if (rescued !== null && (await inspectDatabase(world, rescued)) !== null) {
    await world.files.rename(rescued, `${stateDir}/${DATABASE}`);
    const store = await open(place);
    // Whoever held a lock could not give it back: the store was gone. All of them begin again.
    await store.cleanupStaleLocks({ maxAgeMs: 0, deadHolders: [] });
    warn(`${why}; going on from what was saved of it${keptWhere}`);
    log.warn('store.rebuilt', { from: rescued, reason: why });
    return store;
  }
  if (rescued !== null) await setAside(place, [rescued]);
  await endLivingAgents(place);
  const backup = await openNewestBackup(place);
  const store = backup?.store ?? (await open(place));
  await store.afterRestore(await readEpoch(place)).then((epoch) => writeEpoch(place, epoch));
  const source = backup === null ? 'nothing: there is no backup' : backup.file;
  const besides = await tellBreakdowns(store);
  warn(`${why}; rebuilt from ${source}, and from the marks in the list${besides}${keptWhere}`);
  log.warn('store.rebuilt', { from: source, reason: why });
  return store;
}

/** What a list's marks do for its tasks nobody does for those that have no file. */
async function tellBreakdowns(store: Store): Promise<string> {
  const { breakdowns } = await store.breakdowns({ archived: 'too', limit: 1 });
  if (breakdowns.length === 0) return '';
  return '; breakdowns are as that backup had them, what happened to them since is lost';
}

function databaseFiles({ stateDir }: StorePlace): readonly string[] {
  return BESIDE.map((suffix) => `${stateDir}/${DATABASE}${suffix}`);
}

/** Put files that are there into a folder of their own, byte for byte; null when none is. */
async function setAside(
  { world, stateDir }: StorePlace,
  paths: readonly string[],
): Promise<string | null> {
  const { files, clock } = world;
  const folder = `${stateDir}/set-aside-${clock.now()}`;
  let moved = false;
  for (const from of paths) {
    if ((await files.facts(from)) === null) continue;
    await files.makeDirectory(folder);
    await files.rename(from, `${folder}/${basename(from)}`);
    moved = true;
  }
  return moved ? folder : null;
}

async function newestRescued({ world, stateDir }: StorePlace): Promise<string | null> {
  const names = (await world.files.names(stateDir)).filter((name) => RESCUED.test(name));
  const newest = names.sort().at(-1);
  return newest === undefined ? null : `${stateDir}/${newest}`;
}

/** What a backup may be like so that an older one is the next best. */
const UNUSABLE: readonly string[] = ['store_corrupt', 'store_version', 'store_older'];

/**
 * A backup of an older schema is migrated like any store. When that cannot be done just now, the
 * start fails, and the next one tries again: the backup is good, and an older one, or none, would
 * lose what it has.
 */
async function openNewestBackup(
  place: StorePlace,
): Promise<{ readonly store: Store; readonly file: string } | null> {
  const { world, stateDir, log } = place;
  for (const file of await listEveryBackup({ world, folder: `${stateDir}/backups` })) {
    try {
      await world.files.replace(`${stateDir}/${DATABASE}`, await world.files.read(file));
      const store = await open(place);
      const damage = (await store.audit()).filter((fault) => fault.code === 'integrity');
      if (damage.length === 0) return { store, file };
      await store.close();
    } catch (cause) {
      if (!isPawlError(cause) || !UNUSABLE.includes(cause.code)) {
        for (const path of databaseFiles(place)) await removeFile(world, path);
        throw cause;
      }
      log.warn('backup.unusable', { file, code: cause.code });
    }
    await setAside(place, databaseFiles(place));
  }
  return null;
}

async function removeFile({ files }: World, path: string): Promise<void> {
  if ((await files.facts(path)) !== null) await files.remove(path);
}

/** Agents of attempts that the copy knows nothing of: their results could not be accepted. */
async function endLivingAgents({ world, stateDir, runner }: StorePlace): Promise<void> {
  const { files } = world;
  const attempts = `${stateDir}/attempts`;
  if ((await files.facts(attempts)) === null) return;
  for (const task of await files.names(attempts)) {
    for (const fence of await files.names(`${attempts}/${task}`)) {
      const folder = `${attempts}/${task}/${fence}`;
      const over = (await files.facts(`${folder}/exit`)) !== null;
      if (!over) await runner.endByFolder(folder, KILL_GRACE_MS);
    }
  }
}
