import type { ListTask } from '../../domain/tasklist/model.ts';
import { type ClauseKey, clauseNames } from '../grammar/clauses.ts';
import type { Setting } from '../grammar/raw-task.ts';
import type { ListLayout, TaskSite } from './list-layout.ts';

/** A clause as it stands in the text, with what it is wrapped in. */
export interface ClauseSpan {
  readonly start: number;
  readonly end: number;
  /** The key with its colon and the space behind it. */
  readonly head: string;
  readonly valueStart: number;
  readonly valueEnd: number;
}

export interface Region {
  readonly start: number;
  readonly end: number;
}

/** How a list writes a clause. */
export interface ClauseStyle {
  readonly open: string;
  readonly head: string;
  readonly close: string;
  /** What a line of its own below the task begins with; null where it stands in the text. */
  readonly below: string | null;
}

export const CLAUSE_KEYS = [
  'priority',
  'depends',
  'agent',
  'timeout',
  'verify',
  'needs',
  'onDepFailure',
] as const satisfies readonly ClauseKey[];

/** Where the text of a task stands in which its clauses are looked for. */
export function textRegion(layout: ListLayout, site: TaskSite): Region | null {
  if (site.kind === 'row') {
    const index = site.columns.byRole.get('text');
    return (index === undefined ? undefined : site.row.cells[index]) ?? null;
  }
  const lines = site.lead.text.split('\n').length - 1;
  return { start: site.box.end + 1, end: layout.lineEnd(site.item.line + lines) };
}

/** Where a setting was written, if it was by a clause. */
export function clauseOf(layout: ListLayout, site: TaskSite, setting: Setting): ClauseSpan | null {
  const region = isBelow(site, setting) ? lineOf(layout, setting.line) : textRegion(layout, site);
  return region === null ? null : findClause(layout.text, region, setting);
}

export function isBelow(site: TaskSite, setting: Setting): boolean {
  return site.kind === 'item' && setting.line !== site.item.line;
}

function lineOf(layout: ListLayout, line: number): Region {
  return { start: layout.lineStart(line), end: layout.lineEnd(line) };
}

function findClause(text: string, region: Region, { key, value }: Setting): ClauseSpan | null {
  const written = text.slice(region.start, region.end);
  if (key === 'priority') {
    const inline = new RegExp(String.raw`([[(])(${wordsPattern(value)})[\])]`, 'di').exec(written);
    if (inline !== null) return spanOf(inline, region.start, 2, '');
  }
  const reference = key === 'depends' ? referencePattern(value).exec(written) : null;
  if (reference !== null) return spanOf(reference, region.start, 2, reference[1] as string);
  const bold = String.raw`(?:\*\*|__)?`;
  const head = `(${bold}(?:${clauseNames(key)})${bold}\\s*:${bold}\\s*[\`*_]*)`;
  for (const [open, close] of PAIRS) {
    const inside = `${head}(${wordsPattern(value)})${open === '' ? '[`*_]*' : ''}`;
    const match = new RegExp(`${escaped(open)}${inside}${escaped(close)}`, 'di').exec(written);
    if (match !== null) return spanOf(match, region.start, 2, match[1] as string);
  }
  return null;
}

/** `(depends on T012 and T013)`, of which `T012, T013` was read. */
function referencePattern(value: string): RegExp {
  const ids = value.split(', ').map(wordsPattern).join(String.raw`[\s,;&+]+(?:and\s+)?`);
  return new RegExp(String.raw`\(((?:depends on|dependent on|blocked by) )(${ids})\)`, 'di');
}

const PAIRS = [
  ['(', ')'],
  ['[', ']'],
  ['`', '`'],
  ['', ''],
] as const;

function spanOf(match: RegExpExecArray, offset: number, group: number, head: string): ClauseSpan {
  const { indices } = match as RegExpExecArray & { readonly indices: RegExpIndicesArray };
  const [valueStart, valueEnd] = indices[group] as [number, number];
  return {
    start: offset + match.index,
    end: offset + match.index + match[0].length,
    head,
    valueStart: offset + valueStart,
    valueEnd: offset + valueEnd,
  };
}

/** The words of a text wherever they are divided into lines, with pipes as a cell writes them. */
export function wordsPattern(text: string): string {
  return text
    .trim()
    .split(/\s+/)
    .map((word) => escaped(word).replaceAll('|', '\\\\?\\|'))
    .join('\\s+');
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}/-]/g, '\\$&');
}

/** Settings of a kind that are looked at for a clause: where a column says it, none ever is one. */
const LOOKS_MAX = 200;

/** What the tasks write, the first ones first; where they write no clause: in plain words. */
export function clauseStyles(
  layout: ListLayout,
  tasks: readonly ListTask[],
): (key: ClauseKey) => ClauseStyle {
  const byKey = new Map<ClauseKey, ClauseStyle>();
  const looks = new Map<ClauseKey, number>();
  for (const task of tasks) {
    const site = layout.site(task);
    if (site === null) continue;
    for (const setting of site.settings) {
      const looked = looks.get(setting.key) ?? 0;
      if (byKey.has(setting.key) || looked === LOOKS_MAX) continue;
      looks.set(setting.key, looked + 1);
      const span = clauseOf(layout, site, setting);
      if (span !== null) byKey.set(setting.key, styleOf(layout, span, isBelow(site, setting)));
    }
  }
  const [other] = [...byKey].filter(([key]) => key !== 'priority').map(([, style]) => style);
  return (key) => byKey.get(key) ?? likeOther(key, other);
}

function styleOf({ text, lineStart }: ListLayout, span: ClauseSpan, below: boolean): ClauseStyle {
  const whole = text.slice(span.start, span.end);
  const [open, close] = PAIRS.find(
    ([first, last]) => first !== '' && whole.startsWith(first) && whole.endsWith(last),
  ) ?? ['', ''];
  let line = 1;
  while (below && lineStart(line + 1) <= span.start) line += 1;
  return {
    open,
    head: span.head,
    close,
    below: below ? text.slice(lineStart(line), span.start) : null,
  };
}

/** In the same wrapping under its own name; a priority in brackets. */
function likeOther(key: ClauseKey, other: ClauseStyle | undefined): ClauseStyle {
  if (key === 'priority') return { open: '(', head: '', close: ')', below: null };
  return { ...(other ?? PLAIN), head: `${NAMES[key]}: ` };
}

const PLAIN: ClauseStyle = { open: '', head: '', close: '', below: null };

/** Every clause in plain words at the end of the text. */
export function plainStyle(key: ClauseKey): ClauseStyle {
  return likeOther(key, undefined);
}

const NAMES: Readonly<Record<ClauseKey, string>> = {
  priority: 'priority',
  depends: 'depends',
  agent: 'agent',
  timeout: 'timeout',
  verify: 'verify',
  needs: 'needs',
  onDepFailure: 'on-dep-failure',
};
