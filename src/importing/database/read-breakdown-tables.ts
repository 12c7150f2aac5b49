import { type ImportFinding, importFinding } from '../../domain/importing/imported-plan.ts';
import { anyTextOf, isRecord, type LooseRecord, recordOf, textOf } from '../loose-value.ts';
import { olderTask } from '../older/read-plan-file.ts';
import type { DraftReading, PlanDraft, TaskDraft } from '../plan-draft.ts';
import { readMoment } from '../read-moment.ts';
import type { TableReader } from './table-reader.ts';

/** Whether a database is a store of v1.2 to v1.8. */
export function hasBreakdownTables(database: TableReader): boolean {
  return database.has('task_breakdowns', 'subtasks');
}

/** Columns with a default that says nothing about a task, or that repeat the plan. */
const DEFAULTS: Readonly<Record<string, string>> = {
  file_operations_count: '0',
  verification_status: 'pending',
  prerequisite_satisfaction_required: '0',
  auto_maintenance_enabled: '1',
  quality_gate_level: 'standard',
};

/** Tables that hold no plan: what of them has rows is said, and stays where it is. */
const OTHERS = [
  ...['architectural_decisions', 'decision_evolution', 'task_prerequisites', 'file_operations'],
  ...['file_verifications', 'maintenance_operations', 'project_health_metrics', 'workspaces'],
  ...['workspace_tasks', 'workspace_artifacts', 'workspace_configurations', 'generic_tasks'],
];

/**
 * The tables of v1.2 to v1.8: breakdowns, their subtasks, and from v1.5.1 on tasks that its own
 * maintenance had archived (and removed). Whatever columns there are is read by their names.
 */
export function readBreakdownTables(database: TableReader): DraftReading {
  const { place } = database;
  const findings: ImportFinding[] = [];
  const tasks = new Map<string, TaskDraft[]>();
  const add = (planId: string, task: TaskDraft): void => {
    tasks.set(planId, [...(tasks.get(planId) ?? []), task]);
  };
  const rows = database.rows('subtasks').map((row, at) => ({ row, at }));
  for (const { row } of rows.toSorted(byCreation)) {
    add(planOf(row), subtask(row, `${place} (subtasks)`));
  }
  for (const row of database.rows('task_archives')) {
    const task = archivedTask(row, `${place} (task_archives)`);
    const planId = planOf(row);
    const own = tasks.get(planId) ?? [];
    const isThere = own.some(({ taskId }) => taskId !== null && taskId === task.taskId);
    if (!isThere) add(planId, task);
  }
  const plans = database.rows('task_breakdowns').map((row): PlanDraft => {
    const planId = planOf(row);
    const own = tasks.get(planId) ?? [];
    tasks.delete(planId);
    return {
      key: planId,
      planId,
      title: null,
      description: anyTextOf(row['description']),
      complexity: textOf(row['complexity']),
      context: anyTextOf(row['context']),
      createdAtMs: readMoment(row['created_at'], 'local'),
      place: `${place} (task_breakdowns)`,
      tasks: own,
    };
  });
  for (const [planId, own] of tasks) {
    const message = `${own.length} subtasks of ${planId}, of which nothing else is stored`;
    findings.push(importFinding('task_without_plan', { place, planId }, message));
    const title = `Tasks of ${planId}`;
    plans.push({ key: planId, planId, title, description: null, place, tasks: own });
  }
  for (const table of OTHERS) {
    const count = database.rows(table).length;
    if (count === 0) continue;
    const message = `${count} rows of ${table} have no counterpart`;
    findings.push(importFinding('data_not_taken', { place }, message));
  }
  return { plans, findings: [...database.findings, ...findings] };
}

const WITHOUT_PLAN = 'unplanned';

function planOf(row: LooseRecord): string {
  return textOf(row['parent_task_id'])?.trim() ?? WITHOUT_PLAN;
}

interface Numbered {
  readonly row: LooseRecord;
  readonly at: number;
}

/** A replaced row has a new place in its table; the moment of its creation stays. */
function byCreation(one: Numbered, other: Numbered): number {
  const moments = [one, other].map(({ row }) => readMoment(row['created_at'], 'local'));
  const [first, second] = moments;
  if (first == null || second == null || first === second) return one.at - other.at;
  return first - second;
}

function subtask(row: LooseRecord, place: string): TaskDraft {
  const told = Object.fromEntries(
    Object.entries(row).filter(
      ([name, value]) =>
        !['parent_task_id', 'workspace_id'].includes(name) && textOf(value) !== DEFAULTS[name],
    ),
  );
  return olderTask(told, place);
}

/** What the older maintenance had archived lies in JSON, apart from its table. */
function archivedTask(row: LooseRecord, place: string): TaskDraft {
  const whole = recordOf(row['archived_data']);
  const data = whole ?? {};
  const details = isRecord(data['task_details']) ? data['task_details'] : data;
  const timeline = isRecord(data['timeline']) ? data['timeline'] : {};
  const { parent_task_id: _, ...own } = details;
  const task = olderTask({ ...own, ...timeline }, place);
  const wasDone = task.completedAtMs !== null || details['status'] === 'completed';
  const lost = whole === null ? anyTextOf(row['archived_data']) : null;
  const fields = {
    ...task.fields,
    ...(lost === null ? {} : { archived_data: lost }),
    ...(anyTextOf(row['archive_reason']) === null
      ? {}
      : { archive_reason: String(row['archive_reason']) }),
  };
  return {
    ...task,
    taskId: task.taskId ?? textOf(row['original_task_id']),
    status: 'archived',
    completedAtMs: task.completedAtMs ?? (wasDone ? readMoment(row['created_at'], 'local') : null),
    fields,
  };
}
