import { PawlError } from '../domain/errors.ts';
import { Explainer, type Explanation, type Situation } from '../domain/explain.ts';
import type { ListRecord, TaskDetail, TaskLine } from '../store/store.ts';
import { byTaskId, minPriorityOf, readListSituation } from './list-situation.ts';
import { type OperationContext, operation } from './operation.ts';

/** Tasks read to explain one: a chain that is longer is explained as far as it was read. */
const TASKS_READ_MAX = 5_000;

/** Why one task is where it is: reads that task and what it waits for, not the whole list. */
export async function explainTask(ctx: OperationContext, task: TaskLine): Promise<Explanation> {
  return await operation(ctx, { operation: 'explain-task', task: task.taskId }, async () => {
    const list = await ctx.store.listRecord(task.listId);
    if (list === null) throw new PawlError('list_not_found', `the list of ${task.taskId} is gone`);
    const { tasks, open } = await readBlockers(ctx, task.id);
    const [first] = tasks;
    if (first === undefined) {
      throw new PawlError('task_not_found', `${task.taskId} is gone`);
    }
    if (first.status === 'completed') return explainDone(ctx, list, first);
    const situation = await readListSituation(ctx, list);
    const around = situation.around(byTaskId(tasks), (id) => open.get(id));
    return new Explainer(around).explain(first);
  });
}

/** Who holds and executes what says nothing of a task that is done, and takes long to find out. */
function explainDone(
  { world }: OperationContext,
  { executor }: ListRecord,
  task: TaskDetail,
): Explanation {
  const around: Situation = {
    nowMs: world.clock.now(),
    minPriority: minPriorityOf(executor.configJson),
    executor: executor.status,
    executedBy: null,
    task: byTaskId([task]),
    holder: () => undefined,
  };
  return new Explainer(around).explain(task);
}

/** The task with everything that it waits for, directly or through others; the nearest first. */
async function readBlockers(
  { store }: OperationContext,
  id: string,
): Promise<{
  readonly tasks: readonly TaskDetail[];
  readonly open: ReadonlyMap<string, readonly string[]>;
}> {
  const tasks: TaskDetail[] = [];
  const open = new Map<string, readonly string[]>();
  const toRead = [id];
  const seen = new Set(toRead);
  for (let next = 0; next < toRead.length && next < TASKS_READ_MAX; next += 1) {
    const task = await store.task(toRead[next] as string);
    if (task === null) continue;
    tasks.push(task);
    if (task.pendingDeps === 0) continue;
    const edges = (await store.dependencies(task.id)).filter((edge) => !edge.satisfied);
    open.set(
      task.id,
      edges.map((edge) => edge.taskId),
    );
    for (const edge of edges) {
      if (edge.id === null || seen.has(edge.id)) continue;
      seen.add(edge.id);
      toRead.push(edge.id);
    }
  }
  return { tasks, open };
}
