import { PawlError } from '../../domain/errors.ts';
import type { StoreSchema } from '../../schema/store-schema.ts';
import { DISMISS_OLDER, type SchemaMark, type StoreMeta } from '../standing.ts';
import { arrayText } from './array-text.ts';
import type { Connection } from './connection.ts';
import type { Sent } from './flight.ts';
import { NOW_MS } from './turn.ts';

/** What a store says of itself: the columns are those of the generation that is there. */
export async function readMeta(connection: Connection): Promise<StoreMeta> {
  const [row] = await connection.all<Readonly<Record<string, unknown>>>(
    'SELECT * FROM store_meta WHERE one = 1',
  );
  if (row === undefined) throw new PawlError('store_corrupt', 'the database does not name itself');
  return {
    storeId: String(row['store_id']),
    fingerprint: String(row['fingerprint']),
    // The first generation did not say so yet.
    generation: Number(row['generation'] ?? 1),
    minReader: Number(row['min_reader']),
    minWriter: Number(row['min_writer']),
    schemaVersion: Number(row['schema_version'] ?? 0),
  };
}

/** What a write transaction learns as it begins. */
export interface TurnMark extends SchemaMark {
  /** By the database's clock, once the turn is there. */
  readonly nowMs: number;
  /** The number of the last transaction of this process that was committed; null: none was. */
  readonly committed: number | null;
  /** What that one answered, where its statement alone knew. */
  readonly said: string | null;
}

/** Rows of the ledger that say how far each process's transactions came. */
export const SCOPE = 'commit';
/** So many of one process lie there before they are taken away, all but the newest. */
const WORDS_MAX = 32;
/** Longer than any call waits for word of its commit. */
export const KEPT_MS = 3_600_000;

/** `key`: of the transaction that left without an answer; empty when none did. */
export function markQuery(key: string): Sent {
  return { text: MARK, values: [key] };
}

const MARK =
  'SELECT fingerprint, min_writer AS "minWriter", ' +
  `${NOW_MS} AS "nowMs", CAST(result_json AS bigint) AS committed, input_hash AS said ` +
  `FROM store_meta LEFT JOIN requests ON scope = '${SCOPE}' AND key = $1 WHERE one = 1`;

/**
 * The words of one process in the ledger: each transaction leaves one, so that whoever lost the
 * answer to its commit reads there whether it was committed; now and then one takes away those
 * before. Each has a key of its own: behind one that stayed the same, every transaction would read
 * past what all before it left, for as long as an old snapshot keeps that from being cleaned up.
 */
export class CommitWords {
  readonly #writer: string;
  #kept: string[] = [];

  /** `writer` is a UUID. */
  constructor(writer: string) {
    this.#writer = writer;
  }

  of(number: number): CommitWord {
    const gone = this.#kept.length < WORDS_MAX ? [] : this.#kept;
    return { key: this.#keyOf(number), number, gone };
  }

  /** It was committed, and had such a word. */
  kept(number: number): void {
    if (this.#kept.length >= WORDS_MAX) this.#kept = [];
    this.#kept.push(this.#keyOf(number));
  }

  #keyOf(number: number): string {
    return `${this.#writer} ${number}`;
  }
}

export interface CommitWord {
  readonly key: string;
  readonly number: number;
  /** The keys of those that are taken away with it. */
  readonly gone: readonly string[];
}

export function wordStatements(
  { key, number, gone }: CommitWord,
  { nowMs, sweeps }: { readonly nowMs: number; readonly sweeps: boolean },
): readonly Sent[] {
  const word = { text: WORD, values: [key, String(number), nowMs + KEPT_MS, arrayText(gone)] };
  const sweep = { text: SWEEP, values: [nowMs] };
  return [...(sweeps ? [sweep] : []), word];
}

export const COMMIT: Sent = { text: 'COMMIT', values: [] };

const SWEEP = `DELETE FROM requests WHERE scope = '${SCOPE}' AND expires_at_ms < $1`;
const WORD =
  `WITH gone AS (DELETE FROM requests WHERE scope = '${SCOPE}' AND key = ANY ($4::text[])) ` +
  'INSERT INTO requests (scope, key, input_hash, result_json, expires_at_ms) ' +
  `VALUES ('${SCOPE}', $1, '', $2, $3)`;

/** Changes with every commit of any process, and with what others wish of an executor by hand. */
export const COMMITS =
  'SELECT count(*) AS words, sum(CAST(result_json AS bigint)) AS commits, ' +
  'max(expires_at_ms) AS last, ' +
  '(SELECT max(seq) FROM task_events) AS seq, ' +
  "(SELECT string_agg(status, ' ' ORDER BY id) FROM executors) AS wished FROM requests " +
  `WHERE scope = '${SCOPE}'`;

/** The one row of a store that is made now. */
export async function insertMeta(
  connection: Connection,
  schema: StoreSchema,
  made: { readonly storeId: string; readonly atMs: number },
): Promise<void> {
  await connection.all(
    'INSERT INTO store_meta (one, store_id, epoch, fingerprint, generation, min_reader, ' +
      'min_writer, created_at_ms) VALUES (1, $1, 1, $2, $3, $4, $5, $6)',
    [
      made.storeId,
      schema.fingerprint,
      schema.generation,
      schema.minReader,
      schema.minWriter,
      made.atMs,
    ],
  );
}

/**
 * Note what the schema of a store is now. Who may use it is never lowered. False when the store has
 * no such row yet.
 */
export async function settleMeta(connection: Connection, schema: StoreSchema): Promise<boolean> {
  const { fingerprint, generation, minReader, minWriter } = schema;
  await connection.all(DISMISS_OLDER.replace('?', '$1'), [minWriter]);
  const changed = await connection.all(
    'UPDATE store_meta SET fingerprint = $1, generation = greatest(generation, $2), ' +
      'min_reader = greatest(min_reader, $3), min_writer = greatest(min_writer, $4) ' +
      'WHERE one = 1 RETURNING one',
    [fingerprint, generation, minReader, minWriter],
  );
  return changed.length > 0;
}
