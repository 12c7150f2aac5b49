import { PawlError } from '../domain/errors.ts';
import type { TaskLine } from '../store/store.ts';
import { type OperationContext, operation } from './operation.ts';

/**
 * The task that a person means by `ref`: its id in the list (which wins), or its UUID or an end of
 * it. A task that was removed from its list is meant only when no other has that id. One that only
 * the project's older store has is taken over first, with its plan.
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
    const isTaken = here.length === 0 && (await ctx.older?.takeOver(ref)) === true;
    const found = isTaken ? await ctx.store.findTasks(ref, listId) : here;
    const exact = found.filter((task) => task.taskId === ref || task.id === ref);
    const meant = exact.length > 0 ? exact : found;
    const live = meant.filter((task) => task.archivedAtMs === null);
    const [only, ...others] = live.length > 0 ? live : meant;
    if (only === undefined) throw notFound(ref);
    if (others.length === 0) return only;
    throw ambiguous(ref, [only, ...others]);
  });
}

function notFound(ref: string): PawlError {
  return new PawlError('task_not_found', `no task is called ${ref}`, { details: { task: ref } });
}

function ambiguous(ref: string, tasks: readonly TaskLine[]): PawlError {
  const places = tasks.map(({ taskId, list }) => `${taskId} in ${list}`);
  return new PawlError('task_ambiguous', `${ref} may be ${places.join(' or ')}`, {
    details: { tasks: tasks.map(({ id, taskId, list }) => ({ id, taskId, list })) },
  });
}
