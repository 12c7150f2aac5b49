import type { StoreSchema } from '../../schema/store-schema.ts';
import { AREA_MADE, AREA_MARK, type AreaMark, READ_AREA_MARK } from '../copy/copy-area.ts';
import type { SeparateStore } from '../sql/after-copy.ts';
import type { Connection } from './connection.ts';
import { ServerArea } from './copy-area.ts';
import { COPY_LIMITS, openCopyPool } from './copy-pool.ts';
import { locationOf, requireAddress } from './location.ts';
import { readMeta } from './store-meta.ts';
import { storeSum } from './store-sum.ts';
import { whoseDatabase } from './whose-database.ts';

export interface FinishedDatabase {
  /** With its secrets. */
  readonly url: string;
  readonly schema: StoreSchema;
}

type Made = Pick<SeparateStore, 'storeId' | 'epoch'>;

/** Whether a copy made a store in a database, and was ended before it had said so. */
export async function hasFinishedCopy(url: string): Promise<boolean> {
  return await onConnection(url, isNoted);
}

/**
 * The store that such a copy of the one with this id made, if it is still as it was made, value by
 * value; what the copy left there is taken away. Null when there is none, or one that was used.
 */
export async function finishedCopy(
  { url, schema }: FinishedDatabase,
  sourceId: string,
): Promise<Made | null> {
  return await onConnection(url, async (connection) => {
    await connection.run(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${COPY_LIMITS}`);
    const [mark] = (await isNoted(connection))
      ? await connection.all<AreaMark>(READ_AREA_MARK)
      : [];
    const made = mark?.storeId === sourceId ? await unusedStore(connection, schema) : null;
    await connection.run('COMMIT');
    if (mark?.storeId !== sourceId) return null;
    // Also where the store was used since, and is one as any other, or is gone.
    const { run } = mark;
    await new ServerArea({ connection, location: locationOf(url), schema, run }).discard();
    return made;
  });
}

async function onConnection<T>(
  url: string,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  requireAddress(url);
  const pool = await openCopyPool(url, { connectionsMax: 1 });
  try {
    return await pool.lend(use);
  } finally {
    await pool.close();
  }
}

async function isNoted(connection: Connection): Promise<boolean> {
  const isThere = [AREA_MARK, AREA_MADE].map((name) => `to_regclass('${name}') IS NOT NULL`);
  const sql = `SELECT ${isThere.join(' AND ')} AS noted`;
  return (await connection.run<{ noted: number }>(sql))[0]?.noted === 1;
}

/** Null when anything in it is not as it was made. */
async function unusedStore(connection: Connection, schema: StoreSchema): Promise<Made | null> {
  if ((await whoseDatabase(connection, schema.objects)) !== 'pawl') return null;
  const { storeId, fingerprint } = await readMeta(connection);
  if (fingerprint !== schema.fingerprint) return null;
  const [store] = await connection.run<{ epoch: number; unused: number }>(
    `SELECT epoch, sum = ${storeSum(schema.objects)} AS unused FROM store_meta, ${AREA_MADE}`,
  );
  return store?.unused === 1 ? { storeId, epoch: store.epoch } : null;
}
