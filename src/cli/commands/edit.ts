import { basename } from 'node:path';
import { PawlError } from '../../domain/errors.ts';
import { editListTask } from '../../operations/edit-list-task.ts';
import { answer } from '../answer.ts';
import type { Invocation } from '../invocation.ts';
import { type EditOptions, taskWishOf } from '../list-edit-options.ts';
import { withListToEdit } from '../list-to-edit.ts';
import { listEditLines } from '../render/list-edit-lines.ts';

/** `pawl edit ID [FILE]`: change a task's line in its list, and its task in the queue. */
export async function editCommand(
  invocation: Invocation,
  said: { readonly ref: string; readonly path: string | null },
  options: EditOptions,
): Promise<number> {
  if (options.id !== undefined) throw anotherTask(said.ref, options.id);
  const dryRun = options.dryRun ?? false;
  return await withListToEdit(invocation, said, options, async (ctx, { loading, taskId }) => {
    const wish = taskWishOf(taskId, options);
    const edited = await editListTask(ctx, { loading, wish, dryRun });
    answer(invocation, 'edit', { ...edited, dryRun }, () => {
      const about = { verb: 'Changed', name: basename(edited.list), dryRun };
      return listEditLines(edited, about, invocation.terminal.paint);
    });
    return edited.queue.kind === 'refused' ? 1 : 0;
  });
}

/** An id is what the queue, the events and other tasks know a task by. */
function anotherTask(ref: string, id: string): PawlError {
  const message =
    `${ref} cannot become ${id}: to the queue that is another task. ` +
    `Add ${id}, and skip ${ref} or take its line out`;
  return new PawlError('usage', message);
}
