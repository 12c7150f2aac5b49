import { invariant, PawlError } from '../../domain/errors.ts';
import type { StoreSchema } from '../../schema/store-schema.ts';
import { pause } from '../../world/timers.ts';
import type { World } from '../../world/world.ts';
import { standingOf, tooNew } from '../standing.ts';
import type { Connection } from './connection.ts';
import { ddl } from './ddl.ts';
import { isTransient, storeFault } from './faults.ts';
import type { ConnectionPool } from './pool.ts';
import { insertMeta, readMeta } from './store-meta.ts';
import { beginTurn } from './turn.ts';
import { requireNobodyElses, requireObjects, whoseDatabase } from './whose-database.ts';

/** As `server_version_num` counts. */
const SERVER_MIN = 140_000;
const OPEN_DEADLINE_MS = 15_000;
const PAUSE_MAX_MS = 500;

export interface OpenedDatabase {
  readonly storeId: string;
  readonly fingerprint: string;
  /** Why this process must not write it; null when it may. */
  readonly readOnly: PawlError | null;
}

export interface OpenDatabase {
  readonly world: World;
  readonly pool: ConnectionPool;
  readonly schema: StoreSchema;
  readonly create: boolean;
  /** Brings the database to the schema, or throws; see the one of the same name beside SQLite. */
  readonly bringUp?: (() => Promise<void>) | undefined;
  readonly deadlineMs?: number | undefined;
}

/**
 * Open the store of a database, whose schema is made when it is new, and brought up when it is
 * older. A server that does not answer, or is just starting, is waited for: at most 15 seconds.
 *
 * @throws PawlError `store_unreachable`, `store_refused`, `server_unsupported`, `store_readonly`,
 *   `store_corrupt`, `store_version`, `copy_unfinished`, and what `bringUp` throws.
 */
export async function openDatabase(options: OpenDatabase): Promise<OpenedDatabase> {
  const first = await openWhenReachable(options, { last: options.bringUp === undefined });
  if (first !== 'behind') return first;
  await options.bringUp?.();
  const second = await openWhenReachable(options, { last: true });
  invariant(second !== 'behind', 'the last try opens or throws');
  return second;
}

async function openWhenReachable(
  options: OpenDatabase,
  { last }: { readonly last: boolean },
): Promise<OpenedDatabase | 'behind'> {
  const { world, pool } = options;
  const giveUpAt = world.clock.monotonic() + (options.deadlineMs ?? OPEN_DEADLINE_MS);
  for (;;) {
    try {
      return await pool.lend((connection) => openOnce(connection, options, last));
    } catch (cause) {
      const fault = storeFault(cause);
      if (!isTransient(fault) || world.clock.monotonic() > giveUpAt) throw fault;
    }
    await pause(world.timers, world.random.next() * PAUSE_MAX_MS);
  }
}

async function openOnce(
  connection: Connection,
  options: OpenDatabase,
  last: boolean,
): Promise<OpenedDatabase | 'behind'> {
  const { schema } = options;
  await requireServer(connection);
  const whose = await whoseDatabase(connection, schema.objects);
  requireNobodyElses(whose);
  if (whose === 'nobody') {
    if (!options.create) throw new PawlError('store_not_found', 'the database has no store yet');
    if (!last) return 'behind';
    await createStore(connection, options);
  }
  const meta = await readMeta(connection);
  const { storeId, fingerprint } = meta;
  const standing = standingOf(meta, schema);
  if (standing === 'closed') throw tooNew(schema, meta.minReader, 'read');
  if (standing === 'read_only') {
    return { storeId, fingerprint, readOnly: tooNew(schema, meta.minWriter, 'write') };
  }
  if (standing === 'behind') {
    if (!last) return 'behind';
    const message =
      `the store is of generation ${meta.generation}, this Pawl of ${schema.generation}, ` +
      'and a store on a server is not brought up: use the Pawl that made it';
    throw new PawlError('store_version', message, { details: { generation: meta.generation } });
  }
  if (standing === 'current') await requireObjects(connection, schema.objects);
  return { storeId, fingerprint, readOnly: null };
}

interface Server {
  readonly version: number;
  readonly standby: number;
  readonly encoding: string;
  readonly schema: string | null;
}

const SERVER =
  "SELECT CAST(current_setting('server_version_num') AS integer) AS version, " +
  "pg_is_in_recovery() AS standby, current_setting('server_encoding') AS encoding, " +
  'CAST(current_schema() AS text) AS schema';

/** @throws PawlError `server_unsupported`, `store_readonly` for a standby. */
export async function requireServer(connection: Connection): Promise<void> {
  const [server] = await connection.all<Server>(SERVER);
  if (server === undefined) throw new PawlError('store_unreachable', 'the server says nothing');
  const refuse = (message: string): PawlError =>
    new PawlError('server_unsupported', message, { details: { ...server } });
  if (server.version < SERVER_MIN) {
    throw refuse(`the server is PostgreSQL ${Math.trunc(server.version / 10_000)}; 14 is needed`);
  }
  if (server.encoding !== 'UTF8') throw refuse(`the database is encoded in ${server.encoding}`);
  if (server.schema === null) throw refuse('no schema of the search_path exists');
  if (server.standby === 1) throw new PawlError('store_readonly', 'the server is a standby');
}

/** All of it or nothing, in one transaction. Another process may have made it meanwhile. */
export async function createStore(
  connection: Connection,
  { world, schema }: Pick<OpenDatabase, 'world' | 'schema'>,
): Promise<void> {
  await beginTurn(connection, 'SELECT 1');
  const whose = await whoseDatabase(connection, schema.objects);
  requireNobodyElses(whose);
  if (whose === 'nobody') {
    for (const statement of schema.objects.flatMap(ddl)) await connection.run(statement);
    const storeId = world.ids.uuid();
    await insertMeta(connection, schema, { storeId, atMs: Math.trunc(world.clock.now()) });
  }
  await connection.run('COMMIT');
}
