import { homedir } from 'node:os';
import { PawlError } from '../domain/errors.ts';
import type { Migrator } from '../migrate/migrator.ts';
import { declaredStatements } from '../migrate/sqlite/declared-schema.ts';
import { sqliteMigrator } from '../migrate/sqlite/sqlite-migrator.ts';
import { createLogger } from '../observe/create-logger.ts';
import { type Logger, silentLogger } from '../observe/logger.ts';
import { PAWL_SCHEMA } from '../schema/store-schema.ts';
import { readProcesses } from '../store/sql/instances.ts';
import { Connection } from '../store/sqlite/connection.ts';
import { inspectDatabase } from '../store/sqlite/inspect-database.ts';
import { refuseWithoutTrace } from '../store/sqlite/whose-database.ts';
import type { Instance } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { type EpochPlace, readEpoch, writeEpoch } from './epoch.ts';
import { findProject, folderOf } from './find-project.ts';
import { addressToOpen } from './server-note.ts';
import { pawlMigration } from './store-migration.ts';
import { thisWorld } from './this-world.ts';
import { PAWL_VERSION } from './version.ts';

/** The schema of a project's store, reached without opening the store, which would migrate it. */
export interface MigrationDesk {
  readonly world: World;
  readonly root: string;
  readonly stateDir: string;
  readonly log: Logger;
  readonly migrator: Migrator;
  close(): Promise<void>;
}

/**
 * Find the project of a folder, or of a list's folder. Makes and changes nothing.
 *
 * @throws PawlError `store_older`, `store_version` for a file that is another program's.
 */
export async function openMigrationDesk(options: {
  readonly dir: string;
  readonly listPath: string | null;
  /** What is done is worth a line in the log. Where there is no database, no log is begun. */
  readonly logs: boolean;
}): Promise<MigrationDesk> {
  const world = thisWorld();
  const start = folderOf(options);
  const { root, stateDir } = await findProject(world, start, homedir());
  const migrator = await storeMigrator({ world, stateDir });
  const desk = { world, root, stateDir, migrator };
  const begun = migrator.keepsBackups ? migrator.path : stateDir;
  if (!options.logs || (await world.files.facts(begun)) === null) {
    return { ...desk, log: silentLogger, close: () => Promise.resolve() };
  }
  const log = createLogger({ world, folder: `${stateDir}/log` });
  return { ...desk, log, close: () => log.close() };
}

/** The same for a project that was found already; throws the same. */
export async function storeMigrator(place: EpochPlace): Promise<Migrator> {
  const { world, stateDir } = place;
  const address = await addressToOpen(place);
  if (address !== null) {
    // Most projects need no server: its driver is not read for them.
    const { pawlServerMigrator } = await import('./server-store-migration.ts');
    return pawlServerMigrator({ world, address });
  }
  const path = `${stateDir}/pawl.db`;
  refuseWithoutTrace(path, PAWL_SCHEMA.objects);
  const migrator = sqliteMigrator({
    ...pawlMigration({ world, path, epochFloor: await readEpoch(place) }),
    version: PAWL_VERSION,
    declared: declaredStatements(PAWL_SCHEMA.objects),
    usedBy: () => userOf(place, path),
  });
  return {
    ...migrator,
    restore: async (backup, call) => {
      const restored = await migrator.restore(backup, call);
      const epoch = (await inspectDatabase(world, path))?.epoch;
      if (epoch !== undefined) await writeEpoch(place, epoch);
      return restored;
    },
  };
}

/** The process that executes a list of this database; null when none does. */
async function userOf(place: EpochPlace, path: string): Promise<string | null> {
  const { files, processes } = place.world;
  if ((await files.facts(path)) === null) return null;
  const isHere = ({ host, process }: Pick<Instance, 'host' | 'process'>): boolean =>
    host === processes.host && processes.isAlive(process);
  const living = instancesIn(path).find(isHere);
  if (living !== undefined) return `a running Pawl (process ${living.process.pid})`;
  await requireNoAgent(place);
  return null;
}

/** None when they cannot be read: whether the file is in use is asked of the database, too. */
function instancesIn(path: string): readonly Pick<Instance, 'host' | 'process'>[] {
  let connection: Connection | null = null;
  try {
    connection = new Connection(path, { readOnly: true });
    return connection.drive(readProcesses());
  } catch {
    return [];
  } finally {
    connection?.close();
  }
}

/** What an agent hands in after a restore is not accepted, and its task is begun anew. */
async function requireNoAgent({ world, stateDir }: EpochPlace): Promise<void> {
  const { files, processes } = world;
  const attempts = `${stateDir}/attempts`;
  if ((await files.facts(attempts)) === null) return;
  for (const task of await files.names(attempts)) {
    for (const fence of await files.names(`${attempts}/${task}`)) {
      const folder = `${attempts}/${task}/${fence}`;
      if ((await files.facts(`${folder}/exit`)) !== null) continue;
      if (processes.find(folder).length === 0) continue;
      const message = `an agent still works in ${folder}; \`pawl stop\` ends it`;
      throw new PawlError('store_in_use', message, { details: { folder } });
    }
  }
}
