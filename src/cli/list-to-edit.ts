import { peekWorkspace } from '../app/peek-workspace.ts';
import { isPawlError, PawlError } from '../domain/errors.ts';
import type { ListEditContext } from '../operations/edit-list-file.ts';
import type { LoadTaskList } from '../operations/load-task-list.ts';
import { resolveList } from '../operations/resolve-list.ts';
import { findTask } from '../operations/resolve-task.ts';
import { inProject } from './in-project.ts';
import type { Invocation } from './invocation.ts';
import type { ListEditOptions } from './list-edit-options.ts';
import { loadingOf } from './load-options.ts';

/** As it was said. */
export interface Meant {
  /** Absolute; null for the list of the task, or the only one that is known. */
  readonly path: string | null;
  /** Null where no task is meant. */
  readonly ref: string | null;
}

export interface ListToEdit {
  readonly loading: LoadTaskList;
  /** By its id in the list; as it was said where the store does not know it. */
  readonly taskId: string;
}

/**
 * Work on a list in its project, or on the file alone where there is none: no project is made for
 * it. With `--dry-run` nothing at all is made.
 */
export async function withListToEdit<T>(
  invocation: Invocation,
  meant: Meant,
  options: ListEditOptions,
  work: (ctx: ListEditContext, list: ListToEdit) => Promise<T>,
): Promise<T> {
  const { path } = meant;
  const within = async (ctx: ListEditContext): Promise<T> => {
    const { path: known, taskId } = await find(ctx, meant);
    return await work(ctx, { loading: await loadingOf(ctx, { path: known }, options), taskId });
  };
  const peeked = await peekWorkspace({
    dir: invocation.dir,
    ...(path === null ? {} : { listPath: path }),
  });
  try {
    const isThere = peeked.store !== null || peeked.storeError !== null;
    if (options.dryRun === true || !isThere) return await within(peeked);
  } finally {
    await peeked.close();
  }
  return await inProject(invocation, { listPath: path }, within);
}

async function find(
  { store, world, log }: ListEditContext,
  { path, ref }: Meant,
): Promise<{ readonly path: string; readonly taskId: string }> {
  const said = ref ?? '';
  if (store === null) {
    if (path === null) throw new PawlError('usage', 'no list was loaded here yet: name its file');
    return { path, taskId: said };
  }
  const ctx = { store, world, log };
  const list = path === null ? null : await unless('list_not_found', resolveList(ctx, path));
  if (path !== null && list === null) return { path, taskId: said };
  if (ref !== null) {
    const task = await unless('task_not_found', findTask(ctx, ref, list?.listId ?? null));
    if (task !== null) return { path: task.list, taskId: task.taskId };
  }
  return { path: (list ?? (await resolveList(ctx, null))).path, taskId: said };
}

/** A task that the store does not know may be in the file all the same. */
async function unless<T>(
  code: 'list_not_found' | 'task_not_found',
  found: Promise<T>,
): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (isPawlError(error, code)) return null;
    throw error;
  }
}
