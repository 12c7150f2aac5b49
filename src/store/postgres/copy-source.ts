import { PawlError } from '../../domain/errors.ts';
import type { StoreSchema } from '../../schema/store-schema.ts';
import type { CopiedTable } from '../copy/copied-tables.ts';
import { isOfArea } from '../copy/copy-area.ts';
import type { CopySource } from '../copy/copy-port.ts';
import { type FoundColumn, requireCopyable, undeclaredOf } from '../copy/require-copyable.ts';
import type { Connection } from './connection.ts';
import { copyPages } from './copy-pages.ts';
import { COPY_LIMITS, openCopyPool } from './copy-pool.ts';
import { storeFault } from './faults.ts';
import { identifier } from './identifier.ts';
import { locationOf, requireAddress } from './location.ts';
import { requireServer } from './open.ts';
import { readMeta } from './store-meta.ts';
import { requireNobodyElses, whoseDatabase } from './whose-database.ts';

export interface DatabaseToCopy {
  /** With its secrets. */
  readonly url: string;
  readonly schema: StoreSchema;
}

/** One snapshot, from which nothing can be written. */
const BEGIN = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${COPY_LIMITS}`;
const LAST_SEQ = 'SELECT coalesce(max(seq), 0) AS seq FROM task_events';
const COLUMNS =
  'SELECT c.relname AS "table", a.attname AS name FROM pg_class c ' +
  'JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ' +
  'WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema())) ' +
  "AND c.relkind IN ('r', 'p')";

/**
 * Read a store on a server as of one moment, in a transaction that cannot write. While it lasts,
 * the server cleans up nothing that was replaced since.
 *
 * @throws PawlError `store_not_found`, `store_behind`, `store_version`, `store_corrupt`,
 *   `store_unreachable`, `store_refused`, `server_unsupported`, `store_readonly` for a standby.
 */
export async function withServerSource<T>(
  { url, schema }: DatabaseToCopy,
  use: (source: CopySource) => Promise<T>,
): Promise<T> {
  requireAddress(url);
  const pool = await openCopyPool(url, { connectionsMax: 1 });
  try {
    return await pool.lend(async (connection) => {
      await requireServer(connection);
      await connection.run(BEGIN);
      return await use(await sourceOf(connection, { url, schema }));
    });
  } finally {
    await pool.close();
  }
}

async function sourceOf(
  connection: Connection,
  { url, schema }: DatabaseToCopy,
): Promise<CopySource> {
  const location = locationOf(url);
  const whose = await whoseDatabase(connection, schema.objects);
  requireNobodyElses(whose);
  if (whose !== 'pawl') throw new PawlError('store_not_found', `there is no store at ${location}`);
  const meta = await readMeta(connection);
  requireCopyable(meta, schema, location);
  const found = (await connection.all<FoundColumn>(COLUMNS)).filter(
    ({ table }) => !isOfArea(table),
  );
  const number = async (sql: string): Promise<number> => {
    try {
      return (await connection.run<{ seq: number }>(sql))[0]?.seq ?? 0;
    } catch (cause) {
      throw storeFault(cause, sql);
    }
  };
  return {
    ...{ location, storeId: meta.storeId },
    undeclared: undeclaredOf(found, schema.objects),
    lastSeq: await number(LAST_SEQ),
    pages: (table) => copyPages(connection, table),
    counter: (table) => number(counterQuery(table)),
    release: async () => {
      await connection.run('COMMIT');
    },
    lastSeqNow: () => number(LAST_SEQ),
  };
}

/** Never rolled back, and not of the snapshot: at least what was handed out by then. */
function counterQuery({ name, identity }: CopiedTable): string {
  const column = (identity ?? '').replaceAll("'", "''");
  return (
    'SELECT coalesce(s.last_value, 0) AS seq FROM pg_sequences s WHERE ' +
    "to_regclass(quote_ident(s.schemaname) || '.' || quote_ident(s.sequencename)) = " +
    `to_regclass(pg_get_serial_sequence('${identifier(name)}', '${column}'))`
  );
}
