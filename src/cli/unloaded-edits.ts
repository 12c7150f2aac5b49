import { isPawlError } from '../domain/errors.ts';
import type { LoadTaskList } from '../operations/load-task-list.ts';
import { previewSync } from '../operations/sync-list.ts';

interface ListName {
  readonly name: string;
  /** Goes on with the list, as it is written in a shell. */
  readonly goOn: string;
}

/**
 * What somebody who comes back to a finished run must know of the list's file: that it was edited
 * since it was loaded, that it lacks marks, or that it cannot be loaded any more. Null when file
 * and queue say the same.
 */
export async function unloadedEdits(
  ctx: Parameters<typeof previewSync>[0],
  load: LoadTaskList,
  { name, goOn }: ListName,
): Promise<string | null> {
  try {
    const { added, updated, moved, archived, marks } = await previewSync(ctx, load);
    if (added + updated + moved + archived > 0) {
      const counts = `${added} added, ${updated + moved} changed, ${archived} removed`;
      return `${name} was edited since it was loaded: ${counts}; ${goOn} takes that over`;
    }
    if (marks.length === 0) return null;
    return `${name} lacks the marks of ${marks.length} tasks; ${goOn} writes them`;
  } catch (error) {
    if (!isPawlError(error)) throw error;
    return `${name} could not be loaded again as it is now: ${error.message}`;
  }
}
