import { type CopiedRow, type CopiedTable, realText } from '../copy/copied-tables.ts';
import { bytesOf, PAGE_BYTES, PAGE_ROWS_MAX } from '../copy/copy-port.ts';
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

function* pagesOf(
  connection: Connection,
  table: CopiedTable,
): Generator<readonly CopiedRow[], void> {
  const columns = table.columns.map(({ name }) => identifier(name)).join(', ');
  const order = table.key.map(identifier).join(', ');
  const statement = connection.handle.prepare(
    `SELECT ${columns} FROM ${identifier(table.name)} ORDER BY ${order}`,
  );
  statement.setReturnArrays(true);
  statement.setReadBigInts(true);
  const isReal = table.columns.map(({ type }) => type === 'real');
  let page: CopiedRow[] = [];
  let bytes = 0;
  for (const values of statement.iterate() as unknown as Iterable<readonly unknown[]>) {
    const row = values.map((value, at) => {
      if (value === null) return null;
      return isReal[at] === true ? realText(value as number) : String(value);
    });
    page.push(row);
    bytes += bytesOf(row);
    if (page.length < PAGE_ROWS_MAX && bytes < PAGE_BYTES) continue;
    yield page;
    page = [];
    bytes = 0;
  }
  if (page.length > 0) yield page;
}
