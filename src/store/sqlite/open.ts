import { PawlError } from '../../domain/errors.ts';
import { SCHEMA_FINGERPRINT } from '../../schema/fingerprint.ts';
import { SCHEMA, SCHEMA_GENERATION } from '../../schema/schema.ts';
import { pause } from '../../world/timers.ts';
import type { World } from '../../world/world.ts';
import { Connection, type Intercept } from './connection.ts';
import { ddl } from './ddl.ts';
import { isBusy } from './faults.ts';
import { openFault } from './open-fault.ts';

/** Before this release, two connections that checkpoint at once may corrupt the file. */
const SQLITE_MIN = [3, 51, 3] as const;
const OPEN_DEADLINE_MS = 10_000;
const OPEN_PAUSE_MAX_MS = 20;
const WAL_BYTES_KEPT = 64 * 1024 * 1024;

export interface OpenedDatabase {
  readonly writer: Connection;
  /** The writer itself when the database is in memory. */
  readonly reader: Connection;
  readonly storeId: string;
}

export interface OpenDatabase {
  readonly world: World;
  /** Absolute, or `:memory:`. */
  readonly path: string;
  /** Flush the drive's own cache, too: macOS needs it said. */
  readonly fullFsync: boolean;
  readonly deadlineMs?: number | undefined;
  readonly intercept?: Intercept | undefined;
}

/**
 * Open the database of a store and make its schema when it is new. Several processes may do so at
 * once: one makes it, the others wait for it, for at most 10 seconds.
 *
 * @throws PawlError `store_corrupt`, `store_version`, `store_readonly`, `store_io`,
 *   `store_unsupported`, `store_full`, `deadline_exceeded`.
 */
export async function openDatabase(options: OpenDatabase): Promise<OpenedDatabase> {
  const { world } = options;
  const giveUpAt = world.clock.monotonic() + (options.deadlineMs ?? OPEN_DEADLINE_MS);
  await requireLocalDisk(options);
  for (;;) {
    try {
      return openOnce(options);
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

function openOnce(options: OpenDatabase): OpenedDatabase {
  const { path, intercept } = options;
  const inMemory = path === ':memory:';
  const writer = new Connection(path, { readOnly: false, intercept });
  try {
    requireVersion(writer);
    requireNobodyElses(writer);
    settle(writer, options);
    if (!hasSchema(writer)) createSchema(writer, options);
    requireOurSchema(writer);
    const storeId = readMeta(writer).storeId;
    const reader = inMemory ? writer : new Connection(path, { readOnly: true });
    return { writer, reader, storeId };
  } catch (cause) {
    writer.close();
    throw cause;
  }
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

function objectsOf(connection: Connection): ReadonlySet<string> {
  const found = connection.all<{ name: string }>('SELECT name FROM sqlite_schema');
  return new Set(found.map((object) => object.name));
}

function hasSchema(connection: Connection): boolean {
  return objectsOf(connection).has('store_meta');
}

/** Before anything is written: another program's file is left exactly as it is. */
function requireNobodyElses(connection: Connection): void {
  const found = objectsOf(connection);
  const others = [...found].filter((name) => !name.startsWith('sqlite_'));
  if (found.has('store_meta') || others.length === 0) return;
  if (SCHEMA.filter((object) => found.has(object.name)).length > SCHEMA.length / 2) {
    throw new PawlError('store_corrupt', 'the database has lost store_meta');
  }
  throw new PawlError('store_version', 'the file is a database of another program');
}

function createSchema(connection: Connection, { world }: OpenDatabase): void {
  connection.run('BEGIN IMMEDIATE');
  try {
    requireNobodyElses(connection);
    if (!hasSchema(connection)) {
      for (const statement of SCHEMA.flatMap(ddl)) connection.run(statement);
      connection.run(
        'INSERT INTO store_meta (one, store_id, epoch, fingerprint, min_reader, min_writer, ' +
          'created_at_ms) VALUES (1, ?, 1, ?, ?, ?, ?)',
        world.ids.uuid(),
        SCHEMA_FINGERPRINT,
        SCHEMA_GENERATION,
        SCHEMA_GENERATION,
        world.clock.now(),
      );
    }
    connection.run('COMMIT');
  } catch (cause) {
    if (connection.inTransaction) connection.run('ROLLBACK');
    throw cause;
  }
}

/** A missing table is damage, found now rather than in the middle of a run. */
function requireOurSchema(connection: Connection): void {
  const found = objectsOf(connection);
  const missing = SCHEMA.filter((object) => !found.has(object.name)).map((object) => object.name);
  const meta = readMeta(connection);
  if (meta.minWriter > SCHEMA_GENERATION || meta.fingerprint !== SCHEMA_FINGERPRINT) {
    throw new PawlError('store_version', 'the database was made by another version of Pawl', {
      details: { minWriter: meta.minWriter, ours: SCHEMA_GENERATION },
    });
  }
  if (missing.length > 0) {
    throw new PawlError('store_corrupt', `the database has lost ${missing.join(', ')}`);
  }
}

export interface StoreMeta {
  readonly storeId: string;
  readonly fingerprint: string;
  readonly minWriter: number;
}

const META =
  'SELECT store_id AS storeId, fingerprint, min_writer AS minWriter FROM store_meta WHERE one = 1';

export function readMeta(connection: Connection): StoreMeta {
  const [meta] = connection.all<StoreMeta>(META);
  if (meta === undefined) throw new PawlError('store_corrupt', 'the database does not name itself');
  return meta;
}
