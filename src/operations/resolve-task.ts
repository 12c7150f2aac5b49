import { PawlError } from '../domain/errors.ts';
import type { TaskLine } from '../store/store.ts';
import type { OlderTask, OlderTrouble } from './older-store.ts';
import { type OperationContext, operation } from './operation.ts';

/**
 * The task that a person means by `ref`, to change it: its id in the list (which wins), or its UUID
 * or an end of it. A task that was removed from its list is meant only when no other has that id.
 * One that only the project's older store has is taken over first, with its plan.
 *
 * @throws PawlError `task_not_found`; `task_ambiguous` with the candidates in `details.tasks`.
 */
export async function resolveTask(
  ctx: OperationContext,
  ref: string,
  listId: string | null,
): Promise<TaskLine> {
  return await operation(ctx, { operation: 'resolve-task', task: ref }, async () => {
    const here = await ctx.store.findTasks(ref, listId);
    if (ctx.older === undefined || isExact(here, ref)) return await oneOf(ctx, ref, here);
    const older = await olderTask(ctx, ref, listId, 'toChange');
    if (older !== null) await ctx.older.takeOver(older.parentTaskId);
    // Somebody else may have taken it over since.
    return await oneOf(ctx, ref, await ctx.store.findTasks(ref, listId));
  });
}

/**
 * The same among the tasks that are stored here: nothing is taken over.
 *
 * @throws PawlError as `resolveTask`.
 */
export async function findTask(
  ctx: OperationContext,
  ref: string,
  listId: string | null,
): Promise<TaskLine> {
  return await operation(ctx, { operation: 'find-task', task: ref }, async () => {
    return await oneOf(ctx, ref, await ctx.store.findTasks(ref, listId));
  });
}

export type LookedUpTask =
  | { readonly kind: 'stored'; readonly task: TaskLine }
  | { readonly kind: 'older'; readonly task: OlderTask };

/**
 * The same to look at it: what only the older store has is shown from there, and stays there.
 *
 * @throws PawlError as `resolveTask`.
 */
export async function lookUpTask(
  ctx: OperationContext,
  ref: string,
  listId: string | null,
): Promise<LookedUpTask> {
  return await operation(ctx, { operation: 'look-up-task', task: ref }, async () => {
    const here = await ctx.store.findTasks(ref, listId);
    if (ctx.older === undefined || isExact(here, ref)) {
      return { kind: 'stored', task: await oneOf(ctx, ref, here) };
    }
    const older = await olderTask(ctx, ref, listId);
    if (older !== null) return { kind: 'older', task: older };
    const now = await ctx.store.findTasks(ref, listId);
    return { kind: 'stored', task: await oneOf(ctx, ref, now) };
  });
}

async function oneOf(
  ctx: OperationContext,
  ref: string,
  found: readonly TaskLine[],
): Promise<TaskLine> {
  return onlyOf(ref, found) ?? (await missing(ctx, ref));
}

/** Null where the older store has none of that id, or none that belongs to the list. */
async function olderTask(
  { older, store }: OperationContext,
  ref: string,
  listId: string | null,
  why?: 'toChange',
): Promise<OlderTask | null> {
  if (older === undefined) return null;
  const list = listId === null ? null : ((await store.listRecord(listId))?.path ?? '');
  const { plans } = await older.look(why);
  const found = plans.flatMap(({ tasks }) =>
    tasks.filter((task) => task.taskId === ref && (list === null || task.list === list)),
  );
  return onlyLive(ref, found, ({ archived }) => archived);
}

function isExact(tasks: readonly TaskLine[], ref: string): boolean {
  return tasks.some((task) => task.taskId === ref || task.id === ref);
}

/** Null where there is none. */
function onlyOf(ref: string, found: readonly TaskLine[]): TaskLine | null {
  const exact = found.filter((task) => task.taskId === ref || task.id === ref);
  const meant = exact.length > 0 ? exact : found;
  return onlyLive(ref, meant, ({ archivedAtMs }) => archivedAtMs !== null);
}

function onlyLive<T extends Candidate>(
  ref: string,
  found: readonly T[],
  isArchived: (one: T) => boolean,
): T | null {
  const live = found.filter((one) => !isArchived(one));
  const [only, ...others] = live.length > 0 ? live : found;
  if (only === undefined || others.length === 0) return only ?? null;
  throw ambiguous(ref, [only, ...others]);
}

/** Says so where the older store has it, or might have it. */
async function missing({ older }: OperationContext, ref: string): Promise<never> {
  const { plans = [], trouble = null } = (await older?.look()) ?? {};
  const isThere = plans.some(({ tasks }) => tasks.some(({ taskId }) => taskId === ref));
  throw notFound(ref, isThere, trouble);
}

function notFound(ref: string, isThere: boolean, trouble: OlderTrouble | null): PawlError {
  const message = isThere
    ? `${ref} is still only in the older store: nothing was done with it here`
    : `no task is called ${ref}${trouble === null ? '' : ` (but ${trouble.message})`}`;
  const details = { task: ref, ...(trouble === null ? {} : { older: trouble }) };
  return new PawlError('task_not_found', message, { details });
}

type Candidate = Pick<TaskLine, 'id' | 'taskId' | 'list'>;

function ambiguous(ref: string, tasks: readonly Candidate[]): PawlError {
  const places = tasks.map(({ taskId, list }) => `${taskId} in ${list}`);
  return new PawlError('task_ambiguous', `${ref} may be ${places.join(' or ')}`, {
    details: { tasks: tasks.map(({ id, taskId, list }) => ({ id, taskId, list })) },
  });
}
