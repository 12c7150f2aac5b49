import type { ListTask } from './model.ts';
import type { StoredTask } from './stored-task.ts';
import { plainText, similarity, similarPairs, wordingOf } from './wording.ts';

/**
 * Lines that were given an id since they were last seen, or lost it, or spell it in other letters:
 * by the new id, the row that each goes on with. Certain is the id but for upper and lower case,
 * else the same text, first in the same section, then anywhere, in order.
 * A row of which it was doubtful whether it is this task is left out: its new id is the answer.
 */
export function relabelledTasks(
  newcomers: readonly ListTask[],
  leaving: readonly StoredTask[],
): ReadonlyMap<string, StoredTask> {
  const found = respelled(newcomers, leaving);
  const used = new Set(found.values());
  const inSection = ({ section, description }: Text): string =>
    `${plainText(section ?? '')}\n${plainText(description)}`;
  for (const textOf of [inSection, ({ description }: Text) => plainText(description)]) {
    const key = (task: Text, explicit: boolean): string => `${explicit}\n${textOf(task)}`;
    const free = leaving.filter((row) => row.doubtful !== true && !used.has(row));
    const rows = Map.groupBy(free.reverse(), (row) => key(row, row.explicitId));
    for (const task of newcomers) {
      if (found.has(task.taskId)) continue;
      const row = rows.get(key(task, !task.explicitId))?.pop();
      if (row === undefined) continue;
      found.set(task.taskId, row);
      used.add(row);
    }
  }
  return found;
}

/** `A-1` and `a-1` are one id wherever somebody names a task; so they are in its own line. */
function respelled(
  newcomers: readonly ListTask[],
  leaving: readonly StoredTask[],
): Map<string, StoredTask> {
  const rows = new Map(
    leaving.filter((row) => row.explicitId).map((row) => [row.taskId.toLowerCase(), row]),
  );
  const found = new Map<string, StoredTask>();
  for (const { taskId, explicitId } of newcomers) {
    const row = explicitId ? rows.get(taskId.toLowerCase()) : undefined;
    if (row === undefined) continue;
    found.set(taskId, row);
    rows.delete(taskId.toLowerCase());
  }
  return found;
}

type Text = Pick<ListTask, 'section' | 'description'>;

/** A row whose text has left the file: it was removed, or stands under other words now. */
export interface FormerText {
  readonly row: StoredTask;
  /** The row's line now; null when it has none. */
  readonly now: ListTask | null;
}

/** By how much a row's own new words must be nearer than a newcomer's for the case to be clear. */
export const CLEAR_MARGIN = 0.1;

/**
 * New lines without an id that may be the rewording of a task that something came of already: by
 * their task id, that task; null where too many lines changed at once to say which. They must not
 * run before a person has said what they are.
 */
export function doubtfulNewcomers(
  newcomers: readonly ListTask[],
  former: readonly FormerText[],
): ReadonlyMap<string, StoredTask | null> {
  const boxes = newcomers.filter((task) => !task.explicitId);
  const doubts = new Map<string, StoredTask | null>();
  if (boxes.length === 0 || former.length === 0) return doubts;
  const pairs = similarPairs(
    boxes.map((task) => task.description),
    former.map(({ row }) => row.description),
  );
  if (pairs === null) return new Map(boxes.map((task) => [task.taskId, null]));
  for (const pair of pairs) {
    const { taskId } = boxes[pair.left] as ListTask;
    const { row, now } = former[pair.right] as FormerText;
    const own =
      now === null ? 0 : similarity(wordingOf(row.description), wordingOf(now.description));
    if (pair.similarity > own - CLEAR_MARGIN && !doubts.has(taskId)) doubts.set(taskId, row);
  }
  return doubts;
}
