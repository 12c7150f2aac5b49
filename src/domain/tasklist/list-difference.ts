import { assertNever } from '../errors.ts';
import type { TaskStatus } from '../status.ts';
import type { PlaceChange } from './places.ts';
import type { ListChange, Reconciliation } from './reconcile.ts';
import type { StoredTask } from './stored-task.ts';

/** One task as a reconciliation would change it, for people and programs. */
export interface ListDifference {
  readonly sign: '+' | '-' | '~';
  readonly taskId: string;
  readonly description: string;
  /** What becomes other; of a task that comes or goes nothing. */
  readonly fields: readonly FieldDifference[];
}

export interface FieldDifference {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

/**
 * What a reconciliation would change, in the order of the file, removed tasks last. `statuses` are
 * those afterwards, of which dependants have theirs.
 */
export function listDifferences(
  stored: readonly StoredTask[],
  { changes, moved, places }: Pick<Reconciliation, 'changes' | 'moved' | 'places'>,
  statuses: ReadonlyMap<string, TaskStatus>,
): readonly ListDifference[] {
  const rows = new Map(stored.map((row) => [row.id, row]));
  const byTask = Map.groupBy(changes, (change) => change.taskId);
  const rowIds = new Map(stored.map((row) => [row.taskId, row.id]));
  const moves = new Map(places.map((change) => [change.id, change]));
  const isMoved = new Set(moved);
  const movedTo = (taskId: string, id: string): PlaceChange | undefined =>
    isMoved.has(taskId) ? moves.get(id) : undefined;
  const answering = stored.filter((row) => !row.archived && isOther(row, statuses));
  for (const taskId of [...moved, ...answering.map((row) => row.taskId)]) {
    if (!byTask.has(taskId)) byTask.set(taskId, []);
  }
  const order = new Map([...statuses.keys()].map((taskId, index) => [taskId, index]));
  const place = (taskId: string): number => order.get(taskId) ?? statuses.size;
  const inOrder = [...byTask].sort(([a], [b]) => place(a) - place(b));
  return inOrder.map(([taskId, steps]) => {
    const [first] = steps;
    if (first?.kind === 'add') {
      const { task } = first;
      const status = statuses.get(taskId) ?? first.status;
      const fields = status === 'queued' ? [] : [{ field: 'status', from: null, to: status }];
      return { sign: '+', taskId, description: task.description, fields };
    }
    const id = first?.id ?? rowIds.get(taskId) ?? '';
    const row = rows.get(id) as StoredTask;
    const sign = steps.some((step) => step.kind === 'archive') ? '-' : '~';
    const move = movedTo(taskId, id);
    const fields = [
      ...steps.flatMap((step) => fieldsOf(row, step)),
      ...(sign === '~' && isOther({ ...row, taskId }, statuses)
        ? [{ field: 'status', from: row.status, to: statuses.get(taskId) }]
        : []),
      ...(move === undefined
        ? []
        : [{ field: 'position', from: move.from.position, to: move.to.position }]),
    ];
    return { sign, taskId, description: row.description, fields };
  });
}

function isOther(
  { taskId, status }: Pick<StoredTask, 'taskId' | 'status'>,
  statuses: ReadonlyMap<string, TaskStatus>,
): boolean {
  return (statuses.get(taskId) ?? status) !== status;
}

function fieldsOf(row: StoredTask, step: ListChange): readonly FieldDifference[] {
  switch (step.kind) {
    case 'add':
    case 'archive':
    case 'complete':
    case 'skip':
      return [];
    case 'relabel':
      return [{ field: 'taskId', from: step.from, to: step.taskId }];
    case 'update':
      return step.changed.map((field) => ({ field, from: row[field], to: step.task[field] }));
    case 'restore':
      return [{ field: 'archived', from: true, to: false }];
    default:
      return assertNever(step);
  }
}
