import type { StoreCopy } from '../../operations/copy-store.ts';
import { counted } from './migration-lines.ts';
import type { LineStyle } from './task-lines.ts';
import { pad } from './text-width.ts';

const NAME_WIDTH = 20;
const ROWS_WIDTH = 10;

/** What was copied, table by table, and what the copy is not. */
export function copyLines(copy: StoreCopy, { paint }: LineStyle): readonly string[] {
  const { from, to, tables, released, eventsSince, undeclared } = copy;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return [
    `${paint('good', 'Copied')} ${from} to ${to}:`,
    `  ${counted(rows, 'row')} of ${counted(tables.length, 'table')}, equal on both sides.`,
    '',
    paint('dim', `  ${pad('TABLE', NAME_WIDTH)}${'ROWS'.padStart(ROWS_WIDTH)}  SHA-256 OF BOTH`),
    ...tables.map(({ table, rows: count, sha256 }) => {
      const number = count.toLocaleString('en').padStart(ROWS_WIDTH);
      return `  ${pad(table, NAME_WIDTH)}${number}  ${paint('dim', sha256)}`;
    }),
    '',
    eventsSince === 0
      ? 'Nothing happened in the source since.'
      : paint('warn', `${counted(eventsSince, 'event')} happened in the source since: not copied.`),
    ...(released === 0
      ? []
      : [`${counted(released, 'task')} that ran in the source: queued in the copy, uncharged.`]),
    ...(undeclared.length === 0
      ? []
      : [`Not copied, for it is not Pawl's: ${undeclared.join(', ')}.`]),
  ];
}
