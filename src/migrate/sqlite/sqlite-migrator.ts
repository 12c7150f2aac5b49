import { Connection } from '../../store/sqlite/connection.ts';
import { openFault } from '../../store/sqlite/open-fault.ts';
import { surroundingsFault } from '../../store/sqlite/surroundings-fault.ts';
import { type Costs, estimateOf } from '../estimate.ts';
import { historyEntry } from '../history-entry.ts';
import type { BackupFile, MigrationCall, Migrator } from '../migrator.ts';
import { listBackups, sizeOf } from './backup.ts';
import { dryRunMigration } from './dry-run.ts';
import { readHistory } from './history.ts';
import { migrate } from './migrate.ts';
import { backupFolderOf, type MigrateOptions, patienceOf } from './migration-options.ts';
import { type RestoreOptions, restoreBackup } from './restore.ts';
import { migrationStatus } from './status.ts';
import { countRows } from './survey.ts';
import { untilFree } from './turn.ts';
import { verifyMigrations } from './verify.ts';

export type MigratorOptions = Omit<MigrateOptions, keyof MigrationCall> &
  Pick<RestoreOptions, 'usedBy'> & {
    /** See `declaredStatements`. */
    readonly declared: readonly string[];
    /** For calls that do not say; see `MigrationCall`. */
    readonly waitMs?: number;
  };

/** Everything that can be done with the schema of one SQLite file. Opens nothing by itself. */
export function sqliteMigrator(options: MigratorOptions): Migrator {
  const { world, path, declared } = options;
  const backupFolder = backupFolderOf(options);
  const answered = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw await openFault(options, surroundingsFault(cause));
    }
  };
  const read = <T>(call: MigrationCall, from: (connection: Connection) => T): Promise<T> =>
    untilFree(patienceOf(world, { ...options, ...call }), () => reading(path, from));
  return {
    ...{ path, backupFolder, declared, keepsBackups: true },
    exists: async () => (await world.files.facts(path)) !== null,
    status: (call = {}) => answered(() => migrationStatus({ ...options, ...call })),
    plan: (call = {}) =>
      answered(async () => {
        const status = await migrationStatus({ ...options, ...call });
        const costs = await read(call, costsIn);
        const bytes = await sizeOf(world, path);
        return { ...status, estimate: estimateOf(status.plan, { ...costs, bytes }) };
      }),
    dryRun: (call = {}) => answered(() => dryRunMigration({ ...options, ...call })),
    migrate: (call = {}) => migrate({ ...options, ...call }),
    history: (call = {}) =>
      answered(async () => (await read(call, (one) => readHistory(one))).map(historyEntry)),
    verify: () => answered(() => verifyMigrations(options)),
    backups: () => answered(() => backupFiles(options)),
    restore: (backup, call = {}) => answered(() => restoreBackup({ ...options, ...call, backup })),
  };
}

function reading<T>(path: string, work: (connection: Connection) => T): T {
  const connection = new Connection(path, { readOnly: true });
  try {
    return work(connection);
  } finally {
    connection.close();
  }
}

function costsIn(connection: Connection): Omit<Costs, 'bytes'> {
  const [mode] = connection.all<{ journal_mode: string }>('PRAGMA journal_mode');
  return { rows: countRows(connection), hasLog: mode?.journal_mode === 'wal' };
}

async function backupFiles(options: MigratorOptions): Promise<readonly BackupFile[]> {
  const { world, path } = options;
  const folder = backupFolderOf(options);
  const found = await listBackups(world, { folder, path });
  const newestFirst = found.toSorted((one, other) => (one.stamp < other.stamp ? 1 : -1));
  const files = newestFirst.map(async ({ file }): Promise<readonly BackupFile[]> => {
    const facts = await world.files.facts(`${folder}/${file}`);
    return facts === null ? [] : [{ file, bytes: facts.size, madeAtMs: facts.mtimeMs }];
  });
  return (await Promise.all(files)).flat();
}
