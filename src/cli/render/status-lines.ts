import { durationText } from '../../domain/duration.ts';
import type { ListStatus } from '../../operations/get-status.ts';
import { countsText } from './counts.ts';
import { progressBar } from './progress-bar.ts';
import type { LineStyle } from './task-lines.ts';
import { clip, oneLine } from './text-width.ts';

/** Where a list stands, in a few lines. */
export function statusLines(status: ListStatus, { width, paint }: LineStyle): readonly string[] {
  const { executor, counts, total } = status;
  const who = [executor.process, executor.servers].filter((one) => one !== null);
  const by = who.length === 0 ? 'nothing executes it' : `executed by ${who.join(' and ')}`;
  const state = executor.status === 'paused' ? 'paused, ' : '';
  const title = status.title === null ? '' : paint('dim', `  ${oneLine(status.title)}`);
  const lines = [
    `${paint('strong', status.list)}${title}`,
    `  ${progressBar({ counts, total, width: 24 }, paint)} ${countsText(counts, total)}`,
    `  ${paint('dim', `${state}${by}`)}`,
  ];
  for (const task of status.running) {
    const took = durationText(task.elapsedMs);
    const by = task.agent === null ? '' : ` by ${task.agent}`;
    const who = task.process === null ? '' : paint('dim', `  ${task.process}`);
    lines.push(
      `  ${paint('note', 'runs')}    ${task.taskId}  ${took}, attempt ${task.attempt}${by}${who}`,
    );
  }
  for (const task of status.next) {
    const text = clip(`${task.taskId}  ${oneLine(task.description)}`, Math.max(10, width - 10));
    lines.push(`  ${paint('strong', 'next')}    ${text}`);
  }
  const waits = [
    ...(status.blocked > 0 ? [`${status.blocked} blocked`] : []),
    ...(status.delayed > 0
      ? [`${status.delayed} delayed, the next until ${status.nextDueAt}`]
      : []),
    ...(status.excluded > 0 ? [`${status.excluded} excluded by --min-priority`] : []),
  ];
  if (waits.length > 0) lines.push(`  ${paint('dim', `waits   ${waits.join(', ')}`)}`);
  return lines;
}
