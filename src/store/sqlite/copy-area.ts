import type { StoreSchema } from '../../schema/store-schema.ts';
import type { FileFacts } from '../../world/files.ts';
import type { World } from '../../world/world.ts';
import type { CopiedKey, CopiedRow, CopiedTable } from '../copy/copied-tables.ts';
import {
  AREA_MARK,
  AREA_MARK_TABLE,
  type AreaChange,
  type AreaMark,
  areaTable,
  type BegunArea,
  type CopyArea,
  READ_AREA_MARK,
  reasonToDiscard,
  type WantedArea,
} from '../copy/copy-area.ts';
import { Connection } from './connection.ts';
import { bound, boundKey, copyPage } from './copy-pages.ts';
import { ddl } from './ddl.ts';
import { storeFault } from './faults.ts';
import { identifier } from './identifier.ts';
import { removeDatabase } from './remove-database.ts';
import { notOurs, requireArea } from './require-area.ts';

export interface FileAreaParts {
  readonly world: World;
  readonly path: string;
  /** What the store is made under: the file of somebody else, where there is no area. */
  readonly unfinished: string;
  readonly schema: StoreSchema;
  /** Whose owner and mode the file gets. */
  readonly like: FileFacts | null;
}

/**
 * A file beside the one that the store will be. Only one process at a time has it: see
 * `withFileTarget`. What a killed one was writing, the next one takes back by its log.
 */
export class FileArea implements CopyArea {
  readonly path: string;
  readonly #parts: FileAreaParts;
  #opened: Connection | null = null;

  constructor(parts: FileAreaParts) {
    this.path = parts.path;
    this.#parts = parts;
  }

  async begin(wanted: WantedArea): Promise<BegunArea> {
    const { world, path, schema, like } = this.#parts;
    const isThere = (await world.files.facts(path)) !== null;
    if (!wanted.restart) await this.#requireOurs(isThere);
    const mark = wanted.restart ? null : await this.mark();
    const discarded = isThere ? reasonToDiscard(mark, wanted, schema.fingerprint) : null;
    if (isThere && discarded === null) return { begunAtMs: mark?.begunAtMs ?? null, discarded };
    await this.discard();
    if (like !== null) await world.files.replace(path, '', like);
    this.#make(wanted);
    return { begunAtMs: null, discarded };
  }

  page(table: CopiedTable, after: CopiedKey | null, count: number): Promise<readonly CopiedRow[]> {
    return Promise.resolve(copyPage(this.#connection, areaTable(table), { after, count }));
  }

  write(table: CopiedTable, { put, remove }: AreaChange): Promise<void> {
    const area = areaTable(table);
    const isOne = area.key.map((part) => `${identifier(part)} = ?`).join(' AND ');
    const removal = `DELETE FROM ${identifier(area.name)} WHERE ${isOne}`;
    const names = area.columns.map((column) => identifier(column.name)).join(', ');
    const marks = area.columns.map(() => '?').join(', ');
    const placing = `REPLACE INTO ${identifier(area.name)} (${names}) VALUES (${marks})`;
    this.#atOnce((connection) => {
      for (const key of remove) connection.run(removal, ...boundKey(area, key));
      for (const row of put) {
        connection.run(
          placing,
          ...row.map((value, at) => bound(value, area.columns[at]?.type ?? 'text')),
        );
      }
    });
    return Promise.resolve();
  }

  async discard(): Promise<void> {
    this.close();
    await removeDatabase(this.#parts.world, this.path);
  }

  close(): void {
    this.#opened?.close();
    this.#opened = null;
  }

  get #connection(): Connection {
    if (this.#opened !== null) return this.#opened;
    const connection = new Connection(this.path, { readOnly: false });
    this.#opened = connection;
    // Whole after a power failure, which may cost the last pages: they are brought again.
    connection.all('PRAGMA journal_mode = WAL');
    connection.run('PRAGMA synchronous = NORMAL');
    return connection;
  }

  async #requireOurs(isThere: boolean): Promise<void> {
    const { world, path, unfinished } = this.#parts;
    if (isThere) requireArea(path);
    else if ((await world.files.facts(unfinished)) !== null) throw notOurs(unfinished);
  }

  /** Null when there is no file, or a damaged one. */
  async mark(): Promise<AreaMark | null> {
    if ((await this.#parts.world.files.facts(this.path)) === null) return null;
    try {
      return this.#connection.all<AreaMark>(READ_AREA_MARK)[0] ?? null;
    } catch (cause) {
      const fault = storeFault(cause);
      if (fault.code === 'store_corrupt') return null;
      throw fault;
    }
  }

  #make({ storeId, tables, nowMs }: WantedArea): void {
    this.#atOnce((connection) => {
      for (const declared of [AREA_MARK_TABLE, ...tables.map((one) => areaTable(one).declared)]) {
        connection.run(ddl(declared)[0] ?? '');
      }
      connection.run(
        `INSERT INTO ${AREA_MARK} (one, run, store_id, fingerprint, begun_at_ms) ` +
          "VALUES (1, '', ?, ?, ?)",
        storeId,
        this.#parts.schema.fingerprint,
        nowMs,
      );
    });
  }

  #atOnce(work: (connection: Connection) => void): void {
    const connection = this.#connection;
    connection.run('BEGIN IMMEDIATE');
    try {
      work(connection);
      connection.run('COMMIT');
    } catch (cause) {
      if (connection.inTransaction) connection.run('ROLLBACK');
      throw cause;
    }
  }
}
