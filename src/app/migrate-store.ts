import { type ErrorCode, isPawlError, PawlError } from '../domain/errors.ts';
import type { Obstacle, StepReport } from '../migrate/migration-report.ts';
import { migrate } from '../migrate/sqlite/migrate.ts';
import type { MigrationPlace } from '../migrate/sqlite/migration-options.ts';
import type { Logger } from '../observe/logger.ts';
import { PAWL_SCHEMA, type StoreSchema } from '../schema/store-schema.ts';
import { Connection } from '../store/sqlite/connection.ts';
import { storeFault } from '../store/sqlite/faults.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { settleMeta } from '../store/sqlite/store-meta.ts';
import type { Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { pawlMigration } from './store-migration.ts';
import { PAWL_VERSION } from './version.ts';

export interface OpenMigrated {
  readonly world: World;
  /** Absolute path of the database. */
  readonly path: string;
  readonly log: Logger;
  readonly schema?: StoreSchema;
}

/**
 * Open a project's store as every command does: made when there is none, migrated when it is older,
 * and looked at when somebody changed its schema. In sync costs two numbers read.
 *
 * @throws PawlError what opening a store and migrating throw; `store_corrupt` for one that lost a
 *   table or a column. After any of them the database is what it was; it is never replaced by an
 *   empty one.
 */
export async function openMigratedStore(opening: OpenMigrated): Promise<Store> {
  const { world, path, schema = PAWL_SCHEMA } = opening;
  const bringUp = () => bringUpStore({ ...opening, schema });
  return await openSqliteStore({ world, path, schema, bringUp });
}

async function bringUpStore({ world, path, log, schema }: Required<OpenMigrated>): Promise<void> {
  const place = pawlMigration({ world, path, schema });
  try {
    const outcome = await migrate({ ...place, version: PAWL_VERSION });
    if (outcome.kind === 'applied') {
      const { from, to, steps, backup } = outcome.report;
      const isNew = backup.kind === 'none' && backup.why === 'no_rows';
      if (!isNew) log.info('schema.migrated', { from, to, steps: steps.map(stepText), backup });
    } else noteComparison(place, schema);
    for (const { object, message } of outcome.drift) log.warn('schema.drift', { object, message });
  } catch (cause) {
    // A newer Pawl was faster; what that means for this one is found out by opening it again.
    if (isPawlError(cause, 'store_version')) return;
    log.error('schema.failed', {}, cause);
    throw lossOf(cause) ?? cause;
  }
}

/** What was taken out of a store by hand took rows with it: damage, and a backup has them. */
export function lossOf(cause: unknown): PawlError | null {
  if (!isPawlError(cause, 'migration_refused')) return null;
  const obstacles = cause.details['obstacles'] as readonly Obstacle[];
  const lost = obstacles.filter(({ code }) => code === 'rows_lost').map(({ object }) => object);
  if (lost.length === 0) return null;
  return new PawlError('store_corrupt', `the database has lost ${lost.join(', ')}`, { cause });
}

export const stepText = ({ kind, object }: StepReport): string => `${kind} ${object}`;

/** It is only for the next start to be faster: this one is not kept up by any of these. */
const ANOTHER_TIME: readonly string[] = [
  'store_busy',
  'store_full',
  'store_readonly',
  'store_io',
] satisfies readonly ErrorCode[];

/**
 * Remember at which count of schema changes everything was found as declared, so that the next
 * start need not compare. Looked at again under the lock.
 */
function noteComparison({ path, makePlan, owner }: MigrationPlace, schema: StoreSchema): void {
  const connection = new Connection(path, { readOnly: false });
  try {
    connection.run('BEGIN IMMEDIATE');
    const { steps, refusals } = makePlan(connection);
    const isDeclared = steps.length === 0 && refusals.length === 0;
    if (isDeclared && owner?.isSettled?.(connection) === true) settleMeta(connection, schema);
    connection.run('COMMIT');
  } catch (cause) {
    const fault = storeFault(cause);
    if (!ANOTHER_TIME.includes(fault.code)) throw fault;
  } finally {
    connection.close();
  }
}
