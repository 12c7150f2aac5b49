import {
  type CopiedColumn,
  type CopiedKey,
  type CopiedRow,
  type CopiedTable,
  realText,
} from '../copy/copied-tables.ts';
import { bytesOf, PAGE_BYTES, PAGE_ROWS_MAX } from '../copy/page-size.ts';
import type { SqlValue } from '../sql/verb.ts';
import type { Connection } from './connection.ts';
import { storeFault } from './faults.ts';
import { identifier } from './identifier.ts';

/** The rows of a table in the order of its key; only one page of them is in memory at a time. */
export async function* copyPages(
  connection: Connection,
  table: CopiedTable,
): AsyncGenerator<readonly CopiedRow[]> {
  const pages = pagesOf(connection, table);
  for (;;) {
    let next: IteratorResult<readonly CopiedRow[], void>;
    try {
      next = pages.next();
    } catch (cause) {
      throw storeFault(cause);
    }
    if (next.done === true) return;
    yield next.value;
  }
}

/** Some of them: those behind a key. */
export function copyPage(
  connection: Connection,
  table: CopiedTable,
  { after, count }: { readonly after: CopiedKey | null; readonly count: number },
): readonly CopiedRow[] {
  const key = table.key.map(identifier).join(', ');
  const marks = table.key.map(() => '?').join(', ');
  const behind = after === null ? '' : `WHERE (${key}) > (${marks})`;
  const statement = selecting(connection, table, `${behind} ORDER BY ${key} LIMIT ${count}`);
  const found = statement.all(...boundKey(table, after ?? [])) as unknown;
  return (found as readonly (readonly unknown[])[]).map((values) => rowOf(table, values));
}

/** A value goes in as what it is: a text would only be taken where the table converts it. */
export function bound(value: string | null, type: CopiedColumn['type']): SqlValue {
  if (value === null || type === 'text') return value;
  // The library takes these, too; what our verbs bind is never so large.
  return type === 'real' ? Number(value) : (BigInt(value) as unknown as SqlValue);
}

export function boundKey({ columns, key }: CopiedTable, values: CopiedKey): readonly SqlValue[] {
  return values.map((value, at) => {
    const column = columns.find(({ name }) => name === key[at]);
    return bound(value, column?.type ?? 'text');
  });
}

function* pagesOf(
  connection: Connection,
  table: CopiedTable,
): Generator<readonly CopiedRow[], void> {
  const order = table.key.map(identifier).join(', ');
  const statement = selecting(connection, table, `ORDER BY ${order}`);
  let page: CopiedRow[] = [];
  let bytes = 0;
  for (const values of statement.iterate() as unknown as Iterable<readonly unknown[]>) {
    const row = rowOf(table, values);
    page.push(row);
    bytes += bytesOf(row);
    if (page.length < PAGE_ROWS_MAX && bytes < PAGE_BYTES) continue;
    yield page;
    page = [];
    bytes = 0;
  }
  if (page.length > 0) yield page;
}

function selecting(connection: Connection, { name, columns }: CopiedTable, rest: string) {
  const names = columns.map((column) => identifier(column.name)).join(', ');
  const statement = connection.handle.prepare(`SELECT ${names} FROM ${identifier(name)} ${rest}`);
  statement.setReturnArrays(true);
  statement.setReadBigInts(true);
  return statement;
}

function rowOf({ columns }: CopiedTable, values: readonly unknown[]): CopiedRow {
  return values.map((value, at) => {
    if (value === null) return null;
    return columns[at]?.type === 'real' ? realText(value as number) : String(value);
  });
}
