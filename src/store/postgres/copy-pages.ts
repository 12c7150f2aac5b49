import { type CopiedRow, type CopiedTable, realText } from '../copy/copied-tables.ts';
import { bytesOf, PAGE_BYTES, PAGE_ROWS_MAX } from '../copy/copy-port.ts';
import type { Connection } from './connection.ts';
import { storeFault } from './faults.ts';
import { identifier } from './identifier.ts';

/** Of the first page: nobody knows yet how long the rows are. */
const FIRST_ROWS = 32;

/** Of one statement of a copy: an index over some million rows takes its time. */
export const COPY_STATEMENT_MS = 30 * 60_000;
/** Of standing still: while the other side writes what was read. */
export const COPY_STANDSTILL_MS = 10 * 60_000;

/** The rows of a table in the order of its key, by a cursor of the open transaction. */
export async function* copyPages(
  connection: Connection,
  table: CopiedTable,
): AsyncGenerator<readonly CopiedRow[]> {
  const columns = table.columns.map(({ name, type }) =>
    type === 'text' ? identifier(name) : `CAST(${identifier(name)} AS text)`,
  );
  const order = table.key.map(identifier).join(', ');
  const isReal = table.columns.map(({ type }) => type === 'real');
  const numbered = columns.map((column, at) => `${column} AS c${at}`).join(', ');
  const told = async <R>(sql: string): Promise<readonly R[]> => {
    try {
      return await connection.all<R>(sql);
    } catch (cause) {
      throw storeFault(cause, sql);
    }
  };
  await told(
    `DECLARE copied NO SCROLL CURSOR FOR SELECT ${numbered} ` +
      `FROM ${identifier(table.name)} ORDER BY ${order}`,
  );
  for (let count = FIRST_ROWS; ; ) {
    const found = await told<Readonly<Record<string, string | null>>>(`FETCH ${count} FROM copied`);
    const page = found.map(
      (row): CopiedRow =>
        isReal.map((real, at) => {
          const value = row[`c${at}`] ?? null;
          return real && value !== null ? realText(value) : value;
        }),
    );
    if (page.length > 0) yield page;
    if (page.length < count) break;
    const bytes = page.reduce((sum, row) => sum + bytesOf(row), 0);
    const fitting = Math.trunc((PAGE_BYTES * page.length) / Math.max(1, bytes));
    count = Math.max(1, Math.min(PAGE_ROWS_MAX, fitting, count * 4));
  }
  await told('CLOSE copied');
}
