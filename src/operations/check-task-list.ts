import type { TaskStatus } from '../domain/status.ts';
import type { Finding, ListMark, ListTask } from '../domain/tasklist/model.ts';
import { readAnyList } from '../listfile/file/read-list.ts';
import type { Store } from '../store/store.ts';
import type { LoadTaskList } from './load-task-list.ts';
import { type OperationContext, operation } from './operation.ts';
import { requireListFile } from './resolve-list.ts';

/** A list file as Pawl understands it. Names are a public contract. */
export interface CheckedList {
  readonly list: string;
  readonly title: string | null;
  readonly tasks: readonly CheckedTask[];
  readonly findings: readonly CheckedFinding[];
  /** What the findings are about. */
  readonly text: string;
}

export interface CheckedTask extends ListTask {
  readonly list: string;
  /** As its mark says; what has none is queued. */
  readonly status: TaskStatus;
}

export interface CheckedFinding extends Finding {
  readonly list: string;
}

/**
 * Read a list file for what would become of it, errors included. Needs no project, changes nothing.
 *
 * @throws PawlError `list_unreadable`, `list_not_a_file`, `list_not_text`, `list_too_large`,
 *   `deadline_exceeded`, `aborted`.
 */
export async function checkTaskList(
  {
    store = null,
    ...ctx
  }: Pick<OperationContext, 'world' | 'log'> & { readonly store?: Store | null },
  { path, ...options }: Pick<LoadTaskList, 'path' | 'listBytesMax' | 'signal'>,
): Promise<CheckedList> {
  return await operation(ctx, { operation: 'check-task-list', list: path }, async () => {
    await requireListFile({ ...ctx, store }, path);
    const { document, source } = await readAnyList(ctx.world, path, options);
    const { title, tasks, findings } = document;
    return {
      list: path,
      title,
      tasks: tasks.map((task) => ({ list: path, ...task, status: statusOf(task.mark) })),
      findings: findings.map((finding) => ({ list: path, ...finding })),
      text: source.text,
    };
  });
}

/** The status that a mark says, before anything else is known. */
export function statusOf(mark: ListMark): TaskStatus {
  return mark === 'none' ? 'queued' : mark;
}
