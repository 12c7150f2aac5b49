import { PawlError } from '../../domain/errors.ts';
import { Connection } from '../../store/sqlite/connection.ts';
import { isBusy, storeFault } from '../../store/sqlite/faults.ts';
import type { Files } from '../../world/files.ts';
import type { World } from '../../world/world.ts';

/** The database that a restore replaces, with everybody else shut out. */
export interface Replaced {
  /** For reading; null when it is missing or damaged. */
  readonly readable: Connection | null;
  /** It is all in one file now: nothing beside that belongs to it. */
  readonly isOneFile: boolean;
  /** What it was before: the restored one is to be the same. */
  readonly journalMode: 'wal' | 'delete';
  /** `inPlace`: it was not replaced after all, and goes on as it was. */
  letGo(inPlace: boolean): void;
}

/**
 * Shut everybody else out of a database. Leaving the write-ahead log needs it to be open nowhere
 * else, whether to be read or written, and moves everything into the one file; locking it
 * exclusively then keeps it so. Damaged or missing, there is nothing to lock.
 *
 * @throws PawlError `store_in_use`.
 */
export async function takeReplaced({ files }: World, path: string): Promise<Replaced> {
  const letGo = (): void => undefined;
  const nothing = { readable: null, isOneFile: false, journalMode: 'delete', letGo } as const;
  if ((await files.facts(path)) === null || !(await hasHeader(files, path))) return nothing;
  const connection = new Connection(path, { readOnly: false });
  try {
    return lockOut(connection);
  } catch (cause) {
    connection.close();
    if (isBusy(cause)) {
      throw new PawlError('store_in_use', 'another program has the database open', { cause });
    }
    if (storeFault(cause).code === 'store_corrupt') return nothing;
    throw storeFault(cause);
  }
}

/** SQLite deletes the log of a file that is none of its own, though the log may be all there is. */
async function hasHeader(files: Files, path: string): Promise<boolean> {
  const start = await files.readRange(path, 0, HEADER.length);
  return new TextDecoder().decode(start) === HEADER;
}

const HEADER = 'SQLite format 3\0';

function lockOut(connection: Connection): Replaced {
  const journalMode = modeOf(connection.all('PRAGMA journal_mode'));
  connection.all('PRAGMA journal_mode = DELETE');
  connection.run('BEGIN EXCLUSIVE');
  return {
    readable: isWhole(connection) ? connection : null,
    isOneFile: true,
    journalMode,
    letGo: (inPlace) => {
      connection.run('ROLLBACK');
      // By its name: for a file that has another one now, the log would lie beside the new file.
      if (inPlace && journalMode === 'wal') connection.all('PRAGMA journal_mode = WAL');
      connection.close();
    },
  };
}

function isWhole(connection: Connection): boolean {
  const [check] = connection.all<{ quick_check: string }>('PRAGMA quick_check');
  return check?.quick_check === 'ok';
}

function modeOf(rows: readonly unknown[]): 'wal' | 'delete' {
  const [row] = rows as readonly { readonly journal_mode: string }[];
  return row?.journal_mode === 'wal' ? 'wal' : 'delete';
}
