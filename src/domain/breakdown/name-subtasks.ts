import type { CheckedSubtask } from './plan-model.ts';

const SUBTASK_DIGITS = 6;
const PARENT_DIGITS = 8;

/** A subtask with its task id, and the task ids that it waits for. */
export interface NamedSubtask extends Omit<CheckedSubtask, 'taskId' | 'dependencies'> {
  readonly taskId: string;
  readonly dependencies: readonly string[];
}

/**
 * Give those an id that have none: the specialist and six hexadecimal digits, as users of older
 * servers know them. `taken` are the ids that the breakdown ever had.
 */
export function nameSubtasks(
  subtasks: readonly CheckedSubtask[],
  taken: ReadonlySet<string>,
  chance: () => number,
): readonly NamedSubtask[] {
  const given = new Set(taken);
  for (const { taskId } of subtasks) if (taskId !== null) given.add(taskId);
  const ids = subtasks.map(({ taskId, specialistType }) => {
    if (taskId !== null) return taskId;
    const first = chance();
    for (let further = 0; ; further += 1) {
      const id = `${prefixOf(specialistType)}_${hexOf(first, further, SUBTASK_DIGITS)}`;
      if (given.has(id)) continue;
      given.add(id);
      return id;
    }
  });
  return subtasks.map((subtask, index) => ({
    ...subtask,
    taskId: ids[index] as string,
    dependencies: subtask.dependencies.map((one) =>
      typeof one === 'number' ? (ids[one] as string) : one,
    ),
  }));
}

/** The `further`-th id of a parent task from one chance, as users of older servers know them. */
export function parentId(chance: number, further: number): string {
  return `task_${hexOf(chance, further, PARENT_DIGITS)}`;
}

function prefixOf(specialistType: string | null): string {
  return specialistType === null ? 'subtask' : specialistType.replaceAll('.', '_');
}

/** From one place on, one number after the other: with any chance a free one is found. */
function hexOf(chance: number, further: number, digits: number): string {
  const count = 16 ** digits;
  const value = (Math.floor(chance * count) + further) % count;
  return value.toString(16).padStart(digits, '0');
}
