import { PawlError } from '../../domain/errors.ts';
import type { Connection } from '../../store/postgres/connection.ts';
import { ConnectionPool, type PoolOptions } from '../../store/postgres/pool.ts';
import { type Costs, estimateOf } from '../estimate.ts';
import { historyEntry } from '../history-entry.ts';
import type { MigrationCall, MigrationStatus, Migrator } from '../migrator.ts';
import { failureIn, statusOf } from '../state.ts';
import { countOf } from './apply-plan.ts';
import { dryRunMigration } from './dry-run.ts';
import { readHistory } from './history.ts';
import { beginLook, lookOnce } from './look.ts';
import { migrate } from './migrate.ts';
import { CHANGE_MS, type MigrateOptions, patienceOf } from './migration-options.ts';
import { untilFree } from './turn.ts';
import { verifyMigrations } from './verify.ts';

export interface ServerMigratorOptions extends Omit<MigrateOptions, keyof MigrationCall | 'pool'> {
  /** To connect with; of the connections, one is used. */
  readonly pool: PoolOptions;
  readonly declared: readonly string[];
  /** Whether there is a store. */
  readonly isBegun: (connection: Connection) => Promise<boolean>;
  /** For calls that do not say; see `MigrationCall`. */
  readonly waitMs?: number;
}

/** Longer than the server takes to end a statement by itself. */
const ANSWER_MS = CHANGE_MS + 5_000;

/** Everything that can be done with the schema of one store on a server. Keeps nothing open. */
export function serverMigrator(options: ServerMigratorOptions): Migrator {
  const { location, declared, waitMs, isBegun } = options;
  const within = async <T>(
    call: MigrationCall,
    work: (place: MigrateOptions) => Promise<T>,
  ): Promise<T> => {
    const settings = { connectionsMax: 1, answerMs: ANSWER_MS, prepares: false };
    const pool = await ConnectionPool.open({ ...options.pool, ...settings });
    try {
      return await work({ ...options, ...(waitMs === undefined ? {} : { waitMs }), ...call, pool });
    } finally {
      await pool.close();
    }
  };
  const reading = <T>(
    call: MigrationCall,
    work: (connection: Connection, place: MigrateOptions) => Promise<T>,
  ): Promise<T> =>
    within(call, (place) =>
      untilFree(patienceOf(place), place.pool, (connection) => work(connection, place)),
    );
  return {
    ...{ path: location, backupFolder: '', declared, keepsBackups: false },
    exists: () => reading({}, (connection) => isBegun(connection)),
    status: (call = {}) => reading(call, statusOn),
    plan: (call = {}) =>
      reading(call, async (connection, place) => {
        const status = await statusOn(connection, place);
        const costs = await costsOn(connection, status);
        const estimate = { ...estimateOf(status.plan, costs), backupMs: 0 };
        const totalMs = estimate.steps.reduce((sum, { ms }) => sum + ms, 0);
        return { ...status, estimate: { ...estimate, totalMs } };
      }),
    dryRun: (call = {}) => within(call, dryRunMigration),
    migrate: (call = {}) => within(call, migrate),
    history: (call = {}) =>
      reading(call, async (connection) => (await readHistory(connection)).map(historyEntry)),
    verify: () => reading({}, (connection, place) => verifyMigrations(place, connection)),
    backups: () => Promise.reject(elsewhere()),
    restore: () => Promise.reject(elsewhere()),
  };
}

function elsewhere(): PawlError {
  const message =
    'a store on PostgreSQL is backed up and restored with the means of PostgreSQL ' +
    '(pg_dump, pg_restore)';
  return new PawlError('backup_elsewhere', message);
}

async function statusOn(connection: Connection, place: MigrateOptions): Promise<MigrationStatus> {
  const seen = await lookOnce(place, connection);
  const rows = await readHistory(connection);
  return statusOf(seen, rows, failureIn(seen.plan, rows[0]));
}

async function costsOn(connection: Connection, { plan }: MigrationStatus): Promise<Costs> {
  const wanted = plan.steps.flatMap(({ rowsOf }) => (rowsOf === null ? [] : [rowsOf]));
  const rows = new Map<string, number>();
  await beginLook(connection);
  for (const table of new Set(wanted)) {
    const before = plan.rowsKept.find(({ after }) => after === table)?.before ?? table;
    rows.set(before, await countOf(connection, before));
  }
  const [size] = await connection.all<{ bytes: number }>(
    'SELECT coalesce(sum(pg_total_relation_size(oid)), 0) AS bytes FROM pg_class ' +
      "WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) AND relkind = 'r'",
  );
  await connection.run('ROLLBACK');
  return { rows, bytes: size?.bytes ?? 0, hasLog: false };
}
