import type { ListTask } from '../../domain/tasklist/model.ts';
import { type Region, textRegion, wordsPattern } from './clause-style.ts';
import type { ListLayout, RowSite } from './list-layout.ts';
import { RowStyle } from './row-style.ts';
import { applyEdits, type TextEdit } from './text-edit.ts';

/** The ways to give a task another text, its id and clauses left as they are. */
export function* textEdits(
  layout: ListLayout,
  task: ListTask,
  text: string,
): Generator<readonly TextEdit[]> {
  const site = layout.site(task);
  const words = descriptionRegion(layout, task);
  if (site === null || words === null) return;
  const written = site.kind === 'row' ? text.replaceAll('|', '\\|') : text;
  const edit = { ...words, text: written };
  yield site.kind === 'row' ? inTextCell(layout, site, [edit]) : [edit];
}

/** Where a task's text stands without its id and its clauses. */
export function descriptionRegion(layout: ListLayout, task: ListTask): Region | null {
  const site = layout.site(task);
  const region = site === null ? null : textRegion(layout, site);
  if (site === null || region === null) return null;
  const written = layout.text.slice(region.start, region.end);
  const isLed = site.kind === 'item' && task.explicitId;
  const from = isLed ? written.indexOf(task.taskId) + task.taskId.length : 0;
  if (task.description === '') {
    return written.trim() === '' ? { start: region.start, end: region.start } : null;
  }
  const match = new RegExp(wordsPattern(task.description)).exec(written.slice(from));
  if (match === null) return null;
  const start = region.start + from + match.index;
  return { start, end: start + match[0].length };
}

/** Edits of a row's text, with the padding of its column kept. */
export function inTextCell(
  layout: ListLayout,
  site: RowSite,
  edits: readonly TextEdit[],
): readonly TextEdit[] {
  const index = site.columns.byRole.get('text');
  const cell = index === undefined ? undefined : site.row.cells[index];
  if (index === undefined || cell === undefined) return [];
  const inside = edits.map(({ start, end, text }) => ({
    start: start - cell.start,
    end: end - cell.start,
    text,
  }));
  const content = applyEdits(layout.text.slice(cell.start, cell.end), inside).trim();
  const edit = new RowStyle(layout, site.table).replaceCell(site, index, content);
  return edit === null ? [] : [edit];
}
