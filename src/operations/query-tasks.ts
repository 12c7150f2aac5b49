import { specialistName } from '../domain/breakdown/check-content.ts';
import { parentOfList } from '../domain/breakdown/list-path.ts';
import { isPawlError, PawlError } from '../domain/errors.ts';
import { Explainer } from '../domain/explain.ts';
import { readStatus, type TaskStatus } from '../domain/status.ts';
import type { ListSummary } from '../store/store.ts';
import type { PagedTask, TaskArtifact, TaskPageQuery } from '../store/task-pages.ts';
import { findBreakdown } from './breakdown-view.ts';
import { byTaskId, readListSituation } from './list-situation.ts';
import { lookUpLists } from './look-up-lists.ts';
import type { OlderPlan, OlderTask } from './older-store.ts';
import { type OperationContext, operation, underSignal } from './operation.ts';
import { cursorOf, readCursor } from './page-cursor.ts';
import { siftOlderTasks } from './sift-older-tasks.ts';
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
  /** Those that only the older store has: they come behind the last one of all the others. */
  readonly legacy: readonly OlderTask[];
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
    const { listIds, parents } = await placesOf(within, about);
    // First of all: what is taken over meanwhile is shown twice rather than not at all.
    const { plans = [] } = (await within.older?.look()) ?? {};
    const sifted = siftOlderTasks(plans, { ...about, parentTaskIds: parents });
    if (after?.id === OLDER) {
      const { legacy, next } = pageOfOlder(sifted, after, limit);
      return { tasks: [], legacy, cursor: cursorOf(about, next) };
    }
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
    const room = limit - page.tasks.length;
    const older = page.next === null ? pageOfOlder(sifted, null, room) : null;
    return {
      tasks: await explained(within, page.tasks),
      legacy: older?.legacy ?? [],
      cursor: cursorOf(about, page.next === null ? (older?.next ?? null) : { ...page.next }),
    };
  });
}

/** In a cursor in place of the id: the tasks of the older store have none. */
const OLDER = 'legacy';
type TaskKey = NonNullable<TaskPageQuery['after']>;

interface OlderPage {
  readonly legacy: readonly OlderTask[];
  readonly next: { readonly [name in keyof TaskKey]: TaskKey[name] } | null;
}

/** In the order of their plans' names: that of another one stays when one is taken over. */
function pageOfOlder(all: readonly OlderTask[], from: TaskKey | null, room: number): OlderPage {
  const isBehind = ({ list, position }: OlderTask): boolean =>
    from === null || list > from.list || (list === from.list && position > from.position);
  const rest = all.filter(isBehind);
  const legacy = rest.slice(0, room);
  const { list, position } = legacy.at(-1) ?? from ?? { list: '', position: 0 };
  return { legacy, next: rest.length > room ? { list, position, id: OLDER } : null };
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

/** The lists that are named, and the plans of either store; null: all of them. */
async function placesOf(
  ctx: OperationContext,
  { parentTaskIds = [], lists = [] }: Pick<QueryTasks, 'parentTaskIds' | 'lists'>,
): Promise<{
  readonly listIds: readonly string[] | null;
  readonly parents: ReadonlySet<string> | null;
}> {
  if (parentTaskIds.length + lists.length === 0) return { listIds: null, parents: null };
  const named = await Promise.all([
    ...parentTaskIds.map((id) => lookUpBreakdown(ctx, id)),
    ...lists.map((path) => lookUpLists(ctx, path)),
  ]);
  const stored = named.flatMap((one) => one.lists);
  const older = named.flatMap((one) => one.older.map((plan) => plan.parentTaskId));
  const here = stored.flatMap(({ path }) => parentOfList(path) ?? []);
  return { listIds: stored.map(({ listId }) => listId), parents: new Set([...here, ...older]) };
}

async function lookUpBreakdown(
  ctx: OperationContext,
  ref: string,
): Promise<{
  readonly lists: readonly Pick<ListSummary, 'path' | 'listId'>[];
  readonly older: readonly OlderPlan[];
}> {
  try {
    const { list: path, listId } = await findBreakdown(ctx, ref);
    return { lists: [{ path, listId }], older: [] };
  } catch (error) {
    const { plans = [] } = (await ctx.older?.look()) ?? {};
    const older = plans.filter((plan) => plan.parentTaskId === (parentOfList(ref) ?? ref));
    if (!isPawlError(error, 'breakdown_not_found') || older.length === 0) throw error;
    return { lists: [], older };
  }
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
