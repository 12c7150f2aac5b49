import { PawlError } from '../../domain/errors.ts';
import type { StoreSchema } from '../../schema/store-schema.ts';
import type { Connection } from './connection.ts';
import { schemaVersion } from './schema-version.ts';

/** What a store says of itself, in every generation. */
export interface StoreMeta {
  readonly storeId: string;
  readonly fingerprint: string;
  readonly generation: number;
  readonly minReader: number;
  readonly minWriter: number;
  /** The count of schema changes at which it was last compared with a declared schema. */
  readonly schemaVersion: number;
}

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

/** What every generation has under these names: all that a process in its midst may rely on. */
export interface SchemaMark {
  readonly fingerprint: string;
  readonly minWriter: number;
}

const MARK = 'SELECT fingerprint, min_writer AS minWriter FROM store_meta WHERE one = 1';

/** Read in every write transaction: about a microsecond. */
export function readMark(connection: Connection): SchemaMark {
  const [mark] = connection.all<SchemaMark>(MARK);
  if (mark === undefined) throw new PawlError('store_corrupt', 'the database does not name itself');
  return mark;
}

/**
 * How a store stands to this Pawl. `behind`: of an older schema, or of another one of the same
 * generation. `ahead`: a newer Pawl's, which lets this one read and write it as it is.
 */
export type Standing = 'current' | 'behind' | 'ahead' | 'read_only' | 'closed';

export function standingOf(meta: StoreMeta, schema: StoreSchema): Standing {
  if (meta.minReader > schema.generation) return 'closed';
  if (meta.minWriter > schema.generation) return 'read_only';
  if (meta.generation > schema.generation) return 'ahead';
  return isSettled(meta, schema) ? 'current' : 'behind';
}

/** Whether everything that a schema says of itself stands in the store. */
function isSettled(meta: StoreMeta, schema: StoreSchema): boolean {
  return (
    meta.fingerprint === schema.fingerprint &&
    meta.generation >= schema.generation &&
    meta.minReader >= schema.minReader &&
    meta.minWriter >= schema.minWriter
  );
}

/** What is noted in a store of who may do this with it. */
const FLOORS = { read: 'minReader', write: 'minWriter', migrate: 'generation' } as const;

/** Who may not do this with it any more, as an error with both numbers. */
export function tooNew(schema: StoreSchema, floor: number, verb: keyof typeof FLOORS): PawlError {
  const message =
    `a newer Pawl brought the database up: generation ${floor} or newer may ${verb} it, ` +
    `this Pawl is of generation ${schema.generation}`;
  const details = { [FLOORS[verb]]: floor, ours: schema.generation };
  return new PawlError('store_version', message, { details });
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
