import { PawlError } from '../../domain/errors.ts';
import type { StoreSchema } from '../../schema/store-schema.ts';
import type { CopiedKey, CopiedRow, CopiedTable } from '../copy/copied-tables.ts';
import {
  AREA_MADE,
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
import { arrayText } from './array-text.ts';
import type { Connection } from './connection.ts';
import { COPIED_TYPES, copyPage, keyTypes } from './copy-pages.ts';
import { COPY_LIMITS } from './copy-pool.ts';
import { ddl } from './ddl.ts';
import { identifier } from './identifier.ts';
import { storeSum } from './store-sum.ts';
import { beginTurn } from './turn.ts';
import { whoseDatabase } from './whose-database.ts';

export interface ServerAreaParts {
  readonly connection: Connection;
  readonly location: string;
  readonly schema: StoreSchema;
  /** Of this process: who takes the area over writes another. */
  readonly run: string;
}

const FOUND =
  'SELECT relname AS name FROM pg_class WHERE relnamespace = ' +
  `to_regnamespace(quote_ident(current_schema())) AND relkind = 'r' AND ` +
  `(relname = '${AREA_MARK}' OR relname LIKE '${AREA_MARK.replace('_', '!_')}!_%' ESCAPE '!')`;

/**
 * Tables beside those of the store that will be made of them, in the same schema: whoever may make
 * a store may make these. Each change takes the writers' turn and looks whether the area is still
 * its own.
 */
export class ServerArea implements CopyArea {
  readonly #parts: ServerAreaParts;

  constructor(parts: ServerAreaParts) {
    this.#parts = parts;
  }

  async begin(wanted: WantedArea): Promise<BegunArea> {
    const { connection, schema, run } = this.#parts;
    await beginTurn(connection, `${COPY_LIMITS}; SELECT 1`);
    await this.requireFree();
    const found = await this.#found();
    const [mark = null] = found.includes(AREA_MARK)
      ? await connection.all<AreaMark>(READ_AREA_MARK)
      : [];
    const isThere = found.length > 0;
    const discarded = isThere ? reasonToDiscard(mark, wanted, schema.fingerprint) : null;
    if (isThere && discarded === null) {
      await connection.all(`UPDATE ${AREA_MARK} SET run = $1`, [run]);
    } else {
      if (isThere) await connection.run(dropped(found));
      await this.#make(wanted);
    }
    await connection.run('COMMIT');
    return { begunAtMs: discarded === null ? (mark?.begunAtMs ?? null) : null, discarded };
  }

  async page(
    table: CopiedTable,
    after: CopiedKey | null,
    count: number,
  ): Promise<readonly CopiedRow[]> {
    return await copyPage(this.#parts.connection, areaTable(table), { after, count });
  }

  async write(table: CopiedTable, { put, remove }: AreaChange): Promise<void> {
    const { connection } = this.#parts;
    const area = areaTable(table);
    await this.takeTurn();
    if (remove.length > 0) await connection.all(removal(area), arraysOf(area.key.length, remove));
    if (put.length > 0) await connection.all(placing(area), valuesOf(table, put));
    await connection.run('COMMIT');
  }

  async discard(): Promise<void> {
    const { connection } = this.#parts;
    await connection.run('ROLLBACK');
    if (await this.#isOurs()) await connection.run(dropped(await this.#found()));
    await connection.run('COMMIT');
  }

  /**
   * Begin a transaction in which nobody else can change the area.
   *
   * @throws PawlError `copy_target_taken`.
   */
  async takeTurn(): Promise<void> {
    if (await this.#isOurs()) return;
    const message = `another copy to ${this.#parts.location} went on in place of this one`;
    throw new PawlError('copy_target_taken', message);
  }

  /** @throws PawlError `copy_target_taken`. */
  async requireFree(): Promise<void> {
    const { connection, schema, location } = this.#parts;
    const whose = await whoseDatabase(connection, schema.objects);
    if (whose === 'nobody' || whose === 'copying') return;
    const message =
      whose === 'pawl'
        ? `${location} has a store already, and a whole one, also where a copy to it was ended`
        : `${location} has tables of a store already`;
    throw new PawlError('copy_target_taken', message);
  }

  /** In the open transaction: its rows are a store by now. See `finishedCopy`. */
  async leaveNote(): Promise<void> {
    const { connection, schema } = this.#parts;
    await connection.run(dropped((await this.#found()).filter((name) => name !== AREA_MARK)));
    await connection.run(`CREATE TABLE ${AREA_MADE} AS SELECT ${storeSum(schema.objects)} AS sum`);
  }

  async #found(): Promise<readonly string[]> {
    return (await this.#parts.connection.all<{ name: string }>(FOUND)).map(({ name }) => name);
  }

  async #isOurs(): Promise<boolean> {
    const { connection, run } = this.#parts;
    const found = `SELECT to_regclass('${AREA_MARK}') IS NOT NULL AS "isThere"`;
    const [area] = await beginTurn<{ isThere: number }>(connection, `${COPY_LIMITS}; ${found}`);
    if (area?.isThere !== 1) return false;
    return (await connection.all<AreaMark>(READ_AREA_MARK))[0]?.run === run;
  }

  async #make({ storeId, tables, nowMs }: WantedArea): Promise<void> {
    const { connection, schema, run } = this.#parts;
    for (const declared of [AREA_MARK_TABLE, ...tables.map((one) => areaTable(one).declared)]) {
      await connection.run(ddl(declared)[0] ?? '');
    }
    await connection.all(
      `INSERT INTO ${AREA_MARK} (one, run, store_id, fingerprint, begun_at_ms) ` +
        'VALUES (1, $1, $2, $3, $4)',
      [run, storeId, schema.fingerprint, nowMs],
    );
  }
}

const dropped = (tables: readonly string[]): string =>
  `DROP TABLE ${tables.map(identifier).join(', ')}`;

function removal(area: CopiedTable): string {
  const arrays = keyTypes(area).map((type, at) => `CAST($${at + 1} AS ${type}[])`);
  const names = area.key.map((_, at) => `k${at}`);
  const isOne = area.key.map((part, at) => `gone.k${at} = lying.${identifier(part)}`);
  return (
    `DELETE FROM ${identifier(area.name)} AS lying USING unnest(${arrays.join(', ')}) ` +
    `AS gone (${names.join(', ')}) WHERE ${isOne.join(' AND ')}`
  );
}

/** One array a column: a statement of one form for any number of rows. */
function placing({ name, columns, key }: CopiedTable): string {
  const names = columns.map((column) => identifier(column.name)).join(', ');
  const arrays = columns.map(({ type }, at) => `CAST($${at + 1} AS ${COPIED_TYPES[type]}[])`);
  const changed = columns
    .map((column) => column.name)
    .filter((column) => !key.includes(column))
    .map((column) => `${identifier(column)} = excluded.${identifier(column)}`);
  return (
    `INSERT INTO ${identifier(name)} (${names}) SELECT * FROM unnest(${arrays.join(', ')}) ` +
    `ON CONFLICT (${key.map(identifier).join(', ')}) ` +
    (changed.length === 0 ? 'DO NOTHING' : `DO UPDATE SET ${changed.join(', ')}`)
  );
}

function arraysOf(length: number, rows: readonly CopiedRow[]): readonly string[] {
  return Array.from({ length }, (_, at) => arrayText(rows.map((row) => row[at] ?? null)));
}

/** @throws PawlError `constraint`. */
function valuesOf({ name, columns }: CopiedTable, rows: readonly CopiedRow[]): readonly string[] {
  const values = arraysOf(columns.length, rows);
  const at = values.findIndex((text) => text.includes('\0'));
  if (at === -1) return values;
  const column = columns[at]?.name;
  const message = `a text in ${name}.${column} holds U+0000, which no text here may`;
  throw new PawlError('constraint', message, { details: { table: name, column } });
}
