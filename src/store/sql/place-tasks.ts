import type { PlaceChange } from '../../domain/tasklist/places.ts';
import { change, row, type SqlValue, type Verb } from './verb.ts';

/** Runs of rows that one statement shifts; a list shuffled more than this is placed row by row. */
const RUNS_MAX = 50;

const PLACE = 'UPDATE task_queue SET position = ?, line = ? WHERE id = ?';
const DOUBLE =
  'SELECT 1 AS found FROM task_queue WHERE task_list_path = ? AND archived_at_ms IS NULL ' +
  'GROUP BY position HAVING count(*) > 1 LIMIT 1';

interface Run {
  /** The positions it has now, both included. */
  readonly first: number;
  last: number;
  readonly shift: number;
  readonly lineShift: number;
}

/**
 * Give rows of a list their place in the file: where whole stretches moved by the same number of
 * rows, as when one was inserted at the top of 10,000, all in one statement. No event: nothing
 * happened to the tasks.
 */
export function* placeTasks(
  path: string,
  places: readonly PlaceChange[],
  staying: readonly number[],
): Verb<void> {
  if (places.length === 0) return;
  const runs = runsOf(places, staying);
  const worthIt = runs.length <= RUNS_MAX && runs.length < places.length;
  if (worthIt && (yield* row<{ found: number }>(DOUBLE, path)) === undefined) {
    yield* shiftRuns(path, runs);
    return;
  }
  for (const { id, to } of places) yield* change(PLACE, to.position, to.line, id);
}

/** `staying`: positions of rows of the list that stay where they are; no run reaches over them. */
function runsOf(places: readonly PlaceChange[], staying: readonly number[]): readonly Run[] {
  const steps = [
    ...places.map(({ from, to }) => ({
      position: from.position,
      shift: to.position - from.position,
      lineShift: to.line - from.line,
    })),
    ...staying.map((position) => ({ position, shift: 0, lineShift: 0 })),
  ].sort((a, b) => a.position - b.position);
  const runs: Run[] = [];
  for (const { position, shift, lineShift } of steps) {
    const run = runs.at(-1);
    if (run?.shift === shift && run.lineShift === lineShift) run.last = position;
    else runs.push({ first: position, last: position, shift, lineShift });
  }
  return runs.filter((run) => run.shift !== 0 || run.lineShift !== 0);
}

/** All at once: a run may move to where another one stands. */
function* shiftRuns(path: string, runs: readonly Run[]): Verb<void> {
  const by = runs.map(() => 'WHEN position BETWEEN ? AND ? THEN CAST(? AS bigint)').join(' ');
  const within = runs.map(() => 'position BETWEEN ? AND ?').join(' OR ');
  const ends = (run: Run): SqlValue[] => [run.first, run.last];
  yield* change(
    `UPDATE task_queue SET position = position + CASE ${by} END, line = line + CASE ${by} END ` +
      `WHERE task_list_path = ? AND archived_at_ms IS NULL AND (${within})`,
    ...runs.flatMap((run) => [...ends(run), run.shift]),
    ...runs.flatMap((run) => [...ends(run), run.lineShift]),
    path,
    ...runs.flatMap(ends),
  );
}
