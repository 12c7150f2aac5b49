import { PawlError } from '../../domain/errors.ts';
import type { StoreSchema } from '../../schema/store-schema.ts';
import { pause } from '../../world/timers.ts';
import type { World } from '../../world/world.ts';
import type { CopiedTable } from '../copy/copied-tables.ts';
import type { CopySource } from '../copy/copy-port.ts';
import { type FoundColumn, requireCopyable, undeclaredOf } from '../copy/require-copyable.ts';
import { Connection } from './connection.ts';
import { copyPages } from './copy-pages.ts';
import { isBusy, storeFault } from './faults.ts';
import { readMeta } from './store-meta.ts';
import { refuseWithoutTrace, requireNobodyElses, whoseDatabase } from './whose-database.ts';

export interface FileToCopy {
  readonly world: World;
  /** Absolute. */
  readonly path: string;
  readonly schema: StoreSchema;
}

const BUSY_DEADLINE_MS = 10_000;
const PAUSE_MAX_MS = 20;
const LAST_SEQ = 'SELECT coalesce(max(seq), 0) AS seq FROM task_events';
const COLUMNS =
  'SELECT t.name AS "table", c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c ' +
  "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!'";

/**
 * Read a store's file as of one moment, by a connection that cannot write. Others go on writing:
 * their log is kept until it is closed again.
 *
 * @throws PawlError `store_not_found`, `store_behind`, `store_version`, `store_older`,
 *   `store_corrupt`, `store_busy`, `store_io`.
 */
export async function withFileSource<T>(
  file: FileToCopy,
  use: (source: CopySource) => Promise<T>,
): Promise<T> {
  const { world, path, schema } = file;
  if ((await world.files.facts(path))?.kind !== 'file') {
    throw new PawlError('store_not_found', `there is no store at ${path}`);
  }
  refuseWithoutTrace(path, schema.objects);
  const connection = await openSnapshot(world, path);
  try {
    return await use(sourceOf(connection, file));
  } catch (cause) {
    throw storeFault(cause);
  } finally {
    connection.close();
  }
}

async function openSnapshot(world: World, path: string): Promise<Connection> {
  const giveUpAt = world.clock.monotonic() + BUSY_DEADLINE_MS;
  for (;;) {
    let connection: Connection | null = null;
    try {
      connection = new Connection(path, { readOnly: true });
      connection.run('BEGIN');
      connection.all('SELECT count(*) FROM sqlite_schema');
      return connection;
    } catch (cause) {
      connection?.close();
      if (!isBusy(cause) || world.clock.monotonic() > giveUpAt) throw storeFault(cause);
    }
    await pause(world.timers, world.random.next() * PAUSE_MAX_MS);
  }
}

function sourceOf(connection: Connection, { path, schema }: FileToCopy): CopySource {
  const whose = whoseDatabase(connection, schema.objects);
  requireNobodyElses(whose);
  if (whose !== 'pawl') throw new PawlError('store_not_found', `there is no store in ${path}`);
  const meta = readMeta(connection);
  requireCopyable(meta, schema, path);
  const lastSeq = (): number => connection.all<{ seq: number }>(LAST_SEQ)[0]?.seq ?? 0;
  return {
    location: path,
    storeId: meta.storeId,
    undeclared: undeclaredOf(connection.all<FoundColumn>(COLUMNS), schema.objects),
    lastSeq: lastSeq(),
    pages: (table) => copyPages(connection, table),
    counter: (table) => Promise.resolve(counterOf(connection, table)),
    release: () => {
      connection.run('COMMIT');
      return Promise.resolve();
    },
    lastSeqNow: () => Promise.resolve(lastSeq()),
  };
}

function counterOf(connection: Connection, { name }: CopiedTable): number {
  const [row] = connection.all<{ seq: number }>(
    'SELECT seq FROM sqlite_sequence WHERE name = ?',
    name,
  );
  return row?.seq ?? 0;
}
