import type { TaskImport } from '../../domain/importing/compare-import.ts';
import type { ImportedTask } from '../../domain/importing/imported-plan.ts';
import type { ImportCheck } from '../imports.ts';
import { hashOf } from './import-records.ts';
import { rows, type Verb } from './verb.ts';

const STORED =
  'SELECT q.id, q.task_id AS taskId, q.title, q.description, q.specialist_type AS specialist, ' +
  'q.estimated_effort AS effort, q.priority, q.dependencies, q.status, ' +
  'q.status_reason AS reason, q.archived_at_ms AS archivedAtMs, q.result_summary AS result, ' +
  'q.needs_json AS labels, q.criteria_json AS criteria, q.fields_json AS fields ' +
  'FROM task_queue q WHERE q.task_list_path = ?';

interface StoredRow {
  readonly id: string;
  readonly taskId: string;
  readonly archivedAtMs: number | null;
  readonly dependencies: string | null;
  readonly labels: string | null;
  readonly criteria: string | null;
  readonly fields: string | null;
  readonly [column: string]: string | number | null;
}

/**
 * Read a plan again and compare every task with its source, but for those that were changed here:
 * what is wrong, and one checksum over all that is right.
 */
export function* checkImport(path: string, tasks: readonly TaskImport[]): Verb<ImportCheck> {
  const stored = new Map(
    (yield* rows<StoredRow>(STORED, path)).map((row) => [row.taskId, row] as const),
  );
  const digests: string[] = [];
  const wrong: string[] = [];
  for (const step of tasks) {
    const row = stored.get(step.task.taskId);
    const isOwn = step.kind === 'kept' || (step.kind === 'same' && step.isOwn);
    if (isOwn) continue;
    const expected = digestOf(step.task);
    if (row === undefined || digestOfRow(row) !== expected) wrong.push(step.task.taskId);
    else digests.push(expected);
  }
  return { tasks: digests.length, checksum: hashOf(digests), wrong };
}

function digestOf(task: ImportedTask): string {
  const { taskId, title, description, specialist, effort, priority, status, result } = task;
  const reason = task.status === 'queued' || task.status === 'completed' ? null : task.reason;
  return hashOf([
    ...[taskId, title, description, specialist, effort, priority, status, reason, result],
    ...[task.archived !== null, task.dependencies, task.labels, task.criteria],
    Object.entries(task.fields).toSorted(),
  ]);
}

function digestOfRow(row: StoredRow): string {
  const { taskId, title, description, specialist, effort, priority, status, result } = row;
  const reason = status === 'queued' || status === 'completed' ? null : (row['reason'] ?? null);
  const list = (json: string | null): unknown => (json === null ? [] : JSON.parse(json));
  const fields = row.fields === null ? {} : (JSON.parse(row.fields) as Record<string, string>);
  return hashOf([
    ...[taskId, title, description, specialist, effort, priority, status, reason, result],
    ...[row.archivedAtMs !== null, list(row.dependencies), list(row.labels), list(row.criteria)],
    Object.entries(fields).toSorted(),
  ]);
}
