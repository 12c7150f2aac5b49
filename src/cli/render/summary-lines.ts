import { durationText } from '../../domain/duration.ts';
import type { RunSummary, SummaryTask } from '../../operations/summarize-run.ts';
import { countsText } from './counts.ts';
import { quoted } from './quoted.ts';
import type { LineStyle } from './task-lines.ts';
import { clip, oneLine } from './text-width.ts';

export interface SummaryFacts {
  readonly durationMs: number;
  /** The command that goes on with the list. */
  readonly goOn: string;
  /** How Pawl was called. */
  readonly command: string;
  readonly logFile: string;
}

const SHOWN = 10;

/** What came of a run, and where to look next. */
export function summaryLines(
  summary: RunSummary,
  { durationMs, goOn, command, logFile }: SummaryFacts,
  style: LineStyle,
): readonly string[] {
  const { paint } = style;
  const { failed, skipped, left, counts, total } = summary;
  const isDone = counts.completed === total;
  const sign = isDone ? paint('good', '✔') : paint(failed.length > 0 ? 'bad' : 'warn', '■');
  return [
    '',
    `${sign} ${paint('strong', countsText(counts, total))} in ${durationText(durationMs)}`,
    ...group('failed', failed, style),
    ...group('skipped', skipped, style),
    ...group('left', left, style),
    ...nextSteps(summary, { goOn, command }).map((line) => paint('dim', `  ${line}`)),
    ...(failed.length > 0 ? [paint('dim', `  Pawl's own log: ${logFile}`)] : []),
  ];
}

function group(
  label: string,
  tasks: readonly SummaryTask[],
  { width, paint }: LineStyle,
): readonly string[] {
  const lines = tasks.slice(0, SHOWN).map((task) => {
    const tone = task.status === 'failed' ? 'bad' : 'dim';
    const head = `  ${paint(tone, label)} ${task.taskId} `;
    const plainWidth = label.length + task.taskId.length + 4;
    return head + clip(oneLine(task.why), Math.max(10, width - plainWidth));
  });
  const hidden = tasks.length - lines.length;
  return hidden > 0 ? [...lines, paint('dim', `  ... and ${hidden} more ${label}`)] : lines;
}

function nextSteps(
  { failed, left, counts }: RunSummary,
  { goOn, command }: Pick<SummaryFacts, 'goOn' | 'command'>,
): readonly string[] {
  const [firstFailed] = failed;
  const [firstLeft] = left;
  const steps: (readonly [string, string])[] = [];
  if (firstFailed !== undefined) {
    const { taskId } = firstFailed;
    steps.push([`${command} logs ${quoted(taskId)}`, 'what its agent wrote']);
    steps.push([`${command} retry ${quoted(taskId)} && ${goOn}`, 'try again']);
  }
  if (firstLeft !== undefined) {
    steps.push([`${command} why ${quoted(firstLeft.taskId)}`, 'what it waits for']);
  }
  if (counts.completed > 0) {
    steps.push([`${command} list`, 'every task']);
    steps.push([`${command} show ID`, 'one task with its attempts']);
  }
  const widest = Math.max(0, ...steps.map(([step]) => step.length));
  return steps.map(([step, about]) => `${step.padEnd(widest)}  ${about}`);
}
