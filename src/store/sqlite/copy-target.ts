import { isPawlError, PawlError } from '../../domain/errors.ts';
import type { StoreSchema } from '../../schema/store-schema.ts';
import type { World } from '../../world/world.ts';
import type { CopiedColumn, CopiedRow, CopiedTable } from '../copy/copied-tables.ts';
import type { CopyTarget, Counter } from '../copy/copy-port.ts';
import { afterCopy } from '../sql/after-copy.ts';
import { contextOf } from '../sql/context-of.ts';
import type { SqlValue } from '../sql/verb.ts';
import { Connection } from './connection.ts';
import { copyPages } from './copy-pages.ts';
import { ddl } from './ddl.ts';
import { storeFault } from './faults.ts';
import { withFileLock } from './file-lock.ts';
import { identifier } from './identifier.ts';
import { settleMeta } from './store-meta.ts';
import { surroundingsFault } from './surroundings-fault.ts';

export interface FileToMake {
  readonly world: World;
  /** Absolute; nothing is there yet. */
  readonly path: string;
  readonly schema: StoreSchema;
  /** A file whose owner and mode the copy gets; null: as any file that is made. */
  readonly like: string | null;
  /** The declared schema, as the next migration wants to find it; null: the source has it so. */
  readonly record: string | null;
}

/** What is made carries this at the end of its name until it is a store. */
const UNFINISHED = '.copying';
/** Files that SQLite keeps beside a database, and would take for those of a new one. */
const BESIDE = ['-wal', '-shm', '-journal'];

/**
 * Make a store's file under another name, which it changes when all is in it: half a copy is never
 * at `path`. Of several who copy to it at once, one does; leavings of a dead one are removed.
 *
 * @throws PawlError `copy_target_taken`, `usage` when there is no such folder, `store_unsupported`,
 *   `store_full`, `store_io`, `deadline_exceeded` when another copies to it for a minute.
 */
export async function withFileTarget<T>(
  file: FileToMake,
  use: (target: CopyTarget) => Promise<T>,
): Promise<T> {
  const { world, path } = file;
  await requireFolder(file);
  await requireFree(file);
  const lock = `${path}${UNFINISHED}-lock`;
  const locked = async (): Promise<T> => {
    await requireFree(file);
    return await making(file, use);
  };
  const made = await withFileLock(world, lock, locked).catch(async (cause: unknown) => {
    // The one who was waited for took the lock's file away with its copy finished.
    if (isPawlError(cause, 'store_io')) await requireFree(file);
    throw cause;
  });
  // Whoever waited for it finds the copy: nothing is to be locked any more.
  await world.files.remove(lock);
  return made;
}

async function making<T>(file: FileToMake, use: (target: CopyTarget) => Promise<T>): Promise<T> {
  const { world, path, like } = file;
  const unfinished = `${path}${UNFINISHED}`;
  await removeUnfinished(world, unfinished);
  let connection: Connection | null = null;
  try {
    const facts = like === null ? null : await world.files.facts(like);
    if (facts !== null) await world.files.replace(unfinished, '', facts);
    connection = new Connection(unfinished, { readOnly: false });
    return await use(new FileTarget(file, connection));
  } catch (cause) {
    throw storeFault(surroundingsFault(cause));
  } finally {
    connection?.close();
    await removeUnfinished(world, unfinished);
  }
}

async function requireFolder({ world: { files }, path }: FileToMake): Promise<void> {
  const folder = folderOf(path);
  if ((await files.facts(folder))?.kind !== 'directory') {
    throw new PawlError('usage', `there is no folder ${folder}`);
  }
  if (!(await files.isNetwork(folder))) return;
  throw new PawlError('store_unsupported', `${folder} lies on a network file system`);
}

/** A log that a deleted database left would be taken for one of the new file. */
async function requireFree({ world: { files }, path }: FileToMake): Promise<void> {
  const folder = folderOf(path);
  const rescued = (await files.names(folder)).filter(isRescued).map((one) => `${folder}/${one}`);
  const [taken] = [...(await leftBy(files, path)), ...rescued];
  if (taken === undefined) return;
  const message = `${taken} is there already`;
  throw new PawlError('copy_target_taken', message, { details: { taken } });
}

async function leftBy(files: World['files'], path: string): Promise<readonly string[]> {
  const found: string[] = (await files.facts(path)) === null ? [] : [path];
  for (const log of ['-wal', '-journal'].map((end) => `${path}${end}`)) {
    if (((await files.facts(log))?.size ?? 0) > 0) found.push(log);
  }
  return found;
}

/** What was saved of a store that was deleted here: the next command would go on from that. */
const isRescued = (name: string): boolean => /^rescued-\d+\.db$/.test(name);

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

async function removeUnfinished({ files }: World, unfinished: string): Promise<void> {
  for (const end of ['', ...BESIDE]) {
    const path = `${unfinished}${end}`;
    if ((await files.facts(path)) !== null) await files.remove(path);
  }
}

/**
 * No journal and no flush while rows are put in: whatever happens, the file is thrown away. It is
 * flushed once, before it gets its name.
 */
class FileTarget implements CopyTarget {
  readonly location: string;
  readonly #file: FileToMake;
  readonly #connection: Connection;

  constructor(file: FileToMake, connection: Connection) {
    this.location = file.path;
    this.#file = file;
    this.#connection = connection;
  }

  makeTables(tables: readonly CopiedTable[]): Promise<void> {
    const connection = this.#connection;
    connection.all('PRAGMA journal_mode = OFF');
    connection.run('PRAGMA synchronous = OFF');
    connection.run('PRAGMA foreign_keys = ON');
    connection.run('BEGIN IMMEDIATE');
    for (const { declared } of tables) connection.run(ddl(declared)[0] ?? '');
    return Promise.resolve();
  }

  insert({ name, columns }: CopiedTable, rows: readonly CopiedRow[]): Promise<void> {
    const names = columns.map((column) => identifier(column.name)).join(', ');
    const marks = columns.map(() => '?').join(', ');
    const sql = `INSERT INTO ${identifier(name)} (${names}) VALUES (${marks})`;
    for (const row of rows) {
      const values = row.map((value, at) => bound(value, columns[at]?.type ?? 'text'));
      this.#connection.run(sql, ...(values as SqlValue[]));
    }
    return Promise.resolve();
  }

  pages(table: CopiedTable): AsyncIterable<readonly CopiedRow[]> {
    return copyPages(this.#connection, table);
  }

  complete(
    counters: readonly Counter[],
    { epochFloor }: { readonly epochFloor: number },
  ): ReturnType<CopyTarget['complete']> {
    const connection = this.#connection;
    const { world, schema, record } = this.#file;
    for (const object of schema.objects) {
      const made = object.kind === 'table' ? 1 : 0;
      for (const statement of ddl(object).slice(made)) connection.run(statement);
    }
    // Before the first row after them gets its number.
    for (const { table, value } of counters) setCounter(connection, table, value);
    const { storeId, epoch, released } = connection.drive(
      afterCopy(contextOf(world), { epochFloor, record }),
    );
    settleMeta(connection, schema);
    connection.run('COMMIT');
    return Promise.resolve({ storeId, epoch, released });
  }

  async publish(): Promise<void> {
    const { world, path } = this.#file;
    const unfinished = `${path}${UNFINISHED}`;
    const [check] = this.#connection.all<{ quick_check: string }>('PRAGMA quick_check');
    if (check?.quick_check !== 'ok') {
      throw new PawlError('copy_differs', 'the finished file is damaged', {
        details: { ...check },
      });
    }
    this.#connection.close();
    await world.files.syncFile(unfinished);
    try {
      await world.files.link(unfinished, path);
    } catch (cause) {
      if ((cause as { readonly code?: unknown }).code === 'EEXIST') {
        throw new PawlError('copy_target_taken', `${path} was made meanwhile`, { cause });
      }
      // A file system without second names.
      await requireFree(this.#file);
      await world.files.rename(unfinished, path);
    }
  }
}

/** A number goes in as one: a text would only be taken where the table converts it. */
function bound(value: string | null, type: CopiedColumn['type']): SqlValue | bigint {
  if (value === null || type === 'text') return value;
  return type === 'real' ? Number(value) : BigInt(value);
}

/** No number is handed out twice: not one that a deleted row had, either. */
function setCounter(connection: Connection, { name, identity }: CopiedTable, value: number): void {
  const [highest] = connection.all<{ most: number | null }>(
    `SELECT max(${identifier(identity ?? '')}) AS most FROM ${identifier(name)}`,
  );
  const counter = Math.max(value, highest?.most ?? 0);
  connection.run('DELETE FROM sqlite_sequence WHERE name = ?', name);
  connection.run('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)', name, counter);
}
