import { assertNever } from '../errors.ts';
import type { TaskStatus } from '../status.ts';
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

/** What a reconciliation would change, in the order of the file, removed tasks last. */
export function listDifferences(
  stored: readonly StoredTask[],
  { changes, moved, places }: Pick<Reconciliation, 'changes' | 'moved' | 'places'>,
): readonly ListDifference[] {
  const rows = new Map(stored.map((row) => [row.id, row]));
  const byTask = Map.groupBy(changes, (change) => change.taskId);
  const rowIds = new Map(stored.map((row) => [row.taskId, row.id]));
  const placeOf = new Map(places.map((place) => [place.id, place]));
  for (const taskId of moved) if (!byTask.has(taskId)) byTask.set(taskId, []);
  return [...byTask].map(([taskId, steps]) => {
    const [first] = steps;
    if (first?.kind === 'add') {
      const { status, task } = first;
      const fields = status === 'queued' ? [] : [{ field: 'status', from: null, to: status }];
      return { sign: '+', taskId, description: task.description, fields };
    }
    const id = first?.id ?? rowIds.get(taskId) ?? '';
    const row = rows.get(id) as StoredTask;
    const sign = steps.some((step) => step.kind === 'archive') ? '-' : '~';
    const place = moved.includes(taskId) ? placeOf.get(id) : undefined;
    const fields = [
      ...steps.flatMap((step) => fieldsOf(row, step)),
      ...(place === undefined
        ? []
        : [{ field: 'position', from: place.from.position, to: place.to.position }]),
    ];
    return { sign, taskId, description: row.description, fields };
  });
}

function fieldsOf(row: StoredTask, step: ListChange): readonly FieldDifference[] {
  switch (step.kind) {
    case 'add':
    case 'archive':
      return [];
    case 'relabel':
      return [{ field: 'taskId', from: step.from, to: step.taskId }];
    case 'update':
      return step.changed.map((field) => ({ field, from: row[field], to: step.task[field] }));
    case 'restore':
      return [{ field: 'archived', from: true, to: false }];
    case 'complete':
      return [{ field: 'status', from: row.status, to: 'completed' }];
    case 'skip':
      return [{ field: 'status', from: row.status, to: 'skipped' }];
    default:
      return assertNever(step);
  }
}

/** The status of each task of the file once the changes are made. */
export function statusesAfter(
  stored: readonly StoredTask[],
  { changes, marks }: Pick<Reconciliation, 'changes' | 'marks'>,
): ReadonlyMap<string, TaskStatus> {
  const after = new Map<string, TaskStatus>();
  for (const row of stored) if (marks.has(row.taskId)) after.set(row.taskId, row.status);
  const byId = new Map(stored.map((row) => [row.id, row]));
  for (const step of changes) {
    if (step.kind === 'add') after.set(step.taskId, step.status);
    else if (step.kind === 'complete') after.set(step.taskId, 'completed');
    else if (step.kind === 'skip') after.set(step.taskId, 'skipped');
    else if (step.kind === 'relabel') {
      after.set(step.taskId, (byId.get(step.id) as StoredTask).status);
    }
  }
  return after;
}
