import type { ImportFinding } from '../../domain/importing/imported-plan.ts';
import { importFinding } from '../../domain/importing/imported-plan.ts';
import { readPriority } from '../../domain/priority.ts';
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

const KEYS: ReadonlySet<string> = new Set([
  ...['id', 'title', 'description', 'details', 'status', 'dependencies', 'priority', 'subtasks'],
  ...['testStrategy', 'createdAt', 'updatedAt', 'completedAt', 'acceptanceCriteria', 'parentId'],
  'parentTaskId',
]);

/**
 * `tasks.json` of Task Master: tags with a list of tasks each (one plan a tag), or, as older
 * versions wrote it, the list alone. A subtask is the task `<parent>.<id>`; the parent waits for
 * its subtasks, and these for what the parent waits for.
 */
export function readTaskMaster(text: string, place: string): DraftReading {
  const parsed = parseJson(text);
  if (!parsed.ok || !isRecord(parsed.value)) {
    const why = parsed.ok ? 'it is no JSON object' : parsed.message;
    return { plans: [], findings: [importFinding('file_unreadable', { place }, why)] };
  }
  const root = parsed.value;
  const tags: [string, LooseRecord][] = Array.isArray(root['tasks'])
    ? [['master', root]]
    : Object.entries(root).filter((entry): entry is [string, LooseRecord] => isRecord(entry[1]));
  const findings: ImportFinding[] = [];
  const plans = tags.flatMap(([tag, content]) => {
    if (!Array.isArray(content['tasks'])) return [];
    return [tagPlan(tag, content, { place, findings })];
  });
  return { plans, findings };
}

function tagPlan(
  tag: string,
  content: LooseRecord,
  { place, findings }: { readonly place: string; readonly findings: ImportFinding[] },
): PlanDraft {
  const planId = `task-master_${tag}`;
  const about = content['metadata'] ?? content['meta'];
  const metadata = isRecord(about) ? about : {};
  const tasks = (content['tasks'] as readonly unknown[]).flatMap((task, at) => {
    if (isRecord(task)) return taskWithSubtasks(task, `${place} (${tag})`);
    const why = `entry ${at + 1} is no task`;
    findings.push(importFinding('record_not_taken', { place, planId }, why));
    return [];
  });
  return {
    key: tag,
    planId,
    title: textOf(metadata['projectName']) ?? `Task Master: ${tag}`,
    description: anyTextOf(metadata['description']),
    createdAtMs: readMoment(metadata['created'] ?? metadata['createdAt'], 'utc'),
    place,
    tasks,
  };
}

function taskWithSubtasks(task: LooseRecord, place: string): readonly TaskDraft[] {
  const id = textOf(task['id']);
  const above = textsOf(task['dependencies']);
  const children = (Array.isArray(task['subtasks']) ? task['subtasks'] : []).filter(isRecord);
  const subtasks = children.map((child): TaskDraft => {
    const childId = textOf(child['id']);
    const own = childId?.includes('.') === true ? childId : `${id}.${childId ?? '?'}`;
    return {
      ...draftOf(child, place),
      taskId: own,
      dependencies: siblings(child['dependencies'], id),
      implied: above,
    };
  });
  const ids = subtasks.flatMap(({ taskId }) => taskId ?? []);
  return [...subtasks, { ...draftOf(task, place), taskId: id, dependencies: above, implied: ids }];
}

/** A number names a sibling; what has a dot, or names none, is a task of the tag. */
function siblings(value: unknown, parent: string | null): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : textsOf(value);
  return list.flatMap((one) => {
    const id = textOf(one)?.trim() ?? null;
    if (id === null) return [];
    return [typeof one === 'number' && Number.isInteger(one) ? `${parent}.${id}` : id];
  });
}

function draftOf(task: LooseRecord, place: string): Omit<TaskDraft, 'taskId' | 'dependencies'> {
  const test = anyTextOf(task['testStrategy']);
  const description = [anyTextOf(task['description']), anyTextOf(task['details'])];
  const priority = textOf(task['priority']);
  const isOver = ['done', 'completed', 'cancelled'].includes(String(task['status']));
  const ended = task['completedAt'] ?? task['updatedAt'];
  return {
    title: anyTextOf(task['title']),
    description: description.filter(Boolean).join('\n\n'),
    ...(priority === null ? {} : { priority: readPriority(priority).priority }),
    status: textOf(task['status']),
    criteria: [...textsOf(task['acceptanceCriteria']), ...(test === null ? [] : [test])],
    fields: otherFields(task, KEYS),
    createdAtMs: readMoment(task['createdAt'], 'utc'),
    completedAtMs: isOver ? readMoment(ended, 'utc') : null,
    place,
  };
}
