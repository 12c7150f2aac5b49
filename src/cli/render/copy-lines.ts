import type { FinishedCopy, StoreCopy } from '../../operations/copy-store.ts';
import { counted, whenText } from './migration-lines.ts';
import type { LineStyle } from './task-lines.ts';
import { pad } from './text-width.ts';

const NAME_WIDTH = 20;
const ROWS_WIDTH = 10;

/** What was copied, table by table, and what the copy is not. */
export function copyLines(copy: StoreCopy | FinishedCopy, style: LineStyle): readonly string[] {
  const { paint } = style;
  if ('finishedBefore' in copy) {
    return [
      `${paint('good', 'Copied')} ${copy.from} to ${copy.to} before: ` +
        'the command that did was ended as it finished. Nothing was copied now.',
      'What happened in the source since that copy is not in it.',
    ];
  }
  const { from, to, tables, released, takenAtMs, lastSeq, eventsSince, undeclared } = copy;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return [
    `${paint('good', 'Copied')} ${from} to ${to}:`,
    `  ${counted(rows, 'row')} of ${counted(tables.length, 'table')}, equal on both sides, ` +
      `as of ${whenText(takenAtMs)} (event ${lastSeq}).`,
    ...resumedLines(copy.resumed),
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

/** Where it went on from, or why not. */
function resumedLines(resumed: StoreCopy['resumed']): readonly string[] {
  const { begunAtMs, discarded, kept, brought, removed } = resumed;
  if (discarded !== null)
    return [`  Begun anew: what was there of another try ${DISCARDED[discarded]}.`];
  if (begunAtMs === null) return [];
  const gone = removed === 0 ? '' : `, ${counted(removed, 'row')} removed`;
  return [
    `  Went on with the copy begun at ${whenText(begunAtMs)}: ${counted(kept, 'row')} ` +
      `there already, ${counted(brought, 'row')} brought${gone}.`,
  ];
}

const DISCARDED: Readonly<Record<NonNullable<StoreCopy['resumed']['discarded']>, string>> = {
  restart: 'was thrown away as asked',
  other_store: 'was of another store',
  other_schema: 'was of another schema',
  unreadable: 'could not be read',
};
