import { durationText } from '../../domain/duration.ts';
import type { FindingSeverity } from '../../domain/tasklist/model.ts';
import type { CheckedList, CheckedTask } from '../../operations/check-task-list.ts';
import { findingLines } from './findings.ts';
import { type LineStyle, STATE_MARKS } from './task-lines.ts';
import type { Tone } from './terminal.ts';
import { clip, oneLine, pad } from './text-width.ts';

/** What was found in a list; before it, where that is asked for, its tasks as understood. */
export function checkedListLines(
  list: CheckedList & { readonly name: string },
  { explain }: { readonly explain: boolean },
  style: LineStyle,
): readonly string[] {
  return [
    ...(explain ? explainedLines(list, style) : []),
    ...findingLines(list.findings, list, style),
  ];
}

/** `1 error, 3 warnings; 147 tasks`. */
export function verdictLine(
  lists: readonly CheckedList[],
  { strict }: { readonly strict: boolean },
  { paint }: LineStyle,
): string {
  const counts = countFindings(lists);
  const total = lists.reduce((sum, { tasks }) => sum + tasks.length, 0);
  const where = lists.length > 1 ? ` in ${lists.length} files` : '';
  const named = SEVERITIES.filter(([severity]) => counts[severity] > 0);
  const found = named.map(([severity, word, tone]) =>
    paint(strict && severity === 'warning' ? 'bad' : tone, number(counts[severity], word)),
  );
  const sign = found.length === 0 ? paint('good', 'nothing to mend') : found.join(', ');
  return `${sign}; ${number(total, 'task')}${where}`;
}

export function countFindings(
  lists: readonly Pick<CheckedList, 'findings'>[],
): Readonly<Record<FindingSeverity, number>> {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { findings } of lists) for (const { severity } of findings) counts[severity] += 1;
  return counts;
}

const SEVERITIES: readonly (readonly [FindingSeverity, string, Tone])[] = [
  ['error', 'error', 'bad'],
  ['warning', 'warning', 'warn'],
  ['info', 'note', 'note'],
];

function number(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function explainedLines(
  { name, title, tasks }: CheckedList & { readonly name: string },
  style: LineStyle,
): readonly string[] {
  const { paint } = style;
  const head = title === null ? '' : paint('dim', `  ${oneLine(title)}`);
  const lines = [`${paint('strong', name)}: ${number(tasks.length, 'task')}${head}`, ''];
  let section: string | null = null;
  for (const task of tasks) {
    if (task.section !== section && task.section !== null) {
      lines.push(paint('strong', `## ${oneLine(task.section)}`), '');
    }
    section = task.section;
    lines.push(...explainedTask(task, style), '');
  }
  return lines;
}

function explainedTask(task: CheckedTask, { paint, width }: LineStyle): readonly string[] {
  const { taskId, priority, description, line, explicitId } = task;
  const mark = STATE_MARKS[task.status === 'queued' ? 'ready' : task.status];
  const made = explicitId ? '' : ', id made by Pawl';
  const place = paint('dim', `(line ${line}${made})`);
  const facts = factsOf(task, width).filter(([, value]) => value !== '');
  return [
    `${mark} ${paint('strong', taskId)} ${priority} ${oneLine(description)} ${place}`,
    ...facts.map(([name, value], index) => {
      const label = facts[index - 1]?.[0] === name ? '' : oneLine(name);
      return `    ${paint('dim', pad(label, LABEL_WIDTH))} ${value}`;
    }),
  ];
}

function factsOf(
  of: CheckedTask,
  width: number,
): readonly (readonly [name: string, value: string])[] {
  const room = Math.max(20, width - LABEL_WIDTH - 5);
  return [
    ['mark', of.mark === 'none' ? 'no place for one' : of.mark],
    ['depends', of.dependencies.join(', ')],
    ['agent', of.agent ?? ''],
    ['timeout', of.timeoutMs === null ? '' : durationText(of.timeoutMs)],
    ['needs', of.needs.join(', ')],
    ['on failure', of.onDepFailure ?? ''],
    ['verify', of.verify === null ? '' : JSON.stringify(of.verify)],
    ...of.steps.map((step) => ['step', oneLine(step)] as const),
    ...of.criteria.map((text) => ['criterion', oneLine(text)] as const),
    ...Object.entries(of.fields).map(
      ([name, value]) => [name, clip(oneLine(value), room)] as const,
    ),
  ];
}

const LABEL_WIDTH = 12;
