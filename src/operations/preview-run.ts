import { type PlanOptions, planRun } from '../domain/plan-run.ts';
import type { TaskStatus } from '../domain/status.ts';
import type { Finding, ListTask } from '../domain/tasklist/model.ts';
import type { ListRecord, Store } from '../store/store.ts';
import { type LoadTaskList, listOfFile, readListFile } from './load-task-list.ts';
import { type OperationContext, operation } from './operation.ts';
import { openBreakdownOfPath } from './resolve-list.ts';

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
    const { store, world } = ctx;
    const planned = store === null ? null : await openBreakdownOfPath({ store, world }, input.path);
    if (store !== null && planned !== null) return await previewStored(store, planned, input);
    const { path, list } = await listOfFile(ctx, input);
    const knownBoxes = list === null ? [] : await ctx.store?.knownBoxes(list.listId);
    const { document } = await readListFile(ctx, { ...input, knownBoxes: knownBoxes ?? [] });
    const stored = await storedStatuses(ctx.store, list);
    const tasks = document.tasks.map((task) => ({
      ...task,
      status: statusNow(task, stored.get(task.taskId)),
    }));
    return { list: path, ...previewOf(tasks, input.options), findings: document.findings };
  });
}

/** Of a breakdown, which has no file: what is stored of it says all. */
async function previewStored(
  store: Store,
  { listId, path }: ListRecord,
  { options }: PreviewRun,
): Promise<RunPreview> {
  const tasks = await store.tasks({ listId });
  const plannable = tasks.map(({ title, description, ...task }) => ({
    ...task,
    description: title ?? description,
    // What it says itself is read when it comes to that; a preview goes by the list's policy.
    onDepFailure: null,
  }));
  return { list: path, ...previewOf(plannable, options), findings: [] };
}

type Plannable = Parameters<typeof planRun>[0][number] & Pick<ListTask, 'section' | 'description'>;

function previewOf(
  tasks: readonly Plannable[],
  options: PlanOptions,
): Pick<RunPreview, 'total' | 'starts' | 'left'> {
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const { starts, left } = planRun(tasks, options);
  return {
    total: tasks.length,
    starts: starts.map(({ taskId, round }, index) => {
      const { priority, section, description, dependencies } = byId.get(taskId) as Plannable;
      return { order: index + 1, round, taskId, priority, section, description, dependencies };
    }),
    left,
  };
}

async function storedStatuses(
  store: Store | null,
  list: ListRecord | null,
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
