import { isPawlError } from '../domain/errors.ts';
import { markOf } from '../domain/tasklist/mark.ts';
import { readList } from '../listfile/file/read-list.ts';
import type { ListRecord } from '../store/store.ts';
import type { OperationContext } from './operation.ts';

/** How many marks a list's file really lacks: what is owed may stand there already. */
export async function missingMarks(
  { store, world }: Pick<OperationContext, 'store' | 'world'>,
  { listId, path }: ListRecord,
): Promise<number> {
  const { tasks } = await store.marksOwed(listId);
  if (tasks.length === 0) return 0;
  try {
    const knownBoxes = await store.knownBoxes(listId);
    const { document, places } = await readList(world, path, { knownBoxes });
    const shown = new Map(document.tasks.map((task) => [task.taskId, task.mark]));
    const lacking = tasks.filter(
      ({ taskId, status }) => places.has(taskId) && shown.get(taskId) !== markOf(status),
    );
    return lacking.length;
  } catch (error) {
    if (!isPawlError(error)) throw error;
    return 0; // a list that cannot be read lacks more than marks, and is told by other checks
  }
}
