import { specialistName } from '../domain/breakdown/check-content.ts';
import { parentOfList } from '../domain/breakdown/list-path.ts';
import { PawlError } from '../domain/errors.ts';
import { Explainer } from '../domain/explain.ts';
import { readStatus, type TaskStatus } from '../domain/status.ts';
import type { PagedTask, TaskArtifact, TaskPageQuery } from '../store/task-pages.ts';
import { resolveBreakdown } from './breakdown-view.ts';
import { byTaskId, readListSituation } from './list-situation.ts';
import { type OperationContext, operation, underSignal } from './operation.ts';
import { cursorOf, readCursor } from './page-cursor.ts';
import { resolveList } from './resolve-list.ts';
import { type TaskView, taskView } from './task-view.ts';

/** What is left out does not matter; all that is said must hold. */
export interface QueryTasks {
  /** Parent ids of breakdowns. */
  readonly parentTaskIds?: readonly string[];
  /** Paths of lists. */
  readonly lists?: readonly string[];
  /** Statuses in anybody's words, or `ready`, `delayed`, `blocked` of queued tasks. */
  readonly states?: readonly string[];
  readonly specialistTypes?: readonly string[];
  /** Tasks with all of these. */
  readonly labels?: readonly string[];
  readonly text?: string;
  /** Milliseconds UTC: from (included) and to (excluded). */
  readonly createdFromMs?: number;
  readonly createdToMs?: number;
  readonly updatedFromMs?: number;
  readonly updatedToMs?: number;
  readonly archived?: 'no' | 'only' | 'too';
  readonly withArtifacts?: boolean;
  /** Default 50, at most 500. */
  readonly limit?: number;
  readonly cursor?: string | null;
  readonly signal?: AbortSignal;
}

export interface FoundTask extends TaskView {
  /** Of a subtask. */
  readonly parentTaskId: string | null;
  readonly labels: readonly string[];
  readonly resultSummary: string | null;
  readonly archived: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Empty unless they were asked for. */
  readonly artifacts: readonly TaskArtifact[];
}

export interface FoundTasks {
  readonly tasks: readonly FoundTask[];
  /** Asks for the next page; null on the last one. */
  readonly cursor: string | null;
}

const LIMIT = 50;
const READINESS = ['ready', 'delayed', 'blocked'] as const;
type Readiness = (typeof READINESS)[number];

/**
 * Tasks of all lists by what is said of them, a page at a time, each with the reason why it is
 * where it is. A page begins behind the last task of the one before: nothing is shown twice.
 *
 * @throws PawlError `usage` (an unknown state), `list_not_found`, `breakdown_not_found`,
 *   `cursor_invalid`.
 */
export async function queryTasks(ctx: OperationContext, input: QueryTasks): Promise<FoundTasks> {
  return await operation(ctx, { operation: 'query-tasks' }, async () => {
    const { cursor, limit = LIMIT, signal, ...about } = input;
    const within = underSignal(ctx, signal);
    const after = readCursor(about, cursor, { list: '', position: 0, id: '' });
    const { parentTaskIds: _parents, lists: _lists, states, specialistTypes, ...rest } = about;
    const listIds = await listIdsOf(within, about);
    const page = await within.store.taskPage({
      ...rest,
      ...statesOf(states),
      ...(specialistTypes && {
        specialistTypes: specialistTypes.map((name) => specialistName(name) ?? name),
      }),
      ...(listIds && { listIds }),
      ...(after && { after }),
      limit,
    });
    return {
      tasks: await explained(within, page.tasks),
      cursor: cursorOf(about, page.next === null ? null : { ...page.next }),
    };
  });
}

function statesOf(
  states: readonly string[] | undefined,
): Pick<TaskPageQuery, 'statuses' | 'readiness'> {
  if (states === undefined || states.length === 0) return {};
  const statuses: TaskStatus[] = [];
  const readiness: Readiness[] = [];
  for (const word of states) {
    const derived = READINESS.find((one) => one === word.trim().toLowerCase());
    const status = derived === undefined ? readStatus(word) : null;
    if (derived !== undefined) readiness.push(derived);
    else if (status !== null) statuses.push(status);
    else throw new PawlError('usage', `${word} is no status of a task`);
  }
  return { statuses, readiness };
}

/** Null: all of them. */
async function listIdsOf(
  ctx: OperationContext,
  { parentTaskIds, lists }: Pick<QueryTasks, 'parentTaskIds' | 'lists'>,
): Promise<readonly string[] | null> {
  if (parentTaskIds === undefined && lists === undefined) return null;
  const breakdowns = await Promise.all(
    (parentTaskIds ?? []).map((id) => resolveBreakdown(ctx, id)),
  );
  const named = await Promise.all((lists ?? []).map((path) => resolveList(ctx, path)));
  return [...breakdowns, ...named].map(({ listId }) => listId);
}

/** Each list's situation is read once, and of each list the tasks that these wait for. */
async function explained(
  ctx: OperationContext,
  tasks: readonly PagedTask[],
): Promise<readonly FoundTask[]> {
  const views = new Map<string, FoundTask>();
  for (const [listId, some] of Map.groupBy(tasks, (task) => task.listId)) {
    const list = await ctx.store.list(listId);
    if (list === null) continue;
    const isBlocked = some.some((task) => task.pendingDeps > 0);
    const all = isBlocked ? await ctx.store.tasks({ listId, archived: true }) : some;
    const situation = await readListSituation(ctx, list);
    const explainer = new Explainer(situation.around(byTaskId(all)));
    for (const task of some) {
      views.set(task.id, {
        ...taskView(task, explainer.explain(task)),
        parentTaskId: parentOfList(task.list),
        labels: task.labels,
        resultSummary: task.resultSummary,
        archived: task.archivedAtMs !== null,
        createdAt: task.createdAt,
        updatedAt: task.updatedAt,
        artifacts: task.artifacts,
      });
    }
  }
  return tasks.flatMap((task) => views.get(task.id) ?? []);
}
