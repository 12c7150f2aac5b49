import type { TaskView } from '../../operations/task-view.ts';
import type { Paint, Tone } from './terminal.ts';
import { clip, oneLine, pad, textWidth } from './text-width.ts';

export interface LineStyle {
  readonly width: number;
  readonly paint: Paint;
}

/** The marks of a list file, for every state. */
export const STATE_MARKS: Readonly<Record<TaskView['state'], string>> = {
  ready: '[ ]',
  blocked: '[ ]',
  delayed: '[ ]',
  excluded: '[ ]',
  removed: '   ',
  running: '[~]',
  waiting: '[~]',
  completed: '[x]',
  failed: '[!]',
  skipped: '[-]',
  cancelled: '[-]',
};

/** The colour of every state. */
export const STATE_TONES: Readonly<Record<TaskView['state'], Tone>> = {
  ready: 'strong',
  blocked: 'dim',
  delayed: 'warn',
  excluded: 'dim',
  removed: 'dim',
  running: 'note',
  waiting: 'warn',
  completed: 'good',
  failed: 'bad',
  skipped: 'dim',
  cancelled: 'dim',
};

const ID_WIDTH_MAX = 24;
const STATE_WIDTH = 9;
/** A reason is worth showing where it says more than the state does. */
const TOLD: readonly TaskView['state'][] = [
  'blocked',
  'delayed',
  'running',
  'waiting',
  'failed',
  'skipped',
  'cancelled',
];

/** One or two lines a task: mark, id, priority, state, text; below it why, where that helps. */
export function taskLines(tasks: readonly TaskView[], style: LineStyle): readonly string[] {
  const idWidth = Math.min(
    ID_WIDTH_MAX,
    tasks.reduce((most, task) => Math.max(most, textWidth(task.taskId)), 2),
  );
  const lines: string[] = [];
  let section: string | null = null;
  for (const task of tasks) {
    if (task.section !== section && task.section !== null) {
      if (lines.length > 0) lines.push('');
      lines.push(style.paint('strong', clip(oneLine(task.section), style.width)));
    }
    section = task.section;
    lines.push(...linesOf(task, idWidth, style));
  }
  return lines;
}

function linesOf(task: TaskView, idWidth: number, { width, paint }: LineStyle): readonly string[] {
  const tone = STATE_TONES[task.state];
  const head = `${STATE_MARKS[task.state]} ${pad(task.taskId, idWidth)} ${task.priority} `;
  const state = pad(task.state, STATE_WIDTH);
  const room = Math.max(10, width - textWidth(head) - STATE_WIDTH - 1);
  const text = clip(oneLine(task.title ?? task.description), room);
  const first = `${head}${paint(tone, state)} ${text}`;
  if (!TOLD.includes(task.state)) return [first];
  const indent = ' '.repeat(4 + idWidth + 1);
  const why = clip(oneLine(task.why), Math.max(10, width - indent.length));
  return [first, `${indent}${paint(task.state === 'failed' ? 'bad' : 'dim', why)}`];
}
