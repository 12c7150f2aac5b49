import { PawlError } from '../domain/errors.ts';
import type { Priority } from '../domain/priority.ts';
import type { TaskStatus } from '../domain/status.ts';
import { listTasks } from './list-tasks.ts';
import { type OperationContext, operation } from './operation.ts';

/** Where a list stands after a run, and what a person should look at. */
export interface RunSummary {
  readonly list: string;
  readonly total: number;
  readonly counts: Readonly<Record<TaskStatus, number>>;
  readonly failed: readonly SummaryTask[];
  readonly skipped: readonly SummaryTask[];
  /** Queued or waiting ones, with what they wait for. */
  readonly left: readonly SummaryTask[];
}

/** What is shown of a task; each is a whole `TaskView`. */
export interface SummaryTask {
  readonly taskId: string;
  readonly description: string;
  readonly status: TaskStatus;
  readonly priority: Priority;
  readonly why: string;
  readonly attempts: number;
  readonly lastError: string | null;
}

const SHOWN: readonly TaskStatus[] = ['failed', 'skipped', 'cancelled', 'waiting', 'queued'];

export async function summarizeRun(ctx: OperationContext, listId: string): Promise<RunSummary> {
  return await operation(ctx, { operation: 'summarize-run' }, async () => {
    const list = await ctx.store.list(listId);
    if (list === null) throw new PawlError('list_not_found', 'the list is gone');
    const isComplete = SHOWN.every((status) => list.counts[status] === 0);
    const tasks = isComplete ? [] : await listTasks(ctx, list, { states: SHOWN });
    const those = (...statuses: readonly TaskStatus[]): readonly SummaryTask[] =>
      tasks.filter((task) => statuses.includes(task.status));
    return {
      list: list.path,
      total: list.total,
      counts: list.counts,
      failed: those('failed'),
      skipped: those('skipped', 'cancelled'),
      left: those('queued', 'waiting'),
    };
  });
}
