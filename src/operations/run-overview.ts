import type { TaskStatus } from '../domain/status.ts';
import { explainTask } from './explain-task.ts';
import { type OperationContext, operation } from './operation.ts';

/** What a live view shows besides what it is told by events. */
export interface RunOverview {
  readonly counts: Readonly<Record<TaskStatus, number>>;
  readonly total: number;
  readonly executor: 'running' | 'paused' | 'stopped';
  readonly ready: number;
  readonly blocked: number;
  readonly excluded: number;
  readonly next: readonly { readonly taskId: string; readonly description: string }[];
  readonly delayed: readonly {
    readonly taskId: string;
    readonly dueAtMs: number;
    readonly reason: string | null;
  }[];
  readonly waits: readonly { readonly taskId: string; readonly why: string }[];
}

const NEXT_SHOWN = 3;
const DELAYED_SHOWN = 3;
const WAITS_SHOWN = 3;
/** Of the queued tasks so many are looked at for delayed and blocked ones to show. */
const LOOKED_AT = 200;

/** Where a list stands, read so often that it looks at a bounded part of the list. */
export async function runOverview(
  ctx: OperationContext,
  listId: string,
  minPriority: 'P1' | 'P2' | 'P3' | 'P4',
): Promise<RunOverview | null> {
  return await operation(ctx, { operation: 'run-overview' }, async () => {
    const { store } = ctx;
    const list = await store.list(listId);
    if (list === null) return null;
    const outlook = await store.outlook({ listId, minPriority, limit: NEXT_SHOWN });
    const queued = await store.tasks({ listId, statuses: ['queued'], limit: LOOKED_AT });
    const delayed = queued
      .filter((task) => task.pendingDeps === 0 && task.dueAtMs > 0)
      .toSorted((a, b) => a.dueAtMs - b.dueAtMs);
    const blocked = queued.filter((task) => task.pendingDeps > 0 && task.priority <= minPriority);
    const waits = await Promise.all(
      blocked.slice(0, WAITS_SHOWN).map(async (task) => ({
        taskId: task.taskId,
        why: (await explainTask(ctx, task)).why,
      })),
    );
    return {
      counts: list.counts,
      total: list.total,
      executor: list.executor.status,
      ready: outlook.ready,
      blocked: outlook.blocked,
      excluded: outlook.excluded,
      next: outlook.next.map(({ taskId, description }) => ({ taskId, description })),
      delayed: delayed.slice(0, DELAYED_SHOWN).map((task) => ({
        taskId: task.taskId,
        dueAtMs: task.dueAtMs,
        reason: task.statusReason ?? task.lastError,
      })),
      waits,
    };
  });
}
