import { Explainer } from '../domain/explain.ts';
import type { ExecutorStatus, TaskStatus } from '../domain/status.ts';
import type { ListSummary } from '../store/store.ts';
import { byTaskId, readListSituation } from './list-situation.ts';
import { processText } from './liveness.ts';
import { type OperationContext, operation } from './operation.ts';
import { momentOf, type TaskView, taskView } from './task-view.ts';

/** Where a list stands. */
export interface ListStatus {
  readonly list: string;
  readonly title: string | null;
  readonly executor: {
    /** What a person asked for. */
    readonly status: ExecutorStatus;
    /** Who executes it now; null when nobody does. */
    readonly process: string | null;
    readonly pid: number | null;
    readonly since: string | null;
    /** Servers (`pawl work`) that work on it as well, or alone; null when there are none. */
    readonly servers: string | null;
  };
  readonly total: number;
  readonly counts: Readonly<Record<TaskStatus, number>>;
  /** Of the queued ones. */
  readonly ready: number;
  readonly delayed: number;
  readonly blocked: number;
  readonly excluded: number;
  readonly nextDueAt: string | null;
  readonly running: readonly RunningTask[];
  readonly next: readonly TaskView[];
  /** Findings of the last load. */
  readonly findings: number;
}

export interface RunningTask {
  readonly id: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly agent: string | null;
  readonly startedAt: string | null;
  readonly elapsedMs: number;
  /** Who watches over it. */
  readonly process: string | null;
}

const NEXT_SHOWN = 3;

/** Where every list, or the given one, stands. Reads no task but those it shows. */
export async function getStatus(
  ctx: OperationContext,
  only: ListSummary | null = null,
): Promise<readonly ListStatus[]> {
  return await operation(ctx, { operation: 'get-status' }, async () => {
    const lists = only === null ? await ctx.store.lists() : [only];
    return await Promise.all(lists.map((list) => statusOf(ctx, list)));
  });
}

async function statusOf(ctx: OperationContext, list: ListSummary): Promise<ListStatus> {
  const { store, world } = ctx;
  const situation = await readListSituation(ctx, list);
  const { minPriority, executor, servers, held } = situation;
  const outlook = await store.outlook({ listId: list.listId, minPriority, limit: NEXT_SHOWN });
  const explainer = new Explainer(situation.around(byTaskId(outlook.next)));
  return {
    list: list.path,
    title: list.title,
    executor: {
      status: list.executor.status,
      process: executor === null ? null : processText(executor, world.processes),
      pid: executor?.process.pid ?? null,
      since: momentOf(executor?.startedAtMs ?? null),
      servers,
    },
    total: list.total,
    counts: list.counts,
    ready: outlook.ready,
    delayed: outlook.delayed,
    blocked: outlook.blocked,
    excluded: outlook.excluded,
    nextDueAt: momentOf(outlook.nextDueAtMs),
    running: held.map((task) => ({
      id: task.id,
      taskId: task.taskId,
      attempt: task.attempt,
      agent: task.agent,
      startedAt: momentOf(task.startedAtMs),
      elapsedMs: world.clock.now() - task.startedAtMs,
      process: task.holder === null ? null : processText(task.holder, world.processes),
    })),
    next: outlook.next.map((task) => taskView(task, explainer.explain(task))),
    findings: list.findings.length,
  };
}
