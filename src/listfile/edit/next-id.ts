import { PawlError } from '../../domain/errors.ts';
import type { ListTask } from '../../domain/tasklist/model.ts';

/**
 * The next free id of the series that the neighbours' ids belong to: `API-003` is followed by
 * `API-004`, with as many digits. `taken` are all ids that the list ever had.
 *
 * @throws PawlError `task_id_needed` when the ids belong to no series, or to several.
 */
export function nextId(neighbours: readonly ListTask[], taken: ReadonlySet<string>): string {
  const series = neighbours.filter((task) => task.explicitId).map((task) => seriesOf(task.taskId));
  const prefixes = new Set(series.map((one) => one?.prefix));
  const [last] = series.slice(-1);
  if (last == null || prefixes.size !== 1) {
    const ids = neighbours.slice(0, 3).map((task) => task.taskId);
    throw new PawlError(
      'task_id_needed',
      `the ids beside it (${ids.join(', ')}) do not say what the next one is`,
    );
  }
  const { prefix, width } = last;
  let number = Math.max(...series.map((one) => one?.number ?? 0));
  for (;;) {
    // Above it there may be a section that shares the letters, or a task that left the list.
    number += 1;
    const id = prefix + String(number).padStart(width, '0');
    if (!taken.has(id)) return id;
  }
}

function seriesOf(id: string): { prefix: string; number: number; width: number } | null {
  const match = /^(.*?)(\d{1,9})$/u.exec(id);
  if (match === null) return null;
  const digits = match[2] as string;
  return { prefix: match[1] as string, number: Number(digits), width: digits.length };
}
