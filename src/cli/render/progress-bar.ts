import type { TaskStatus } from '../../domain/status.ts';
import type { Paint } from './terminal.ts';

export interface Progress {
  readonly counts: Readonly<Record<TaskStatus, number>>;
  readonly total: number;
  /** Columns. */
  readonly width: number;
}

/** What is over on the left (completed, then failed, then left out), what is left on the right. */
export function progressBar({ counts, total, width }: Progress, paint: Paint): string {
  const out = counts.skipped + counts.cancelled;
  const [done, failed, left] = shares([counts.completed, counts.failed, out], total, width);
  const rest = width - done - failed - left;
  return (
    paint('good', '━'.repeat(done)) +
    paint('bad', '━'.repeat(failed)) +
    paint('warn', '━'.repeat(left)) +
    paint('dim', '─'.repeat(rest))
  );
}

/** Columns for each count: what is there is seen, and it is not full before it is over. */
function shares(
  counts: readonly [number, number, number],
  total: number,
  width: number,
): readonly [number, number, number] {
  if (total === 0) return [0, 0, 0];
  const sum = counts[0] + counts[1] + counts[2];
  const room = sum === total ? width : Math.min(width - 1, Math.floor((sum / total) * width));
  const [, failed, out] = counts.map((count) =>
    count === 0 ? 0 : Math.max(1, Math.floor((count / total) * width)),
  ) as unknown as [number, number, number];
  const shownFailed = Math.min(failed, room);
  const shownOut = Math.min(out, room - shownFailed);
  return [room - shownFailed - shownOut, shownFailed, shownOut];
}
