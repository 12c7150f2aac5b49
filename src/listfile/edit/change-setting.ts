import type { ListTask } from '../../domain/tasklist/model.ts';
import type { ClauseKey } from '../grammar/clauses.ts';
import { descriptionRegion, inTextCell } from './change-text.ts';
import {
  type ClauseSpan,
  type ClauseStyle,
  clauseOf,
  clauseStyles,
  plainStyle,
  textRegion,
} from './clause-style.ts';
import type { ItemSite, ListLayout, RowSite, TaskSite } from './list-layout.ts';
import { clauseText } from './new-row.ts';
import { RowStyle } from './row-style.ts';
import type { TextEdit } from './text-edit.ts';

/** The ways to set one value of a task, or with null to take it away. */
export function* settingEdits(
  layout: ListLayout,
  task: ListTask,
  key: ClauseKey,
  value: string | null,
): Generator<readonly TextEdit[]> {
  const site = layout.site(task);
  if (site === null) return;
  const index = site.kind === 'row' ? site.columns.byRole.get(key) : undefined;
  const spans = clausesOf(layout, site, key);
  if (site.kind === 'row' && index !== undefined) {
    yield inColumn(layout, site, { key, index, value, spans });
    return;
  }
  const [first, ...more] = spans;
  const removed = more.map(({ edit }) => edit);
  if (first !== undefined) {
    const { valueStart: start, valueEnd: end } = first.span;
    const changed = value === null ? first.edit : { start, end, text: inSite(site, value) };
    yield placed(layout, site, [changed, ...removed]);
    if (key !== 'depends') return;
    // `(depends on A)` takes ids alone; and without a word of its own a task may wait by its place.
    const { start: from, end: to } = first.span;
    const clause = { start: from, end: to, text: `(depends: ${inSite(site, value ?? NOTHING)})` };
    yield placed(layout, site, [clause, ...removed]);
    return;
  }
  const wanted = value ?? (key === 'depends' ? NOTHING : null);
  if (wanted === null) return;
  const near = [task, ...layout.parsed.document.tasks];
  for (const styleOf of [clauseStyles(layout, near), plainStyle]) {
    const edit = appended(layout, task, site, { key, style: styleOf(key), value: wanted });
    if (edit !== null) yield placed(layout, site, [edit]);
  }
}

/** A list may say by its order what waits for what, and a task that it waits for nothing. */
export const NOTHING = 'none';

interface WrittenClause {
  readonly span: ClauseSpan;
  /** Takes it away. */
  readonly edit: TextEdit;
}

function clausesOf(layout: ListLayout, site: TaskSite, key: ClauseKey): readonly WrittenClause[] {
  return site.settings.flatMap((setting) => {
    if (setting.key !== key || setting.prose === true) return [];
    const span = clauseOf(layout, site, setting);
    if (span === null) return [];
    return [{ span, edit: ownLine(layout, span) ?? removed(layout, span) }];
  });
}

/** A clause that is all of its line goes with the line. */
function ownLine({ text }: ListLayout, { start, end }: ClauseSpan): TextEdit | null {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const behind = text.slice(end).search(/[\r\n]|$/);
  const rest = text.slice(lineStart, start) + text.slice(end, end + behind);
  if (lineStart === 0 || !/^[\s>]*(?:[-*+]\s*)?$/.test(rest)) return null;
  const lineBreak = text[lineStart - 2] === '\r' ? 2 : 1;
  return { start: lineStart - lineBreak, end: end + behind, text: '' };
}

function removed({ text }: ListLayout, { start, end }: ClauseSpan): TextEdit {
  const before = text.slice(0, start);
  const words = before.slice(0, endOfText(before));
  const kept = /[;,·–—]$/.test(words) ? words.slice(0, endOfText(words.slice(0, -1))) : words;
  // In front of the text the space behind it goes instead.
  if (/[\]>|\n]$/.test(kept)) return { start, end: end + (text[end] === ' ' ? 1 : 0), text: '' };
  return { start: kept.length, end, text: '' };
}

function endOfText(text: string): number {
  let end = text.length;
  while (text[end - 1] === ' ' || text[end - 1] === '\t') end -= 1;
  return end;
}

function inColumn(
  layout: ListLayout,
  site: RowSite,
  setting: {
    readonly key: ClauseKey;
    readonly index: number;
    readonly value: string | null;
    readonly spans: readonly WrittenClause[];
  },
): readonly TextEdit[] {
  const { key, index, value, spans } = setting;
  const style = new RowStyle(layout, site.table);
  const cell = style.replaceCell(site, index, style.value(key, value, index));
  const clauses = spans.map(({ edit }) => edit);
  const text = clauses.length === 0 ? [] : inTextCell(layout, site, clauses);
  return cell === null ? text : [cell, ...text];
}

function appended(
  layout: ListLayout,
  task: ListTask,
  site: TaskSite,
  {
    key,
    style,
    value,
  }: {
    readonly key: ClauseKey;
    readonly style: ClauseStyle;
    readonly value: string;
  },
): TextEdit | null {
  const region = textRegion(layout, site);
  if (region === null) return null;
  if (style.below !== null && site.kind === 'item') return belowIt(layout, site, style, value);
  // A priority in brackets belongs to the text; behind a clause it would be a part of its value.
  const behind = key === 'priority' && style.head === '' ? descriptionRegion(layout, task) : region;
  if (behind === null) return null;
  const written = layout.text.slice(behind.start, behind.end).trimEnd();
  const at = behind.start + written.length;
  return { start: at, end: at, text: clauseText(style, inSite(site, value)) };
}

function belowIt(layout: ListLayout, site: ItemSite, style: ClauseStyle, value: string): TextEdit {
  const line = site.item.line + site.lead.text.split('\n').length - 1;
  const at = layout.lineEnd(line);
  const clause = `${style.below}${style.open}${style.head}${value}${style.close}`;
  return { start: at, end: at, text: layout.lineBreak(line) + clause };
}

function inSite(site: TaskSite, value: string): string {
  return site.kind === 'row' ? value.replaceAll('|', '\\|') : value;
}

function placed(
  layout: ListLayout,
  site: TaskSite,
  edits: readonly TextEdit[],
): readonly TextEdit[] {
  return site.kind === 'row' ? inTextCell(layout, site, edits) : edits;
}
