import type { FieldDifference, ListDifference } from '../../domain/tasklist/list-difference.ts';
import { MARK_CHARACTERS } from '../../domain/tasklist/mark.ts';
import type { Finding, ListMark } from '../../domain/tasklist/model.ts';
import type { SyncPreview } from '../../operations/sync-list.ts';
import { type FindingSource, findingLines } from './findings.ts';
import type { LineStyle } from './task-lines.ts';
import type { Tone } from './terminal.ts';
import { clip, oneLine } from './text-width.ts';

/** What loading a list changed. */
export interface LoadedFacts {
  readonly list: string;
  readonly added: number;
  readonly updated: number;
  readonly moved: number;
  readonly archived: number;
  /** Written into the file; left out where that was not asked for. */
  readonly marks?: number;
  readonly marksOwed?: string | null;
  readonly findings: readonly Finding[];
  readonly source: FindingSource;
}

/** Findings first, then what changed in a line. */
export function loadedLines(facts: LoadedFacts, style: LineStyle): readonly string[] {
  const { list, added, updated, moved, archived, marks, marksOwed, findings, source } = facts;
  const changes = [
    [added, 'added'],
    [updated, 'changed'],
    [moved, 'moved'],
    [archived, 'removed'],
    [marks ?? 0, marks === 1 ? 'mark written' : 'marks written'],
  ] as const;
  const named = changes.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const owed = marksOwed == null ? [] : [style.paint('warn', `Marks are still owed: ${marksOwed}`)];
  return [
    ...findingLines(findings, source, style),
    `${style.paint('strong', list)}: ${named.length === 0 ? 'no changes' : named.join(', ')}`,
    ...owed,
  ];
}

const TONES: Readonly<Record<ListDifference['sign'], Tone>> = {
  '+': 'good',
  '-': 'bad',
  '~': 'warn',
};

/** What `pawl sync` would change, as a diff: queue first, then the marks in the file. */
export function syncDiffLines(
  preview: SyncPreview,
  source: FindingSource,
  style: LineStyle,
): readonly string[] {
  const { paint, width } = style;
  const { list, isNew, renamedFrom, differences, marks, findings, inSync } = preview;
  const head = isNew ? ' (a new list)' : renamedFrom === null ? '' : ` (was ${renamedFrom})`;
  return [
    ...findingLines(findings, source, style),
    `${paint('strong', list)}${head}`,
    ...differences.flatMap((difference) => differenceLines(difference, style)),
    ...marks.map(({ taskId, line, from, to }) =>
      clip(`  mark ${taskId} (line ${line}): ${markText(from)} -> ${markText(to)}`, width),
    ),
    inSync ? 'In sync.' : paint('dim', 'Nothing was changed: this was a dry run.'),
  ];
}

function differenceLines(
  { sign, taskId, description, fields }: ListDifference,
  { width, paint }: LineStyle,
): readonly string[] {
  return [
    paint(TONES[sign], clip(`${sign} ${taskId}  ${oneLine(description)}`, width)),
    ...fields.map((field) => clip(`    ${fieldText(field)}`, width)),
  ];
}

function fieldText({ field, from, to }: FieldDifference): string {
  return `${field}: ${valueText(from)} -> ${valueText(to)}`;
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '(none)';
  if (Array.isArray(value)) return value.length === 0 ? '(none)' : value.map(String).join(', ');
  return oneLine(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function markText(mark: ListMark): string {
  return mark === 'none' ? '(none)' : `[${MARK_CHARACTERS[mark]}]`;
}
