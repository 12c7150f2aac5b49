import { invariant, isPawlError, PawlError } from '../../domain/errors.ts';
import type { StoreSchema } from '../../schema/store-schema.ts';
import { migrationHistory } from '../../schema/tables/migration-history.ts';
import { pause } from '../../world/timers.ts';
import type { World } from '../../world/world.ts';
import { standingOf, tooNew } from '../standing.ts';
import { Connection, type Intercept } from './connection.ts';
import { ddl } from './ddl.ts';
import { isBusy } from './faults.ts';
import { openFault } from './open-fault.ts';
import { schemaVersion } from './schema-version.ts';
import { insertMeta, readMeta } from './store-meta.ts';
import {
  refuseWithoutTrace,
  requireNobodyElses,
  requireObjects,
  whoseDatabase,
} from './whose-database.ts';

/** Before this release, two connections that checkpoint at once may corrupt the file. */
const SQLITE_MIN = [3, 51, 3] as const;
const OPEN_DEADLINE_MS = 10_000;
const OPEN_PAUSE_MAX_MS = 20;
const WAL_BYTES_KEPT = 64 * 1024 * 1024;

export interface OpenedDatabase {
  readonly writer: Connection;
  /** The writer itself when the database is in memory, or only to be read. */
  readonly reader: Connection;
  readonly storeId: string;
  /** Why this process must not write it; null when it may. */
  readonly readOnly: PawlError | null;
}

export interface OpenDatabase {
  readonly world: World;
  /** Absolute, or `:memory:`. */
  readonly path: string;
  readonly schema: StoreSchema;
  /**
   * Brings the file to the schema, or throws: called when it is new, older, or was changed by
   * somebody. Without it a new one is made, and an older one refused.
   */
  readonly bringUp?: (() => Promise<void>) | undefined;
  /** Flush the drive's own cache, too: macOS needs it said. */
  readonly fullFsync: boolean;
  readonly deadlineMs?: number | undefined;
  readonly intercept?: Intercept | undefined;
}

/**
 * Open the database of a store, whose schema is made when it is new, and brought up when it is
 * older. Several processes may do so at once: one does the work, the others wait for it, for at
 * most 10 seconds where it is a moment's work. One that a newer Pawl brought up is used as it is,
 * read only, or not at all, as that Pawl said in it.
 *
 * @throws PawlError `store_corrupt`, `store_version`, `store_older`, `store_readonly`, `store_io`,
 *   `store_unsupported`, `store_full`, `deadline_exceeded`, and what `bringUp` throws.
 */
export async function openDatabase(options: OpenDatabase): Promise<OpenedDatabase> {
  const { path, schema } = options;
  await requireLocalDisk(options);
  if (path !== ':memory:') refuseWithoutTrace(path, schema.objects);
  const first = await openWhenFree(options, { last: options.bringUp === undefined });
  if (first !== 'behind') return first;
  await options.bringUp?.();
  const second = await openWhenFree(options, { last: true });
  invariant(second !== 'behind', 'the last try opens or throws');
  return second;
}

async function openWhenFree(
  options: OpenDatabase,
  { last }: { readonly last: boolean },
): Promise<OpenedDatabase | 'behind'> {
  const { world } = options;
  const giveUpAt = world.clock.monotonic() + (options.deadlineMs ?? OPEN_DEADLINE_MS);
  for (;;) {
    try {
      return openOnce(options, { last });
    } catch (cause) {
      if (!isBusy(cause)) throw await openFault(options, cause);
      if (world.clock.monotonic() > giveUpAt) {
        throw new PawlError('deadline_exceeded', 'the database stayed locked while opening it', {
          cause,
        });
      }
      await pause(world.timers, world.random.next() * OPEN_PAUSE_MAX_MS);
    }
  }
}

function openOnce(
  options: OpenDatabase,
  { last }: { readonly last: boolean },
): OpenedDatabase | 'behind' {
  const { path, intercept } = options;
  const writer = new Connection(path, { readOnly: false, intercept });
  try {
    requireVersion(writer);
    const state = stateOf(writer, options, last);
    if (state === 'behind' || isPawlError(state)) {
      writer.close();
      return state === 'behind' ? 'behind' : openToRead(options, state);
    }
    settle(writer, options);
    if (state === 'nobody') createSchema(writer, options);
    const { storeId } = readMeta(writer);
    const reader = path === ':memory:' ? writer : new Connection(path, { readOnly: true });
    return { writer, reader, storeId, readOnly: null };
  } catch (cause) {
    writer.close();
    throw cause;
  }
}

function openToRead({ path, intercept }: OpenDatabase, readOnly: PawlError): OpenedDatabase {
  const reader = new Connection(path, { readOnly: true, intercept });
  const { storeId } = readMeta(reader);
  return { writer: reader, reader, storeId, readOnly };
}

/**
 * Before anything is written: another program's file is left exactly as it is. An error is the
 * reason why it may only be read.
 */
function stateOf(
  connection: Connection,
  { schema }: OpenDatabase,
  last: boolean,
): 'nobody' | 'behind' | 'ours' | PawlError {
  const whose = whoseDatabase(connection, schema.objects);
  requireNobodyElses(whose);
  if (whose !== 'pawl') {
    if (!last) return 'behind';
    // Only whoever brings databases up knows what to do with the rows of others.
    if (whose === 'queue') requireNobodyElses('other');
    return 'nobody';
  }
  const meta = readMeta(connection);
  const standing = standingOf(meta, schema);
  if (standing === 'closed') throw tooNew(schema, meta.minReader, 'read');
  if (standing === 'read_only') return tooNew(schema, meta.minWriter, 'write');
  if (standing === 'ahead') return 'ours';
  if (standing === 'behind') {
    if (!last) return 'behind';
    throw new PawlError('store_version', 'the database was made by another version of Pawl');
  }
  const isKnown = meta.schemaVersion === schemaVersion(connection);
  if (!isKnown) requireWhole(connection, schema, { alsoMendable: last });
  return isKnown || last ? 'ours' : 'behind';
}

/**
 * A missing table is damage, found now rather than in the middle of a run. A view, a trigger and
 * the history of the schema, which holds no work, can be made again by whoever brings databases up.
 */
function requireWhole(
  connection: Connection,
  { objects }: StoreSchema,
  { alsoMendable }: { readonly alsoMendable: boolean },
): void {
  const needed = objects.filter(
    ({ kind, name }) => alsoMendable || (kind === 'table' && name !== migrationHistory.name),
  );
  requireObjects(
    connection,
    needed.map(({ name }) => name),
  );
}

/** WAL keeps its index in shared memory, and the locks of a network file system do not hold. */
async function requireLocalDisk({ world, path }: OpenDatabase): Promise<void> {
  if (path === ':memory:') return;
  const folder = path.slice(0, path.lastIndexOf('/')) || '/';
  const network = await world.files.isNetwork(folder).catch((cause: unknown) => {
    throw new PawlError('store_io', `cannot look at the folder ${folder}`, { cause });
  });
  if (!network) return;
  throw new PawlError('store_unsupported', `${folder} lies on a network file system`, {
    details: { folder },
  });
}

function requireVersion(connection: Connection): void {
  const version = connection.all<{ v: string }>('SELECT sqlite_version() AS v')[0]?.v ?? '0.0.0';
  const parts = version.split('.').map(Number);
  const at = SQLITE_MIN.findIndex((least, index) => parts[index] !== least);
  if (at !== -1 && (parts[at] ?? 0) < (SQLITE_MIN[at] as number)) {
    throw new PawlError(
      'store_unsupported',
      `this Node brings SQLite ${version}; ${SQLITE_MIN.join('.')} or newer is needed`,
    );
  }
}

/** Defaults differ between drivers, so every setting is set, and the vital ones read back. */
function settle(connection: Connection, options: OpenDatabase): void {
  const wanted = options.path === ':memory:' ? 'memory' : 'wal';
  const [journal] = connection.all<{ journal_mode: string }>('PRAGMA journal_mode = WAL');
  if (journal?.journal_mode !== wanted) {
    throw new PawlError('store_unsupported', 'the file system cannot hold a write-ahead log', {
      details: { journalMode: journal?.journal_mode },
    });
  }
  connection.run('PRAGMA synchronous = FULL');
  connection.run('PRAGMA foreign_keys = ON');
  // Each operation of a batch has a savepoint; what it would undo is otherwise written to a file.
  connection.run('PRAGMA temp_store = MEMORY');
  connection.all(`PRAGMA journal_size_limit = ${WAL_BYTES_KEPT}`);
  if (options.fullFsync) connection.run('PRAGMA fullfsync = 1');
  const [sync] = connection.all<{ synchronous: number }>('PRAGMA synchronous');
  const [keys] = connection.all<{ foreign_keys: number }>('PRAGMA foreign_keys');
  if (sync?.synchronous !== 2 || keys?.foreign_keys !== 1) {
    throw new PawlError('store_unsupported', 'the database does not keep its safe settings');
  }
}

/** Another process may have made it meanwhile. */
function createSchema(connection: Connection, { world, schema }: OpenDatabase): void {
  connection.run('BEGIN IMMEDIATE');
  try {
    const whose = whoseDatabase(connection, schema.objects);
    requireNobodyElses(whose);
    if (whose !== 'pawl') {
      for (const statement of schema.objects.flatMap(ddl)) connection.run(statement);
      const storeId = world.ids.uuid();
      insertMeta(connection, schema, { storeId, atMs: world.clock.now() });
    }
    connection.run('COMMIT');
  } catch (cause) {
    if (connection.inTransaction) connection.run('ROLLBACK');
    throw cause;
  }
}
