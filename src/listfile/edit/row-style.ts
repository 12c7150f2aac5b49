import { PRIORITIES, type Priority, readPriority } from '../../domain/priority.ts';
import type { ListTask } from '../../domain/tasklist/model.ts';
import { withoutMarkup } from '../../domain/tasklist/task-id.ts';
import type { ClauseKey } from '../grammar/clauses.ts';
import type { TableBlock, TableRow } from '../grammar/outline.ts';
import { splitRow, type TableCell } from '../grammar/table-row.ts';
import type { ListLayout, RowSite } from './list-layout.ts';
import type { TextEdit } from './text-edit.ts';

/** A row of a table and the task that it is. */
export interface TaskRow {
  readonly task: ListTask;
  readonly site: RowSite;
}

/** How one table writes the values of its columns. */
export class RowStyle {
  private readonly layout: ListLayout;
  private readonly table: TableBlock;
  private readonly rows: readonly TaskRow[];
  /** The widths of the line of dashes. */
  private readonly dashes: readonly number[];

  constructor(layout: ListLayout, table: TableBlock) {
    this.layout = layout;
    this.table = table;
    const line = table.header.line + 1;
    const quotes = /^[\s>]*/.exec(layout.text.slice(layout.lineStart(line), layout.lineEnd(line)));
    const start = layout.lineStart(line) + (quotes?.[0].length ?? 0);
    this.dashes = splitRow(layout.text, start, layout.lineEnd(line)).map(widthOf);
    this.rows = layout.parsed.document.tasks.flatMap((task) => {
      const site = layout.site(task);
      return site?.kind === 'row' && site.table === table ? [{ task, site }] : [];
    });
  }

  /** A value as a cell of that column; the column's own word for nothing where it is null. */
  value(key: ClauseKey, value: string | null, index: number): string {
    if (value === null) return this.nothing(index);
    if (key === 'priority') return this.priority(readPriority(value).priority, index);
    if (key === 'depends') return this.ids(value.split(', '), index);
    const written = value.replaceAll('|', '\\|');
    const quoted = this.cells(index).some((cell) => /^`[^`]+`$/.test(cell));
    return quoted && !written.includes('`') ? `\`${written}\`` : written;
  }

  private cells(index: number): readonly string[] {
    return this.rows.map((row) => this.raw(row, index)).filter((cell) => !NOTHING.test(cell));
  }

  private raw({ site }: TaskRow, index: number): string {
    const cell = site.row.cells[index];
    return cell === undefined ? '' : this.layout.text.slice(cell.start, cell.end);
  }

  private nothing(index: number): string {
    const written = this.rows
      .map((row) => this.raw(row, index))
      .filter((cell) => NOTHING.test(cell));
    return mostUsed(written) ?? '';
  }

  /** How an empty cell of that column is written. */
  blank(index: number): string | null {
    const cells = this.rows.map(({ site }) => site.row.cells[index]);
    const empty = cells.filter((cell) => cell !== undefined && cell.start === cell.end);
    return mostUsed(empty.map((cell) => this.layout.text.slice(cell?.cellStart, cell?.cellEnd)));
  }

  private priority(priority: Priority, index: number): string {
    const same = this.rows.filter(({ task }) => task.priority === priority);
    const used = same.map((row) => this.raw(row, index)).filter((cell) => !NOTHING.test(cell));
    const known = mostUsed(used);
    if (known !== null) return known;
    const words = this.cells(index).map((cell) => withoutMarkup(cell));
    const inWords = words.filter((word) => readPriority(word).reading === 'word');
    const [first] = inWords;
    if (first === undefined || inWords.length * 2 < words.length) return priority;
    const word = PRIORITY_WORDS[PRIORITIES.indexOf(priority)] as string;
    if (first === first.toUpperCase()) return word.toUpperCase();
    return first === first.toLowerCase() ? word.toLowerCase() : word;
  }

  /** Divided and quoted as in other rows. */
  private ids(ids: readonly string[], index: number): string {
    let quote = '';
    let divider = ', ';
    for (const row of this.rows) {
      const [first, second] = row.task.dependencies;
      const cell = this.raw(row, index);
      if (first === undefined || !cell.includes(first)) continue;
      quote = cell.startsWith('`') ? '`' : '';
      if (second === undefined) continue;
      const between = cell.slice(cell.indexOf(first) + first.length, cell.lastIndexOf(second));
      divider = /^`?([,;] ?|<br ?\/?>)`?$/.exec(between)?.[1] ?? divider;
      break;
    }
    return ids.map((id) => `${quote}${id}${quote}`).join(divider);
  }

  /** A formatter pads this column: heading, dashes and most cells have the same width. */
  isAligned(index: number): boolean {
    const wanted = this.headingWidth(index);
    if (this.dashes[index] !== wanted) return false;
    const widths = this.rows.map(({ site }) => widthOf(site.row.cells[index]));
    const equal = widths.filter((width) => width === wanted).length;
    const grown = widths.filter((width) => width > wanted).length;
    return equal * 2 >= widths.length - grown;
  }

  headingWidth(index: number): number {
    return widthOf(this.table.header.cells[index]);
  }

  /**
   * The edit that sets a cell. One that is padded to its heading stays so, and shrinks to it again
   * after it had grown; any other keeps its own spaces. Null where the row has no such cell.
   */
  replaceCell({ row }: RowSite, index: number, content: string): TextEdit | null {
    const cell = row.cells[index];
    if (cell === undefined) return null;
    const { start, end, cellStart, cellEnd } = cell;
    const width = cellEnd - cellStart;
    const heading = this.headingWidth(index);
    if (start === end) {
      const space = isTight(row) ? '' : ' ';
      const text = content === '' ? '' : `${space}${content}${space}`;
      return { start: cellStart, end: cellEnd, text: text.padEnd(width) };
    }
    const grown = width > heading && cellEnd - end === 1 && start - cellStart === 1;
    const padded = this.isAligned(index) && (width === heading || grown);
    if (content === '' && !padded) {
      return { start: cellStart, end: cellEnd, text: this.blank(index) ?? '  ' };
    }
    if (!padded) return { start, end, text: content };
    const left = this.layout.text.slice(cellStart, start);
    const right = end === cellEnd ? '' : ' ';
    const text = `${left}${content}${right}`.padEnd(heading);
    return { start: cellStart, end: cellEnd, text };
  }
}

function widthOf(cell: TableCell | undefined): number {
  return cell === undefined ? 0 : cell.cellEnd - cell.cellStart;
}

/** No spaces beside the pipes: `|a|b|`. */
function isTight({ cells }: TableRow): boolean {
  const filled = cells.slice(1).filter((cell) => cell.start < cell.end);
  return filled.length > 0 && filled.every((cell) => cell.start === cell.cellStart);
}

const NOTHING = /^(?:|[-–—]+|none|n\/?a|nothing|nil)$/i;
/** `High` is read as P1 as well, but a list that has it and no `Critical` is known by its rows. */
const PRIORITY_WORDS = ['Critical', 'Medium', 'Low', 'Lowest'];

/** Of equally used ones the first. */
export function mostUsed(words: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const [best] = [...counts].sort(([, a], [, b]) => b - a);
  return best?.[0] ?? null;
}
