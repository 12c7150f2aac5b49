import type { ListTask } from './model.ts';
import { plainText } from './wording.ts';

/** What is compared of a task when one asks whether two lists are one. */
export type ListedTask = Pick<ListTask, 'taskId' | 'explicitId' | 'description'>;

/**
 * Whether a file that turned up is a list whose own file is gone: `same` when at least half of the
 * tasks of either are those of the other, by id and text (by text where the line has no id);
 * `maybe` when it is half of one of them, or a quarter of both.
 */
export function compareLists(
  stored: readonly ListedTask[],
  file: readonly ListedTask[],
): 'same' | 'maybe' | 'other' {
  const equal = countEqual(stored, file);
  if (equal === 0) return 'other';
  const ofStored = equal / stored.length;
  const ofFile = equal / file.length;
  if (Math.min(ofStored, ofFile) >= SAME_SHARE) return 'same';
  const isNear = Math.max(ofStored, ofFile) >= SAME_SHARE;
  return isNear || Math.min(ofStored, ofFile) >= MAYBE_SHARE ? 'maybe' : 'other';
}

/** Of the tasks of either list. */
const SAME_SHARE = 0.5;
const MAYBE_SHARE = 0.25;

function countEqual(left: readonly ListedTask[], right: readonly ListedTask[]): number {
  const counts = new Map<string, number>();
  for (const task of left) counts.set(keyOf(task), (counts.get(keyOf(task)) ?? 0) + 1);
  let equal = 0;
  for (const task of right) {
    const count = counts.get(keyOf(task)) ?? 0;
    if (count === 0) continue;
    counts.set(keyOf(task), count - 1);
    equal += 1;
  }
  return equal;
}

function keyOf({ taskId, explicitId, description }: ListedTask): string {
  return `${explicitId ? taskId : ''}\n${plainText(description)}`;
}
