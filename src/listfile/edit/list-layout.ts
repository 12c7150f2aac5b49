import type { ListTask } from '../../domain/tasklist/model.ts';
import type { Box } from '../grammar/box.ts';
import { collectTasks } from '../grammar/collect-tasks.ts';
import type { Columns } from '../grammar/columns.ts';
import {
  type Block,
  type ListItem,
  outlineOf,
  type TableBlock,
  type TableRow,
  type TextPlace,
} from '../grammar/outline.ts';
import type { ParsedList } from '../grammar/parse-list.ts';
import type { Setting } from '../grammar/raw-task.ts';
import { taskColumns } from '../grammar/read-table.ts';
import { lineStarts, markdownView } from '../grammar/source-text.ts';
import { boxOf } from '../grammar/task-body.ts';

/** Where and how the tasks of a list are written: what an edit needs to know beyond their words. */
export interface ListLayout {
  readonly parsed: ParsedList;
  readonly text: string;
  /** Null for a task that is neither a table's row nor a check box. */
  site(task: ListTask): TaskSite | null;
  /** The offset at which a 1-based line begins; the text's end for a line behind the last. */
  lineStart(line: number): number;
  /** The offset behind the last character of a line, before its line end. */
  lineEnd(line: number): number;
  /** The line end in use at a line: that of the line itself, else of the list's first one. */
  lineBreak(line: number): string;
}

export type TaskSite = RowSite | ItemSite;

export interface RowSite {
  readonly kind: 'row';
  readonly table: TableBlock;
  readonly columns: Columns;
  readonly row: TableRow;
  readonly settings: readonly Setting[];
}

export interface ItemSite {
  readonly kind: 'item';
  readonly item: ListItem;
  readonly lead: TextPlace;
  readonly box: Box;
  /** The items of the same list, this one included. */
  readonly siblings: readonly ListItem[];
  readonly settings: readonly Setting[];
  /** The last line that is not blank. */
  readonly lastLine: number;
}

export function layoutOf(parsed: ParsedList): ListLayout {
  const { text } = parsed.source;
  const view = markdownView(text);
  const starts = lineStarts(view);
  const lineStart = (line: number): number => starts[line - 1] ?? text.length;
  const lineEnd = (line: number): number => {
    const next = lineStart(line + 1);
    const end = next > 0 && view[next - 1] === '\n' && next > lineStart(line) ? next - 1 : next;
    return end > lineStart(line) && text.startsWith('\r\n', end - 1) ? end - 1 : end;
  };
  const lineBreak = (line: number): string => {
    const own = text.slice(lineEnd(line), lineStart(line + 1));
    return own !== '' ? own : (/\r\n|\n|\r/.exec(text)?.[0] ?? '\n');
  };
  const outline = outlineOf(view);
  const settings = new Map(collectTasks(outline).tasks.map((raw) => [raw.line, raw.settings]));
  const sites = new Map<number, TaskSite>();
  const isBlank = (line: number): boolean =>
    /^[\s>]*$/.test(text.slice(lineStart(line), lineEnd(line)));
  noteSites(outline, { settings, sites, isBlank });
  return {
    parsed,
    text,
    site: (task) => sites.get(task.line) ?? null,
    lineStart,
    lineEnd,
    lineBreak,
  };
}

interface Noting {
  readonly settings: ReadonlyMap<number, readonly Setting[]>;
  readonly sites: Map<number, TaskSite>;
  isBlank(line: number): boolean;
}

function noteSites(blocks: readonly Block[], noting: Noting): void {
  const { settings, sites, isBlank } = noting;
  for (const block of blocks) {
    if (block.kind === 'table') {
      const columns = taskColumns(block);
      for (const row of block.rows) {
        const own = settings.get(row.line) ?? [];
        sites.set(row.line, { kind: 'row', table: block, columns, row, settings: own });
      }
    }
    if (block.kind !== 'list') continue;
    for (const item of block.items) {
      const { line, lead } = item;
      const box = boxOf(item);
      if (box !== null && lead !== null) {
        let lastLine = item.endLine;
        while (lastLine > line && isBlank(lastLine)) lastLine -= 1;
        const own = settings.get(line) ?? [];
        const { items: siblings } = block;
        sites.set(line, { kind: 'item', item, lead, box, siblings, settings: own, lastLine });
      }
      noteSites(item.blocks, noting);
    }
  }
}
