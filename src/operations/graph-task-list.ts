import { parentOfList } from '../domain/breakdown/list-path.ts';
import { isPawlError, PawlError } from '../domain/errors.ts';
import type { TaskStatus } from '../domain/status.ts';
import { type GraphedTask, type TaskGraph, taskGraph } from '../domain/task-graph.ts';
import type { ListDocument, ListTask } from '../domain/tasklist/model.ts';
import { readAnyList } from '../listfile/file/read-list.ts';
import type { Store, TaskLine } from '../store/store.ts';
import { statusOf } from './check-task-list.ts';
import type { LoadTaskList } from './load-task-list.ts';
import { type OperationContext, operation } from './operation.ts';

export interface GraphTaskList extends Pick<LoadTaskList, 'path' | 'listBytesMax' | 'signal'> {
  /** Leave out what is over. */
  readonly openOnly?: boolean;
  /** Only this task, what it waits for and what waits for it. */
  readonly around?: string;
}

export interface ListGraph extends TaskGraph {
  readonly list: string;
  readonly title: string | null;
}

/**
 * The dependency graph of a list: as its file says, with the states that the store has where it
 * knows the list, else by the marks. A list without a file of its own is drawn as stored. Reads
 * only; a cycle is drawn, not refused.
 *
 * @throws PawlError `task_not_found` (of `around`), `list_empty`, and those of `readAnyList`.
 */
export async function graphTaskList(
  ctx: Omit<OperationContext, 'store'> & { readonly store: Store | null },
  { path, openOnly = false, around, ...reading }: GraphTaskList,
): Promise<ListGraph> {
  return await operation(ctx, { operation: 'graph-task-list', list: path }, async () => {
    const known = (await ctx.store?.listByPath(path)) ?? null;
    const stored = known === null ? [] : ((await ctx.store?.tasks({ listId: known.listId })) ?? []);
    if (known === null && parentOfList(path) !== null) {
      throw new PawlError('breakdown_not_found', `there is no ${path}`, { details: { path } });
    }
    const document = await documentOf(ctx, path, { ...reading, isKnown: known !== null });
    const tasks = document === null ? stored.map(fromStore) : fromDocument(document, stored);
    if (tasks.length === 0) {
      const findings = document?.findings ?? [];
      throw new PawlError('list_empty', `${path} holds no task that Pawl takes`, {
        details: { path, findings },
      });
    }
    const focus = around === undefined ? {} : { around: taskMeant(tasks, around) };
    const graph = taskGraph(tasks, {
      nowMs: ctx.world.clock.now(),
      onDepFailure: known?.executor.onDepFailure ?? 'skip',
      openOnly,
      ...focus,
    });
    return { list: path, title: document?.title ?? known?.title ?? null, ...graph };
  });
}

/** Null for a list that is known and has no file (any more) that can be read. */
async function documentOf(
  { world }: Pick<OperationContext, 'world'>,
  path: string,
  { isKnown, ...reading }: Omit<GraphTaskList, 'path'> & { readonly isKnown: boolean },
): Promise<ListDocument | null> {
  if (parentOfList(path) !== null) return null;
  try {
    return (await readAnyList(world, path, reading)).document;
  } catch (error) {
    if (isKnown && isPawlError(error, 'list_unreadable')) return null;
    throw error;
  }
}

function fromDocument(
  { tasks }: ListDocument,
  stored: readonly TaskLine[],
): readonly GraphedTask[] {
  const byId = new Map(stored.map((task) => [task.taskId, task]));
  return tasks.map((task) => {
    const known = byId.get(task.taskId);
    return {
      ...shown(task),
      dependencies: task.dependencies,
      onDepFailure: task.onDepFailure,
      ...(known === undefined
        ? { status: statusOf(task.mark), dueAtMs: 0, durationMs: null }
        : { ...timesOf(known), status: statusNow(task, known.status) }),
    };
  });
}

/** The store knows better than the file, except of a task that was ticked or skipped by hand. */
function statusNow({ mark }: ListTask, stored: TaskStatus): TaskStatus {
  if (stored !== 'queued') return stored;
  return mark === 'completed' || mark === 'skipped' ? mark : 'queued';
}

function fromStore(task: TaskLine): GraphedTask {
  const { status, dependencies } = task;
  const description = task.title ?? task.description;
  const facts = { status, dependencies, onDepFailure: null };
  return { ...shown(task), description, ...timesOf(task), ...facts };
}

function shown({
  taskId,
  description,
  section,
  priority,
}: ListTask | TaskLine): Pick<GraphedTask, 'taskId' | 'description' | 'section' | 'priority'> {
  return { taskId, description, section, priority };
}

function timesOf({
  status,
  dueAtMs,
  startedAtMs,
  endedAtMs,
}: TaskLine): Pick<GraphedTask, 'dueAtMs' | 'durationMs'> {
  const isTimed = status === 'completed' && startedAtMs !== null && endedAtMs !== null;
  return { dueAtMs, durationMs: isTimed ? Math.max(0, endedAtMs - startedAtMs) : null };
}

/** Its id as written, or the only one that is the same but for capitals. */
function taskMeant(tasks: readonly GraphedTask[], written: string): string {
  const same = (task: GraphedTask): boolean => task.taskId.toLowerCase() === written.toLowerCase();
  const found = tasks.find((task) => task.taskId === written) ?? onlyOf(tasks.filter(same));
  if (found !== undefined) return found.taskId;
  throw new PawlError('task_not_found', `the list has no task ${written}`, {
    details: { ref: written },
  });
}

function onlyOf<T>(values: readonly T[]): T | undefined {
  return values.length === 1 ? values[0] : undefined;
}
