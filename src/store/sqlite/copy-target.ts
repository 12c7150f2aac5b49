import { invariant, isPawlError, PawlError } from '../../domain/errors.ts';
import type { StoreSchema } from '../../schema/store-schema.ts';
import type { FileFacts } from '../../world/files.ts';
import type { World } from '../../world/world.ts';
import type { CopiedRow, CopiedTable } from '../copy/copied-tables.ts';
import { areaTable } from '../copy/copy-area.ts';
import type { CopyTarget, Counter } from '../copy/copy-port.ts';
import { afterCopy } from '../sql/after-copy.ts';
import { contextOf } from '../sql/context-of.ts';
import { Connection } from './connection.ts';
import { FileArea } from './copy-area.ts';
import { copyPages } from './copy-pages.ts';
import { ddl } from './ddl.ts';
import { storeFault } from './faults.ts';
import { withFileLock } from './file-lock.ts';
import { copyNames, hasFinishedCopy } from './finished-copy.ts';
import { identifier } from './identifier.ts';
import { removeDatabase } from './remove-database.ts';
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

/**
 * Make a store's file under another name, which it changes when all is in it: half a store is never
 * at `path`. Of several who copy to it at once, one does. Its other names go
 * once `use` is done.
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
  const { lock } = copyNames(path);
  const locked = async (): Promise<T> => {
    await requireFree(file);
    return await making(file, use);
  };
  const made = await withFileLock(world, lock, locked).catch(async (cause: unknown) => {
    // The one who was waited for took the lock's file away with its copy finished.
    const isOurs = await hasFinishedCopy(world, path);
    if (isPawlError(cause, 'store_io') && !isOurs) await requireFree(file);
    throw cause;
  });
  // Whoever waited for it finds the copy: nothing is to be locked any more.
  await world.files.remove(lock);
  return made;
}

async function making<T>(file: FileToMake, use: (target: CopyTarget) => Promise<T>): Promise<T> {
  const { world, path, schema } = file;
  const like = file.like === null ? null : await world.files.facts(file.like);
  const { area: areaPath, unfinished } = copyNames(path);
  const area = new FileArea({ world, path: areaPath, unfinished, schema, like });
  const target = new FileTarget({ ...file, likeFacts: like }, area);
  try {
    const made = await use(target);
    await area.discard();
    await target.clear();
    return made;
  } catch (cause) {
    area.close();
    // A store whose other name is still there is one that is not done with: see `hasFinishedCopy`.
    if (!target.isPublished) await target.clear();
    throw storeFault(surroundingsFault(cause));
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

interface TargetParts extends FileToMake {
  readonly likeFacts: FileFacts | null;
}

/**
 * No journal and no flush while rows are put in: whatever happens, the file is thrown away. It is
 * flushed once, before it gets its name.
 */
class FileTarget implements CopyTarget {
  readonly location: string;
  readonly area: FileArea;
  readonly #file: TargetParts;
  readonly #unfinished: string;
  #opened: Connection | null = null;
  #isBegun = false;
  #isPublished = false;

  constructor(file: TargetParts, area: FileArea) {
    this.location = file.path;
    this.area = area;
    this.#file = file;
    this.#unfinished = copyNames(file.path).unfinished;
  }

  get isPublished(): boolean {
    return this.#isPublished;
  }

  async make(tables: readonly CopiedTable[]): Promise<void> {
    const { world, likeFacts } = this.#file;
    this.#isBegun = true;
    await this.clear();
    if (likeFacts !== null) await world.files.replace(this.#unfinished, '', likeFacts);
    const connection = new Connection(this.#unfinished, { readOnly: false });
    this.#opened = connection;
    connection.all('PRAGMA main.journal_mode = OFF');
    connection.run('PRAGMA main.synchronous = OFF');
    connection.run('PRAGMA foreign_keys = ON');
    this.area.close();
    connection.run('ATTACH ? AS area', this.area.path);
    connection.run('BEGIN');
    for (const table of tables) {
      connection.run(ddl(table.declared)[0] ?? '');
      connection.run(filling(table));
    }
  }

  pages(table: CopiedTable): AsyncIterable<readonly CopiedRow[]> {
    return copyPages(this.#made, table);
  }

  complete(
    counters: readonly Counter[],
    { epochFloor }: { readonly epochFloor: number },
  ): ReturnType<CopyTarget['complete']> {
    const connection = this.#made;
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
    const [check] = this.#made.all<{ quick_check: string }>('PRAGMA main.quick_check');
    if (check?.quick_check !== 'ok') {
      throw new PawlError('copy_differs', 'the finished file is damaged', {
        details: { ...check },
      });
    }
    this.#made.close();
    await world.files.syncFile(this.#unfinished);
    try {
      await world.files.link(this.#unfinished, path);
    } catch (cause) {
      if ((cause as { readonly code?: unknown }).code === 'EEXIST') {
        throw new PawlError('copy_target_taken', `${path} was made meanwhile`, { cause });
      }
      // A file system without second names.
      await requireFree(this.#file);
      await world.files.rename(this.#unfinished, path);
    }
    this.#isPublished = true;
  }

  /** Remove what was made and did not become a store, by this process or one that was killed. */
  async clear(): Promise<void> {
    if (!this.#isBegun) return;
    this.#opened?.close();
    await removeDatabase(this.#file.world, this.#unfinished);
  }

  get #made(): Connection {
    invariant(this.#opened !== null, 'a store is made before it is looked at');
    return this.#opened;
  }
}

/** Of the rows that lie in the area. */
function filling(table: CopiedTable): string {
  const { name, columns, key } = table;
  const names = columns.map((column) => identifier(column.name)).join(', ');
  return (
    `INSERT INTO ${identifier(name)} (${names}) SELECT ${names} ` +
    `FROM area.${identifier(areaTable(table).name)} ORDER BY ${key.map(identifier).join(', ')}`
  );
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
