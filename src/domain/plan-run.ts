import { type Priority, priorityOrder } from './priority.ts';
import { isTerminal, type OnDepFailure, type TaskStatus } from './status.ts';

/** What is read of a task to plan a run. */
export interface PlannableTask {
  readonly taskId: string;
  readonly status: TaskStatus;
  readonly priority: Priority;
  /** 1-based place in the list. */
  readonly position: number;
  readonly dependencies: readonly string[];
  /** Null: as the list's policy says. */
  readonly onDepFailure: OnDepFailure | null;
}

export interface PlanOptions {
  readonly maxConcurrent: number;
  readonly minPriority: Priority;
  readonly onDepFailure: OnDepFailure;
  readonly ignoreMissing: boolean;
}

export interface RunPlan {
  /** In the order of their starts, if each took as long as the others and succeeded. */
  readonly starts: readonly { readonly taskId: string; readonly round: number }[];
  /** What would not be started, with the reason. */
  readonly left: readonly { readonly taskId: string; readonly why: string }[];
}

/** What a run would start and in which order. Changes nothing; knows no durations. */
export function planRun(tasks: readonly PlannableTask[], options: PlanOptions): RunPlan {
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const left = new Map<string, string>();
  const open = new Map<string, number>();
  const dependants = new Map<string, string[]>();
  for (const task of tasks) {
    const why = staysBecause(task, byId, options);
    if (why !== null) left.set(task.taskId, why);
    const waitsFor = task.dependencies.filter((id) => isOpen(byId.get(id)));
    open.set(task.taskId, waitsFor.length);
    for (const id of waitsFor) dependants.set(id, [...(dependants.get(id) ?? []), task.taskId]);
  }
  const starts = inRounds(tasks, { left, open, dependants, maxConcurrent: options.maxConcurrent });
  const started = new Set(starts.map((start) => start.taskId));
  for (const task of tasks) {
    if (started.has(task.taskId) || left.has(task.taskId)) continue;
    if (task.status !== 'queued' && task.status !== 'running') continue;
    const blocker = task.dependencies.find((id) => !started.has(id) && isOpen(byId.get(id)));
    left.set(task.taskId, `waits for ${blocker ?? 'others'}, which would not be completed`);
  }
  const inOrder = tasks.filter((task) => left.has(task.taskId));
  return {
    starts,
    left: inOrder.map(({ taskId }) => ({ taskId, why: left.get(taskId) as string })),
  };
}

function isOpen(task: PlannableTask | undefined): boolean {
  return task !== undefined && !isTerminal(task.status);
}

/** Null for a task that is started, now or after others. */
function staysBecause(
  task: PlannableTask,
  byId: ReadonlyMap<string, PlannableTask>,
  options: PlanOptions,
): string | null {
  const { status } = task;
  if (status === 'running') return null;
  if (status !== 'queued') return `it is ${status}`;
  if (priorityOrder(task.priority) > priorityOrder(options.minPriority)) {
    return `excluded by --min-priority ${options.minPriority}: it is ${task.priority}`;
  }
  for (const id of task.dependencies) {
    const dependency = byId.get(id);
    if (dependency === undefined) {
      if (!options.ignoreMissing) return `waits for ${id}, which is not in the list`;
    } else if (isTerminal(dependency.status) && dependency.status !== 'completed') {
      const policy = task.onDepFailure ?? options.onDepFailure;
      if (policy !== 'run') return `would ${policy}: ${id} is ${dependency.status}`;
    }
  }
  return null;
}

interface Rounds {
  readonly left: ReadonlyMap<string, string>;
  readonly open: Map<string, number>;
  readonly dependants: ReadonlyMap<string, readonly string[]>;
  readonly maxConcurrent: number;
}

function inRounds(tasks: readonly PlannableTask[], rounds: Rounds): RunPlan['starts'] {
  const { left, open, dependants, maxConcurrent } = rounds;
  const rank = new Map(tasks.toSorted(byUrgency).map((task, index) => [task.taskId, index]));
  const startable = (id: string): boolean => open.get(id) === 0 && !left.has(id);
  const candidates = tasks.filter(({ status }) => status === 'queued' || status === 'running');
  const ready = candidates.map(({ taskId }) => taskId).filter(startable);
  const running = new Set(tasks.filter((task) => task.status === 'running').map((t) => t.taskId));
  const orderOf = (id: string): number => (running.has(id) ? -1 : (rank.get(id) as number));
  ready.sort((a, b) => orderOf(a) - orderOf(b));
  const starts: { taskId: string; round: number }[] = [];
  for (let round = 1; ready.length > 0; round += 1) {
    for (const taskId of ready.splice(0, maxConcurrent)) {
      starts.push({ taskId, round });
      for (const id of dependants.get(taskId) ?? []) {
        open.set(id, (open.get(id) as number) - 1);
        if (startable(id) && !running.has(id)) insert(ready, id, orderOf);
      }
    }
  }
  return starts;
}

/** The order in which ready tasks are claimed. */
function byUrgency(a: PlannableTask, b: PlannableTask): number {
  return priorityOrder(a.priority) - priorityOrder(b.priority) || a.position - b.position;
}

function insert(sorted: string[], id: string, orderOf: (id: string) => number): void {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (orderOf(sorted[middle] as string) < orderOf(id)) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, id);
}
