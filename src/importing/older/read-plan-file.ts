import { importFinding } from '../../domain/importing/imported-plan.ts';
import {
  anyTextOf,
  isRecord,
  type LooseRecord,
  otherFields,
  parseJson,
  textOf,
  textsOf,
} from '../loose-value.ts';
import type { DraftReading, PlanDraft, TaskDraft } from '../plan-draft.ts';
import { readMoment } from '../read-moment.ts';

const PLAN_KEYS: ReadonlySet<string> = new Set([
  ...['version', 'parent_task_id', 'description', 'complexity', 'context', 'created_at'],
  'subtasks',
]);
const TASK_KEYS: ReadonlySet<string> = new Set([
  ...['task_id', 'title', 'description', 'specialist_type', 'dependencies', 'estimated_effort'],
  ...['status', 'results', 'artifacts', 'created_at', 'completed_at'],
]);

/**
 * A plan file of the older file-based store (`tasks/active|archive/<parent_task_id>.json`).
 * `created_at` holds the local time of its host, `completed_at` UTC, neither says so.
 */
export function readPlanFile(
  text: string,
  file: { readonly place: string; readonly nameStem: string; readonly archived: boolean },
): DraftReading {
  const parsed = parseJson(text);
  const { place } = file;
  if (!parsed.ok || !isRecord(parsed.value)) {
    const why = parsed.ok ? 'it is no JSON object' : parsed.message;
    return { plans: [], findings: [importFinding('file_unreadable', { place }, why)] };
  }
  const record = parsed.value;
  const planId = textOf(record['parent_task_id'])?.trim() ?? file.nameStem;
  const { subtasks } = record;
  const entries = Array.isArray(subtasks) ? subtasks : [];
  const findings = entries.flatMap((entry, at) =>
    isRecord(entry)
      ? []
      : [importFinding('record_not_taken', { place, planId }, `subtask ${at + 1} is no object`)],
  );
  if (!Array.isArray(subtasks)) {
    findings.push(
      importFinding('record_not_taken', { place, planId }, 'it has no list of subtasks'),
    );
  }
  const extra = Object.entries(otherFields(record, PLAN_KEYS));
  const context = [
    anyTextOf(record['context']),
    ...extra.map(([key, value]) => `${key}: ${value}`),
  ];
  const plan: PlanDraft = {
    key: planId,
    planId,
    title: null,
    description: anyTextOf(record['description']),
    complexity: textOf(record['complexity']),
    context: context.filter((one) => one !== null).join('\n') || null,
    createdAtMs: readMoment(record['created_at'], 'local'),
    archived: file.archived ? 'archived in the older store' : null,
    place,
    tasks: entries.filter(isRecord).map((entry) => olderTask(entry, place)),
  };
  return { plans: [plan], findings };
}

/** A subtask by the names that files and tables of v1 share. */
export function olderTask(record: LooseRecord, place: string): TaskDraft {
  const references = textsOf(record['artifacts']);
  const fields = otherFields(record, TASK_KEYS);
  return {
    taskId: textOf(record['task_id']),
    title: anyTextOf(record['title']),
    description: anyTextOf(record['description']),
    specialist: textOf(record['specialist_type']),
    effort: anyTextOf(record['estimated_effort']),
    dependencies: textsOf(record['dependencies']),
    status: textOf(record['status']),
    result: anyTextOf(record['results']),
    fields: references.length === 0 ? fields : { ...fields, artifacts: references.join('\n') },
    references,
    createdAtMs: readMoment(record['created_at'], 'local'),
    completedAtMs: readMoment(record['completed_at'], 'utc'),
    place,
  };
}
