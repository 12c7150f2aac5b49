import { type PlanOptions, planRun } from '../domain/plan-run.ts';
import type { TaskStatus } from '../domain/status.ts';
import type { Finding, ListTask } from '../domain/tasklist/model.ts';
import type { ListSummary, Store } from '../store/store.ts';
import { type LoadTaskList, listOfFile, readListFile } from './load-task-list.ts';
import { type OperationContext, operation } from './operation.ts';

export interface PreviewRun extends Pick<LoadTaskList, 'path' | 'listBytesMax' | 'signal'> {
  readonly options: PlanOptions;
}

export interface RunPreview {
  readonly list: string;
  readonly total: number;
  readonly starts: readonly {
    readonly order: number;
    readonly round: number;
    readonly taskId: string;
    readonly priority: string;
    readonly section: string | null;
    readonly description: string;
    readonly dependencies: readonly string[];
  }[];
  readonly left: readonly { readonly taskId: string; readonly why: string }[];
  readonly findings: readonly Finding[];
}

/**
 * What a run of the list file would start, in which order. Reads the file and, when there is one,
 * the store; changes and creates nothing.
 */
export async function previewRun(
  ctx: Omit<OperationContext, 'store'> & { readonly store: Store | null },
  input: PreviewRun,
): Promise<RunPreview> {
  return await operation(ctx, { operation: 'preview-run', list: input.path }, async () => {
    const { path, list } = await listOfFile(ctx, input);
    const knownBoxes = list === null ? [] : await ctx.store?.knownBoxes(list.listId);
    const { document } = await readListFile(ctx, { ...input, knownBoxes: knownBoxes ?? [] });
    const stored = await storedStatuses(ctx.store, list);
    const tasks = document.tasks.map((task) => ({
      ...task,
      status: statusNow(task, stored.get(task.taskId)),
    }));
    const byId = new Map(tasks.map((task) => [task.taskId, task]));
    const { starts, left } = planRun(tasks, input.options);
    return {
      list: path,
      total: tasks.length,
      starts: starts.map(({ taskId, round }, index) => {
        const { priority, section, description, dependencies } = byId.get(taskId) as ListTask;
        return { order: index + 1, round, taskId, priority, section, description, dependencies };
      }),
      left,
      findings: document.findings,
    };
  });
}

async function storedStatuses(
  store: Store | null,
  list: ListSummary | null,
): Promise<ReadonlyMap<string, TaskStatus>> {
  if (store === null || list === null) return new Map();
  const tasks = await store.tasks({ listId: list.listId });
  return new Map(tasks.map((task) => [task.taskId, task.status]));
}

/** The store knows better than the file, except of a task that was ticked or skipped by hand. */
function statusNow({ mark }: ListTask, stored: TaskStatus | undefined): TaskStatus {
  const byHand = mark === 'completed' || mark === 'skipped' ? mark : 'queued';
  if (stored === undefined) return byHand;
  return stored === 'queued' ? byHand : stored;
}
