import type { OnDepFailure, TaskStatus } from '../status.ts';
import type { ListTask } from './model.ts';
import type { ListChange, Reconciliation } from './reconcile.ts';
import type { StoredTask } from './stored-task.ts';

/**
 * The status of each task of the file once a reconciliation is applied: what it changes itself, and
 * what dependants answer to that, each by its policy (the list's, where it has none of its own).
 */
export function statusesAfter(
  stored: readonly StoredTask[],
  tasks: readonly ListTask[],
  { changes }: Pick<Reconciliation, 'changes'>,
  listPolicy: OnDepFailure,
): ReadonlyMap<string, TaskStatus> {
  const rows = new Map(stored.map((row) => [row.id, row]));
  const there = stored.filter((row) => !row.archived || row.status === 'completed');
  const statuses = new Map(there.map((row) => [row.taskId, row.status]));
  for (const step of changes) {
    const status = statusBy(step, rows);
    if (status !== null) statuses.set(step.taskId, status);
    else if (statuses.get(step.taskId) !== 'completed') statuses.delete(step.taskId);
    if (step.kind === 'relabel') statuses.delete(step.from);
  }
  const relinked = changes.filter(
    (step) =>
      step.kind === 'add' || (step.kind === 'update' && step.changed.includes('dependencies')),
  );
  const linked = new Set(relinked.map((step) => step.taskId));
  const fresh = new Set(linked);
  const completed = changes.flatMap((step) => (step.kind === 'complete' ? [step.id] : []));
  const labels = new Map(
    changes.flatMap((step) => (step.kind === 'relabel' ? [[step.id, step.taskId] as const] : [])),
  );
  const nameOf = (row: StoredTask): string => labels.get(row.id) ?? row.taskId;
  // What a person has decided is no longer what a dependency had made of it.
  const decided = new Set(
    changes.flatMap((step) => (step.kind === 'complete' || step.kind === 'skip' ? step.id : [])),
  );
  const caused = stored.filter((row) => !decided.has(row.id));
  const anew = changes
    .flatMap((step) => answeredAnew(step, { rows, nameOf, listPolicy }))
    .filter((row) => !decided.has(row.id));
  const causes = [...completed, ...anew.map((row) => row.id)];
  for (const row of [...anew, ...causedBy(causes, caused)]) {
    statuses.set(nameOf(row), 'queued');
    fresh.add(nameOf(row));
  }
  const ended = new Set(changes.flatMap((step) => (step.kind === 'skip' ? [step.taskId] : [])));
  const aliases = new Map(
    changes.flatMap((step) => (step.kind === 'relabel' ? [[step.from, step.taskId] as const] : [])),
  );
  answerAll(tasks, {
    ...{ statuses, fresh, ended, listPolicy },
    // Edges that are not written anew lead to the same rows, whatever these are called by now.
    meant: (taskId, one) => (linked.has(taskId) ? one : (aliases.get(one) ?? one)),
  });
  return new Map(tasks.map(({ taskId }) => [taskId, statuses.get(taskId) ?? 'queued']));
}

function statusBy(step: ListChange, rows: ReadonlyMap<string, StoredTask>): TaskStatus | null {
  if (step.kind === 'add') return step.status;
  if (step.kind === 'complete') return 'completed';
  if (step.kind === 'skip') return 'skipped';
  return step.kind === 'archive' ? null : (rows.get(step.id)?.status ?? null);
}

/** A row that a dependency had skipped or failed, when that is so no more. */
function answeredAnew(
  step: ListChange,
  {
    rows,
    nameOf,
    listPolicy,
  }: {
    readonly rows: ReadonlyMap<string, StoredTask>;
    readonly nameOf: (row: StoredTask) => string;
    readonly listPolicy: OnDepFailure;
  },
): readonly StoredTask[] {
  if (step.kind !== 'update') return [];
  const row = rows.get(step.id);
  const cause = row?.causeTaskId == null ? undefined : rows.get(row.causeTaskId);
  const isAsked = step.changed.includes('dependencies') || step.changed.includes('onDepFailure');
  if (row === undefined || cause === undefined || !isAsked) return [];
  const policy = step.task.onDepFailure ?? listPolicy;
  const sameAnswer = policy === (row.status === 'failed' ? 'fail' : 'skip');
  return sameAnswer && step.task.dependencies.includes(nameOf(cause)) ? [] : [row];
}

/** Those that these had skipped or failed, and those that they had in turn. */
function causedBy(causes: readonly string[], stored: readonly StoredTask[]): readonly StoredTask[] {
  const byCause = Map.groupBy(stored, (row) => row.causeTaskId ?? null);
  const found: StoredTask[] = [];
  const open = [...causes];
  for (let cause = open.pop(); cause !== undefined; cause = open.pop()) {
    for (const row of byCause.get(cause) ?? []) {
      if (found.includes(row)) continue;
      found.push(row);
      open.push(row.id);
    }
  }
  return found;
}

interface Answering {
  readonly statuses: Map<string, TaskStatus>;
  /** All of whose dependencies are to be answered. */
  readonly fresh: ReadonlySet<string>;
  /** That end by this load, for their dependants to answer. */
  readonly ended: Set<string>;
  readonly listPolicy: OnDepFailure;
  /** The task that a dependency of another leads to. */
  readonly meant: (taskId: string, dependency: string) => string;
}

function answerAll(
  tasks: readonly ListTask[],
  { statuses, fresh, ended, listPolicy, meant }: Answering,
): void {
  for (let before = -1; before !== ended.size; ) {
    before = ended.size;
    for (const { taskId, dependencies, onDepFailure } of tasks) {
      const status = statuses.get(taskId);
      const policy = onDepFailure ?? listPolicy;
      if ((status !== 'queued' && status !== 'waiting') || policy === 'run') continue;
      const asks = (one: string): boolean => fresh.has(taskId) || ended.has(one);
      const failed = dependencies
        .map((one) => meant(taskId, one))
        .some((one) => asks(one) && DID_NOT_COMPLETE.includes(statuses.get(one)));
      if (!failed) continue;
      statuses.set(taskId, policy === 'skip' ? 'skipped' : 'failed');
      ended.add(taskId);
    }
  }
}

const DID_NOT_COMPLETE: readonly (TaskStatus | undefined)[] = ['failed', 'skipped', 'cancelled'];
