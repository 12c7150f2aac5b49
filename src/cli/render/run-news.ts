import { timeText } from '../../domain/time-text.ts';
import type { Paint, Tone } from './terminal.ts';
import { clip, oneLine } from './text-width.ts';

/** One thing that happened during a run. */
export interface RunNews {
  readonly atMs: number;
  /** The name of the event, such as `task:completed`. */
  readonly kind: string;
  readonly taskId: string | null;
  readonly text: string;
}

const SIGNS: Readonly<Record<string, readonly [sign: string, tone: Tone]>> = {
  'task:completed': ['✔', 'good'],
  'task:failed': ['✖', 'bad'],
  'task:retry': ['↻', 'warn'],
  'task:skipped': ['⊘', 'dim'],
  'task:requeued': ['↺', 'dim'],
  trouble: ['!', 'warn'],
  'store:away': ['!', 'bad'],
  'store:back': ['!', 'good'],
};

/** A line that scrolls by above the live view. */
export function newsLine(
  { kind, taskId, text }: RunNews,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string {
  const [sign, tone] = SIGNS[kind] ?? ['·', 'dim'];
  const id = taskId === null ? '' : `${taskId} `;
  const rest = clip(oneLine(text), Math.max(0, width - id.length - 3));
  return ` ${paint(tone, sign)} ${paint('strong', id)}${rest}`;
}

/** The same where there is no terminal: with the time (UTC) and the event's own name. */
export function plainNewsLine({ atMs, kind, taskId, text }: RunNews): string {
  const parts = [timeText(atMs).slice(0, 19), kind, ...(taskId === null ? [] : [taskId])];
  return [...parts, oneLine(text)].filter((part) => part !== '').join(' ');
}
