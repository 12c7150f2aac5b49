import { createSqlStore } from '../sql/sql-store.ts';
import type { Store } from '../store.ts';
import { openPostgresDriver, type PostgresOptions } from './postgres-driver.ts';

/** Open (or make) a store in one schema of a PostgreSQL database. */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  return createSqlStore(await openPostgresDriver(options));
}
