import { addTask, type NewTask } from '../listfile/edit/add-task.ts';
import {
  type EditListFile,
  editListFile,
  type ListEdit,
  type ListEditContext,
} from './edit-list-file.ts';
import { operation } from './operation.ts';

export interface AddListTask extends EditListFile {
  readonly task: NewTask;
}

/**
 * Add a task to a list file, written as the list writes its own, and to the queue if the list is
 * known. Calling it twice adds two tasks.
 *
 * @throws PawlError those of `addTask` and `editListFile`.
 */
export async function addListTask(ctx: ListEditContext, input: AddListTask): Promise<ListEdit> {
  const span = { operation: 'add-list-task', list: input.loading.path };
  return await operation(ctx, span, () =>
    editListFile(ctx, input, (bytes, { knownBoxes, storedIds }) =>
      addTask(bytes, input.task, { knownBoxes, formerIds: storedIds }),
    ),
  );
}
