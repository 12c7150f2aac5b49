import {
  type CopiedColumn,
  type CopiedKey,
  type CopiedRow,
  type CopiedTable,
  realText,
} from '../copy/copied-tables.ts';
import { FIRST_ROWS, nextCount } from '../copy/page-size.ts';
import type { SqlValue } from '../sql/verb.ts';
import type { Connection } from './connection.ts';
import { storeFault } from './faults.ts';
import { identifier } from './identifier.ts';

export const COPIED_TYPES: Readonly<Record<CopiedColumn['type'], string>> = {
  text: 'text',
  integer: 'bigint',
  real: 'double precision',
};

/** The rows of a table in the order of its key, by a cursor of the open transaction. */
export async function* copyPages(
  connection: Connection,
  table: CopiedTable,
): AsyncGenerator<readonly CopiedRow[]> {
  await told(
    connection,
    `DECLARE copied NO SCROLL CURSOR FOR SELECT ${selected(table)} ` +
      `FROM ${identifier(table.name)} ORDER BY ${table.key.map(identifier).join(', ')}`,
  );
  for (let count = FIRST_ROWS; ; ) {
    const page = rowsOf(table, await told(connection, `FETCH ${count} FROM copied`));
    if (page.length > 0) yield page;
    if (page.length < count) break;
    count = nextCount(page, count);
  }
  await told(connection, 'CLOSE copied');
}

/** Some of them: those behind a key. */
export async function copyPage(
  connection: Connection,
  table: CopiedTable,
  { after, count }: { readonly after: CopiedKey | null; readonly count: number },
): Promise<readonly CopiedRow[]> {
  const key = table.key.map(identifier).join(', ');
  const from = `SELECT ${selected(table)} FROM ${identifier(table.name)}`;
  const bounds = keyTypes(table).map((type, at) => `CAST($${at + 1} AS ${type})`);
  const behind = after === null ? '' : `WHERE (${key}) > (${bounds.join(', ')})`;
  const sql = `${from} ${behind} ORDER BY ${key} LIMIT ${count}`;
  return rowsOf(table, await told(connection, sql, after ?? []));
}

export function keyTypes({ columns, key }: CopiedTable): readonly string[] {
  return key.map((part) => {
    const column = columns.find(({ name }) => name === part);
    return COPIED_TYPES[column?.type ?? 'text'];
  });
}

type Found = Readonly<Record<string, string | null>>;

async function told(
  connection: Connection,
  sql: string,
  params: readonly SqlValue[] = [],
): Promise<readonly Found[]> {
  try {
    return await connection.all<Found>(sql, params);
  } catch (cause) {
    throw storeFault(cause, sql);
  }
}

function selected({ columns }: CopiedTable): string {
  return columns
    .map(({ name, type }) =>
      type === 'text' ? identifier(name) : `CAST(${identifier(name)} AS text)`,
    )
    .map((column, at) => `${column} AS c${at}`)
    .join(', ');
}

function rowsOf({ columns }: CopiedTable, found: readonly Found[]): readonly CopiedRow[] {
  return found.map((row) =>
    columns.map(({ type }, at) => {
      const value = row[`c${at}`] ?? null;
      return type === 'real' && value !== null ? realText(value) : value;
    }),
  );
}
