import { isPawlError } from '../../domain/errors.ts';
import type { StoreSchema } from '../../schema/store-schema.ts';
import type { World } from '../../world/world.ts';
import type { SeparateStore } from '../sql/after-copy.ts';
import { Connection } from './connection.ts';
import { FileArea } from './copy-area.ts';
import { storeFault } from './faults.ts';
import { withFileLock } from './file-lock.ts';
import { removeDatabase } from './remove-database.ts';

/** The names beside the one of a store's file that a copy has meanwhile. */
export function copyNames(path: string) {
  return {
    /** Rows are brought to it, and it is kept until all is done. */
    area: `${path}.copying`,
    /** The store that is made of them, until it is one. */
    unfinished: `${path}.making`,
    lock: `${path}.copying-lock`,
  } as const;
}

export interface FinishedFile {
  readonly world: World;
  /** Absolute. */
  readonly path: string;
  readonly schema: StoreSchema;
}

/**
 * Whether a copy gave a store's file its name and was ended before it had done the rest: the file
 * still has the other name, too.
 */
export async function hasFinishedCopy({ files }: World, path: string): Promise<boolean> {
  const [one, other] = [await files.facts(path), await files.facts(copyNames(path).unfinished)];
  if (one === null || other === null) return false;
  return one.inode === other.inode && one.device === other.device;
}

/**
 * Do what is left to be done of such a copy of the store with this id, and take away what it left.
 * Null when there is none.
 */
export async function withFinishedCopy<T>(
  file: FinishedFile,
  sourceId: string,
  use: (copy: Pick<SeparateStore, 'storeId' | 'epoch'>) => Promise<T>,
): Promise<T | null> {
  const { world, path, schema } = file;
  const { area: areaPath, unfinished, lock } = copyNames(path);
  const finishing = withFileLock(world, lock, async () => {
    if (!(await hasFinishedCopy(world, path))) return null;
    const area = new FileArea({ world, path: areaPath, unfinished, schema, like: null });
    try {
      const mark = await area.mark();
      if (mark !== null && mark.storeId !== sourceId) return null;
      // Without an area everything was done but taking the other name away.
      const made = mark === null ? null : await use(readStore(path));
      await area.discard();
      await removeDatabase(world, unfinished);
      return made;
    } finally {
      area.close();
    }
  });
  const done = await finishing.catch(async (cause: unknown) => {
    // The one who was waited for did it, and took the lock's file away.
    if (isPawlError(cause, 'store_io') && !(await hasFinishedCopy(world, path))) return null;
    throw cause;
  });
  if (done !== null) await world.files.remove(lock);
  return done;
}

function readStore(path: string): Pick<SeparateStore, 'storeId' | 'epoch'> {
  const connection = new Connection(path, { readOnly: true });
  try {
    const sql = 'SELECT store_id AS "storeId", epoch FROM store_meta WHERE one = 1';
    const [row] = connection.all<{ storeId: string; epoch: number }>(sql);
    return { storeId: row?.storeId ?? '', epoch: row?.epoch ?? 0 };
  } catch (cause) {
    throw storeFault(cause);
  } finally {
    connection.close();
  }
}
