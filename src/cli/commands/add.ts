import { basename } from 'node:path';
import { addListTask } from '../../operations/add-list-task.ts';
import { answer } from '../answer.ts';
import type { Invocation } from '../invocation.ts';
import { type AddOptions, newTaskOf } from '../list-edit-options.ts';
import { withListToEdit } from '../list-to-edit.ts';
import { listEditLines } from '../render/list-edit-lines.ts';

/** `pawl add TEXT [FILE]`: a new line in a list, and its task in the queue. */
export async function addCommand(
  invocation: Invocation,
  said: { readonly text: string; readonly path: string | null },
  options: AddOptions,
): Promise<number> {
  const task = newTaskOf(said.text, options);
  const dryRun = options.dryRun ?? false;
  const { path } = said;
  return await withListToEdit(invocation, { path, ref: null }, options, async (ctx, list) => {
    const added = await addListTask(ctx, { loading: list.loading, task, dryRun });
    answer(invocation, 'add', { ...added, dryRun }, () => {
      const about = { verb: 'Added', name: basename(added.list), dryRun };
      return listEditLines(added, about, invocation.terminal.paint);
    });
    return added.queue.kind === 'refused' ? 1 : 0;
  });
}
