import type { CopiedRow } from './copied-tables.ts';

/** Of one answer of a database, or one statement: about so much is in memory at a time. */
export const PAGE_BYTES = 1024 * 1024;
export const PAGE_ROWS_MAX = 1_000;
/** Of the first page: nobody knows yet how long the rows are. */
export const FIRST_ROWS = 32;

/** Roughly what a row takes. */
export function bytesOf(row: CopiedRow): number {
  return row.reduce((sum, value) => sum + 8 + (value?.length ?? 0), 0);
}

/** How many rows to ask for after a page for which `count` were asked. */
export function nextCount(page: readonly CopiedRow[], count: number): number {
  const bytes = page.reduce((sum, row) => sum + bytesOf(row), 0);
  const fitting = Math.trunc((PAGE_BYTES * page.length) / Math.max(1, bytes));
  return Math.max(1, Math.min(PAGE_ROWS_MAX, fitting, count * 4));
}
