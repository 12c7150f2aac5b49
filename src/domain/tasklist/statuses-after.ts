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
    else if (step.kind === 'archive') statuses.delete(step.taskId);
  }
  const relinked = changes.filter(
    (step) =>
      step.kind === 'add' || (step.kind === 'update' && step.changed.includes('dependencies')),
  );
  const fresh = new Set(relinked.map((step) => step.taskId));
  const completed = changes.flatMap((step) => (step.kind === 'complete' ? [step.id] : []));
  for (const row of causedBy(completed, stored)) {
    statuses.set(row.taskId, 'queued');
    fresh.add(row.taskId);
  }
  const ended = new Set(changes.flatMap((step) => (step.kind === 'skip' ? [step.taskId] : [])));
  answerAll(tasks, { statuses, fresh, ended, listPolicy });
  return new Map(tasks.map(({ taskId }) => [taskId, statuses.get(taskId) ?? 'queued']));
}

function statusBy(step: ListChange, rows: ReadonlyMap<string, StoredTask>): TaskStatus | null {
  if (step.kind === 'add') return step.status;
  if (step.kind === 'complete') return 'completed';
  if (step.kind === 'skip') return 'skipped';
  return step.kind === 'archive' ? null : (rows.get(step.id)?.status ?? null);
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
}

function answerAll(
  tasks: readonly ListTask[],
  { statuses, fresh, ended, listPolicy }: Answering,
): void {
  for (let before = -1; before !== ended.size; ) {
    before = ended.size;
    for (const { taskId, dependencies, onDepFailure } of tasks) {
      const status = statuses.get(taskId);
      const policy = onDepFailure ?? listPolicy;
      if ((status !== 'queued' && status !== 'waiting') || policy === 'run') continue;
      const asks = (one: string): boolean => fresh.has(taskId) || ended.has(one);
      const failed = dependencies.some(
        (one) => asks(one) && DID_NOT_COMPLETE.includes(statuses.get(one)),
      );
      if (!failed) continue;
      statuses.set(taskId, policy === 'skip' ? 'skipped' : 'failed');
      ended.add(taskId);
    }
  }
}

const DID_NOT_COMPLETE: readonly (TaskStatus | undefined)[] = ['failed', 'skipped', 'cancelled'];
