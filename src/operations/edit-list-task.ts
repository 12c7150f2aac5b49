import { isTerminal } from '../domain/status.ts';
import { editTask, type TaskWish } from '../listfile/edit/edit-task.ts';
import {
  type EditListFile,
  editListFile,
  type ListEdit,
  type ListEditContext,
} from './edit-list-file.ts';
import { operation } from './operation.ts';

export interface EditListTask extends EditListFile {
  readonly wish: TaskWish;
}

export interface EditedListTask extends ListEdit {
  /** What the edit means for a task that is not queued; null where that goes without saying. */
  readonly meaning: string | null;
}

/**
 * Change a task in its list file, and in the queue if the list is known. Idempotent, but for
 * dependencies that are to be removed.
 *
 * @throws PawlError those of `editTask` and `editListFile`.
 */
export async function editListTask(
  ctx: ListEditContext,
  input: EditListTask,
): Promise<EditedListTask> {
  const { loading, wish } = input;
  const span = { operation: 'edit-list-task', list: loading.path, task: wish.taskId };
  return await operation(ctx, span, async () => {
    const edit = await editListFile(ctx, input, (bytes, { knownBoxes }) =>
      editTask(bytes, wish, { knownBoxes }),
    );
    return { ...edit, meaning: edit.diff === '' ? null : meaningOf(edit) };
  });
}

function meaningOf({ queue }: ListEdit): string | null {
  if (queue.kind !== 'loaded') return null;
  const { status, taskId } = queue.task;
  if (status === 'running') return 'the running attempt goes on with what it was told';
  if (status === 'completed') return `it stays completed; \`pawl requeue ${taskId}\` runs it again`;
  if (isTerminal(status)) return `it stays ${status}; \`pawl retry ${taskId}\` queues it again`;
  return null;
}
