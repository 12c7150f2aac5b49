import type { ClauseKey } from '../grammar/clauses.ts';
import type { WrittenTask } from '../grammar/written-task.ts';
import { markWords } from '../marks/mark-words.ts';
import { CLAUSE_KEYS, type ClauseStyle } from './clause-style.ts';
import type { ListLayout, RowSite } from './list-layout.ts';
import { RowStyle, type TaskRow } from './row-style.ts';

/** A line for the table that `model` is a row of, written as that row is. */
export function newRow(
  layout: ListLayout,
  model: TaskRow,
  task: WrittenTask,
  styleOf: (key: ClauseKey) => ClauseStyle,
): string {
  const { site } = model;
  const { table, columns, row } = site;
  const style = new RowStyle(layout, table);
  const contents = table.header.cells.map(() => '');
  const set = (index: number | undefined, content: string): void => {
    if (index !== undefined) contents[index] = content;
  };
  const { byRole } = columns;
  set(byRole.get('id'), idCell(layout, model, task.taskId ?? ''));
  set(byRole.get('status'), statusCell(layout, model));
  let text = task.text.replaceAll('|', '\\|');
  for (const key of CLAUSE_KEYS) {
    const value = task.settings[key] ?? null;
    const index = byRole.get(key);
    if (index !== undefined) set(index, style.value(key, standard(key, value), index));
    else if (value !== null) text += clauseText(styleOf(key), value.replaceAll('|', '\\|'));
  }
  set(byRole.get('text'), text);
  const cells = contents.map((content, index) => paddedAs(layout, site, style, index, content));
  const first = row.cells[0]?.cellStart ?? row.start;
  const last = row.cells.at(-1)?.cellEnd ?? row.start;
  const begin = layout.text.slice(row.lineStart, first);
  const end = layout.text.slice(last, layout.lineEnd(row.line)).trimEnd();
  const line = begin + cells.join('|') + end;
  // Without a pipe at its end the row would lose an empty last cell.
  return end === '' ? `${line.trimEnd()}${contents.at(-1) === '' ? ' |' : ''}` : line;
}

/** A priority is written where the others write theirs. */
function standard(key: ClauseKey, value: string | null): string | null {
  return key === 'priority' && value === null ? 'P2' : value;
}

/** A clause behind a text. */
export function clauseText({ open, head, close }: ClauseStyle, value: string): string {
  return ` ${open}${head}${value}${close}`;
}

function idCell({ text }: ListLayout, { task, site }: TaskRow, taskId: string): string {
  const cell = site.row.cells[site.columns.byRole.get('id') as number];
  const written = cell === undefined ? '' : text.slice(cell.start, cell.end);
  if (!written.includes(task.taskId)) return taskId;
  return written
    .replaceAll(task.taskId, taskId)
    .replaceAll(task.taskId.toLowerCase(), taskId.toLowerCase());
}

function statusCell({ text, parsed }: ListLayout, { task, site }: TaskRow): string {
  const cell = site.row.cells[site.columns.byRole.get('status') ?? -1];
  const place = parsed.places.get(task.taskId);
  if (cell === undefined) return '';
  if (place === undefined) return '[ ]';
  if (place.kind === 'box') {
    return `${text.slice(cell.start, place.start)} ${text.slice(place.end, cell.end)}`;
  }
  return place.mark === null ? '' : markWords(parsed)('queued');
}

function paddedAs(
  { text }: ListLayout,
  { row }: RowSite,
  style: RowStyle,
  index: number,
  content: string,
): string {
  const cell = row.cells[index];
  const filled = cell !== undefined && cell.start < cell.end;
  const left = filled ? text.slice(cell.cellStart, cell.start) : ' ';
  const right = filled ? text.slice(cell.end, cell.cellEnd) : ' ';
  if (style.isAligned(index)) {
    const inside =
      content === '' ? '' : `${left === '' ? '' : ' '}${content}${right === '' ? '' : ' '}`;
    return inside.padEnd(style.headingWidth(index));
  }
  if (content === '') return style.blank(index) ?? left + left;
  // Padding on the right belongs to the other cell's own width.
  return `${left}${content}${right.length > 1 ? left : right}`;
}
