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
import type { DraftReading, TaskDraft } from '../plan-draft.ts';
import { readMoment } from '../read-moment.ts';

const KEYS: ReadonlySet<string> = new Set([
  ...['id', 'title', 'description', 'acceptance_criteria', 'status', 'priority', 'created_at'],
  ...['closed_at', 'close_reason', 'labels', 'dependencies', 'estimated_minutes'],
  ...['dependency_count', 'dependent_count', 'comment_count', 'content_hash'],
]);

/** Links that let one issue wait for another; the others only tell. */
const BLOCKING: ReadonlySet<string> = new Set(['blocks', 'waits-for', 'conditional-blocks']);

/**
 * The issues of beads (`.beads/issues.jsonl`): one JSON object a line. All of them are one plan,
 * because they may wait for each other; an epic waits for its children.
 */
export function readBeads(text: string, place: string): DraftReading {
  const findings: ImportFinding[] = [];
  const issues = text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    const where = { place: `${place}:${at + 1}`, planId: PLAN };
    const parsed = parseJson(line);
    if (!parsed.ok || !isRecord(parsed.value)) {
      const why = parsed.ok ? 'the line is no issue' : parsed.message;
      findings.push(importFinding('record_not_taken', where, why));
      return [];
    }
    const issue = parsed.value;
    const why = leftOut(issue);
    if (why === null) return [{ issue, place: where.place }];
    findings.push(
      importFinding('record_not_taken', { ...where, taskId: textOf(issue['id']) }, why),
    );
    return [];
  });
  const children = childrenOf(issues.map(({ issue }) => issue));
  const tasks = issues.map(({ issue, place: line }) => issueTask(issue, line, children));
  return {
    plans: [{ key: PLAN, planId: PLAN, title: 'Issues of beads', description: null, place, tasks }],
    findings,
  };
}

const PLAN = 'beads';

function leftOut(issue: LooseRecord): string | null {
  const id = textOf(issue['id']) ?? 'an issue';
  if (issue['status'] === 'tombstone') return `${id} was removed in beads`;
  if (issue['is_template'] === true) return `${id} is a template`;
  if (issue['issue_type'] === 'message') return `${id} is a message`;
  if (issue['issue_type'] === 'event') return `${id} is an event`;
  return null;
}

function issueTask(
  issue: LooseRecord,
  place: string,
  children: ReadonlyMap<string, readonly string[]>,
): TaskDraft {
  const id = textOf(issue['id']);
  const links = linksOf(issue);
  const minutes = textOf(issue['estimated_minutes']);
  const others = links.filter(({ type }) => !BLOCKING.has(type));
  const told = others.map(({ type, target }) => `${type} ${target}`).join('\n');
  const isOver = ['closed', 'done', 'completed'].includes(String(issue['status']));
  return {
    taskId: id,
    title: anyTextOf(issue['title']),
    description: anyTextOf(issue['description']),
    effort: minutes === null ? null : `${minutes} minutes`,
    priority: priorityOf(issue['priority']),
    dependencies: links.flatMap(({ type, target }) => (BLOCKING.has(type) ? [target] : [])),
    implied: id === null ? [] : (children.get(id) ?? []),
    status: textOf(issue['status']),
    result: anyTextOf(issue['close_reason']),
    labels: textsOf(issue['labels']),
    criteria: textsOf(issue['acceptance_criteria']),
    fields: { ...otherFields(issue, KEYS), ...(told === '' ? {} : { links: told }) },
    createdAtMs: readMoment(issue['created_at'], 'utc'),
    completedAtMs: isOver ? readMoment(issue['closed_at'] ?? issue['updated_at'], 'utc') : null,
    place,
  };
}

interface Link {
  readonly type: string;
  readonly target: string;
}

function linksOf(issue: LooseRecord): readonly Link[] {
  const links = issue['dependencies'];
  if (!Array.isArray(links)) return textsOf(links).map((target) => ({ type: 'blocks', target }));
  return links.flatMap((link: unknown): Link[] => {
    if (typeof link === 'string') return [{ type: 'blocks', target: link }];
    const target = isRecord(link) ? textOf(link['depends_on_id']) : null;
    if (target === null || !isRecord(link)) return [];
    return [{ type: textOf(link['type']) ?? 'blocks', target }];
  });
}

/** Who is a child of whom. */
function childrenOf(issues: readonly LooseRecord[]): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>();
  const add = (parent: string, child: string): void => {
    children.set(parent, [...(children.get(parent) ?? []), child]);
  };
  for (const issue of issues) {
    const id = textOf(issue['id']);
    if (id === null) continue;
    for (const { type, target } of linksOf(issue)) if (type === 'parent-child') add(target, id);
  }
  return children;
}

/** 0 (critical) to 4 (backlog). */
function priorityOf(value: unknown): TaskDraft['priority'] & string {
  const number = typeof value === 'number' ? Math.trunc(value) : Number.NaN;
  if (Number.isNaN(number)) return readPriority(textOf(value) ?? '').priority;
  return (['P1', 'P1', 'P2', 'P3', 'P4'] as const)[Math.min(Math.max(number, 0), 4)] ?? 'P2';
}
