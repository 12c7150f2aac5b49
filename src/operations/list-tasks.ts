import { Explainer, type TaskState } from '../domain/explain.ts';
import type { TaskStatus } from '../domain/status.ts';
import type { ListRecord } from '../store/store.ts';
import { byTaskId, readListSituation } from './list-situation.ts';
import { type OperationContext, operation } from './operation.ts';
import { type TaskView, taskView } from './task-view.ts';

export interface ListTasks {
  /** Statuses or derived states; none means all. */
  readonly states?: readonly (TaskStatus | TaskState)[];
}

/** The tasks of a list in its order, each with the reason why it is where it is. */
export async function listTasks(
  ctx: OperationContext,
  list: ListRecord,
  { states = [] }: ListTasks = {},
): Promise<readonly TaskView[]> {
  return await operation(ctx, { operation: 'list-tasks', list: list.path }, async () => {
    const tasks = await ctx.store.tasks({ listId: list.listId });
    const situation = await readListSituation(ctx, list);
    const explainer = new Explainer(situation.around(byTaskId(tasks)));
    const views = tasks.map((task) => taskView(task, explainer.explain(task)));
    if (states.length === 0) return views;
    return views.filter((view) => states.includes(view.state) || states.includes(view.status));
  });
}
