import { durationText } from '../../domain/duration.ts';
import { momentText } from '../../domain/moment-text.ts';
import type { RunOverview } from '../../operations/run-overview.ts';
import { countsText } from './counts.ts';
import { progressBar } from './progress-bar.ts';
import type { Paint } from './terminal.ts';
import { clip, oneLine, pad, textWidth } from './text-width.ts';

/** What a live view shows at one moment. */
export interface RunView {
  readonly nowMs: number;
  /** The list's file, without its folder. */
  readonly name: string;
  readonly startedAtMs: number;
  readonly overview: RunOverview | null;
  readonly running: readonly RunningView[];
  /** What a person should know of the run as a whole: that it is paused, or about to end. */
  readonly notes: readonly string[];
}

export interface RunningView {
  readonly taskId: string;
  readonly description: string;
  readonly attempt: number;
  readonly agent: string | null;
  readonly startedAtMs: number;
  readonly phase: 'agent' | 'verify';
  readonly lastLine: string;
}

export interface ViewSize {
  readonly width: number;
  readonly height: number;
  readonly paint: Paint;
}

const BAR_WIDTH = 28;
/** Lines that are there besides those of running tasks. */
const OTHER_LINES = 12;
const RUNNING_SHOWN_MIN = 2;

/**
 * The lines of the live view, none wider than the terminal and no more than it is high: whoever
 * draws them in place never sees one wrap.
 */
export function runViewLines(view: RunView, size: ViewSize): readonly string[] {
  const lines = [
    '',
    ...headLines(view, size),
    ...runningLines(view, size),
    ...aheadLines(view, size),
    ...view.notes.map((note) => size.paint('warn', clip(` ${oneLine(note)}`, size.width))),
  ];
  return lines.slice(0, Math.max(1, size.height - 1));
}

function headLines({ name, overview, nowMs, startedAtMs }: RunView, size: ViewSize) {
  const { width, paint } = size;
  const took = elapsedText(nowMs - startedAtMs);
  if (overview === null) return [clip(` ${name}  ${took}`, width)];
  const { counts, total } = overview;
  const text = `${countsText(counts, total)}  ${took}`;
  const room = width - BAR_WIDTH - textWidth(text) - 4;
  if (room < 8) return [clip(` ${text}`, width)];
  const bar = progressBar({ counts, total, width: BAR_WIDTH }, paint);
  return [` ${paint('strong', clip(name, room))} ${bar} ${text}`];
}

function runningLines({ running, nowMs }: RunView, size: ViewSize): readonly string[] {
  const { width, height, paint } = size;
  const most = Math.max(RUNNING_SHOWN_MIN, height - OTHER_LINES);
  const shown = running.length > most ? running.slice(0, most - 1) : running;
  const idWidth = Math.min(
    24,
    shown.reduce((widest, task) => Math.max(widest, textWidth(task.taskId)), 0),
  );
  const lines = shown.map((task) => {
    const took = elapsedText(nowMs - task.startedAtMs);
    const attempt = task.attempt > 1 ? ` #${task.attempt}` : '';
    const phase = task.phase === 'verify' ? ' verify' : '';
    const head = ` ● ${pad(task.taskId, idWidth)} ${took.padStart(9)}${attempt}${phase}  `;
    const text = task.lastLine === '' ? task.description : task.lastLine;
    const rest = clip(oneLine(text), Math.max(0, width - textWidth(head)));
    const tone = task.lastLine === '' ? 'strong' : 'dim';
    return `${paint('note', clip(head, width))}${paint(tone, rest)}`;
  });
  const hidden = running.length - shown.length;
  return hidden === 0 ? lines : [...lines, paint('dim', clip(` … ${hidden} more run`, width))];
}

/** Whole seconds: what changes eight times a second cannot be read. */
function elapsedText(ms: number): string {
  return ms < 1_000 ? '0 s' : durationText(Math.floor(ms / 1_000) * 1_000);
}

function aheadLines(
  { overview, nowMs, running }: RunView,
  { width, paint }: ViewSize,
): readonly string[] {
  if (overview === null) return [];
  const lines: string[] = [];
  const say = (label: string, text: string): void => {
    lines.push(paint('dim', clip(`   ${label.padEnd(8)}${oneLine(text)}`, width)));
  };
  // What is stored may be read a moment before what runs is told.
  const ready = overview.next.filter((task) => running.every((one) => one.taskId !== task.taskId));
  if (ready.length > 0) {
    const next = ready.map(({ taskId, description }) => `${taskId} ${description}`);
    const more = overview.ready - overview.next.length;
    say('next', `${next.join(' · ')}${more > 0 ? ` · and ${more} more` : ''}`);
  }
  for (const { taskId, dueAtMs, reason } of overview.delayed) {
    const inText = durationText(Math.max(0, dueAtMs - nowMs));
    const until = `${momentText(dueAtMs, nowMs)} (in ${inText})`;
    say('delayed', `${taskId} until ${until}${reason === null ? '' : `: ${reason}`}`);
  }
  for (const { taskId, why } of overview.waits) say('blocked', `${taskId} ${why}`);
  const more = overview.blocked - overview.waits.length;
  if (more > 0 && overview.waits.length > 0) say('', `and ${more} more blocked`);
  return lines;
}
