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
import type { DraftReading, TaskDraft } from '../plan-draft.ts';
import { readMoment } from '../read-moment.ts';

const KEYS: ReadonlySet<string> = new Set([
  ...['id', 'name', 'description', 'status', 'dependencies', 'createdAt', 'completedAt'],
  ...['summary', 'verificationCriteria', 'relatedFiles', 'agent'],
]);

/** The tasks of mcp-shrimp-task-manager (`tasks.json` with a list `tasks`): one plan. */
export function readShrimp(text: string, place: string): DraftReading {
  const parsed = parseJson(text);
  const tasks = parsed.ok && isRecord(parsed.value) ? parsed.value['tasks'] : undefined;
  if (!Array.isArray(tasks)) {
    const why = parsed.ok ? 'it has no list of tasks' : parsed.message;
    return { plans: [], findings: [importFinding('file_unreadable', { place }, why)] };
  }
  const findings = tasks.flatMap((task, at) =>
    isRecord(task)
      ? []
      : [importFinding('record_not_taken', { place, planId: PLAN }, `task ${at + 1} is no object`)],
  );
  const drafts = tasks.filter(isRecord).map((task) => shrimpTask(task, place));
  const title = 'Tasks of shrimp';
  return {
    plans: [{ key: PLAN, planId: PLAN, title, description: null, place, tasks: drafts }],
    findings,
  };
}

const PLAN = 'shrimp';

function shrimpTask(task: LooseRecord, place: string): TaskDraft {
  const files = anyTextOf(task['relatedFiles']);
  const guide = ['implementationGuide', 'notes'].flatMap((key) => anyTextOf(task[key]) ?? []);
  return {
    taskId: textOf(task['id']),
    title: anyTextOf(task['name']),
    description: [anyTextOf(task['description']), ...guide].filter(Boolean).join('\n\n'),
    specialist: textOf(task['agent']),
    dependencies: dependenciesOf(task['dependencies']),
    status: textOf(task['status']),
    result: anyTextOf(task['summary']),
    criteria: textsOf(task['verificationCriteria']),
    fields: {
      ...otherFields(task, new Set([...KEYS, 'implementationGuide', 'notes'])),
      ...(files === null ? {} : { relatedFiles: files }),
    },
    createdAtMs: readMoment(task['createdAt'], 'utc'),
    completedAtMs: readMoment(task['completedAt'], 'utc'),
    place,
  };
}

function dependenciesOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return textsOf(value);
  return value.flatMap((one: unknown) => {
    const id = isRecord(one) ? textOf(one['taskId'] ?? one['id']) : textOf(one);
    return id === null ? [] : [id];
  });
}
