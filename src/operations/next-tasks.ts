import { Explainer } from '../domain/explain.ts';
import type { ListRecord } from '../store/store.ts';
import { byTaskId, readListSituation } from './list-situation.ts';
import { type OperationContext, operation } from './operation.ts';
import { type TaskView, taskView } from './task-view.ts';

/** The next tasks that would be started, in that order. */
export async function nextTasks(
  ctx: OperationContext,
  list: ListRecord,
  limit: number,
): Promise<readonly TaskView[]> {
  return await operation(ctx, { operation: 'next-tasks', list: list.path }, async () => {
    const situation = await readListSituation(ctx, list);
    const { minPriority } = situation;
    const { next } = await ctx.store.outlook({ listId: list.listId, minPriority, limit });
    const explainer = new Explainer(situation.around(byTaskId(next)));
    return next.map((task) => taskView(task, explainer.explain(task)));
  });
}
