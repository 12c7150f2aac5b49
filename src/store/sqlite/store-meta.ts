import { PawlError } from '../../domain/errors.ts';
import type { StoreSchema } from '../../schema/store-schema.ts';
import { DISMISS_OLDER, type SchemaMark, type StoreMeta } from '../standing.ts';
import type { Connection } from './connection.ts';
import { schemaVersion } from './schema-version.ts';

/** Read on a fresh connection: the columns are those of the generation that is there. */
export function readMeta(connection: Connection): StoreMeta {
  const [row] = connection.all<Readonly<Record<string, unknown>>>(
    'SELECT * FROM store_meta WHERE one = 1',
  );
  if (row === undefined) throw new PawlError('store_corrupt', 'the database does not name itself');
  return {
    storeId: String(row['store_id']),
    fingerprint: String(row['fingerprint']),
    // The first generation did not number itself.
    generation: Number(row['generation'] ?? 1),
    minReader: Number(row['min_reader']),
    minWriter: Number(row['min_writer']),
    schemaVersion: Number(row['schema_version'] ?? 0),
  };
}

const MARK = 'SELECT fingerprint, min_writer AS minWriter FROM store_meta WHERE one = 1';
const READER = 'SELECT min_reader AS minReader FROM store_meta WHERE one = 1';

/** Read in every write transaction: about a microsecond. */
export function readMark(connection: Connection): SchemaMark {
  const [mark] = connection.all<SchemaMark>(MARK);
  if (mark === undefined) throw new PawlError('store_corrupt', 'the database does not name itself');
  return mark;
}

/** Read in every snapshot: the oldest generation that reads what is there rightly. */
export function readMinReader(connection: Connection): number {
  return connection.all<{ minReader: number }>(READER)[0]?.minReader ?? 0;
}

/** The one row of a store that is made now. */
export function insertMeta(
  connection: Connection,
  schema: StoreSchema,
  made: { readonly storeId: string; readonly atMs: number },
): void {
  connection.run(
    'INSERT INTO store_meta (one, store_id, epoch, fingerprint, generation, min_reader, ' +
      'min_writer, schema_version, created_at_ms) VALUES (1, ?, 1, ?, ?, ?, ?, ?, ?)',
    made.storeId,
    schema.fingerprint,
    schema.generation,
    schema.minReader,
    schema.minWriter,
    schemaVersion(connection),
    made.atMs,
  );
}

/**
 * Within the transaction that made the schema what it is. What is higher already stays so. False
 * when there is no such row yet.
 */
export function settleMeta(connection: Connection, schema: StoreSchema): boolean {
  connection.run(DISMISS_OLDER, schema.minWriter);
  const changed = connection.run(
    'UPDATE store_meta SET fingerprint = ?, generation = max(generation, ?), ' +
      'min_reader = max(min_reader, ?), min_writer = max(min_writer, ?), schema_version = ? ' +
      'WHERE one = 1',
    schema.fingerprint,
    schema.generation,
    schema.minReader,
    schema.minWriter,
    schemaVersion(connection),
  );
  return changed > 0;
}

/** Of any database: 0 when it is no store. */
export function epochOf(connection: Connection): number {
  const sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'store_meta'";
  if (connection.all(sql).length === 0) return 0;
  const [meta] = connection.all<{ epoch: number }>('SELECT epoch FROM store_meta WHERE one = 1');
  return meta?.epoch ?? 0;
}
