import { createSqlStore } from '../sql/sql-store.ts';
import type { Store } from '../store.ts';
import { openSqliteDriver, type SqliteOptions } from './sqlite-driver.ts';

/** Open (or make) a store in one SQLite file. */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  return createSqlStore(await openSqliteDriver(options));
}
