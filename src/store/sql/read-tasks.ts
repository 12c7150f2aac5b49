import { PawlError } from '../../domain/errors.ts';
import { keptText } from '../../domain/kept-text.ts';
import type {
  Dependency,
  Outlook,
  OutlookQuery,
  TaskDetail,
  TaskLine,
  TaskQuery,
} from '../store.ts';
import { labelsIn } from './ready-tasks.ts';
import type { TaskRow } from './task-row.ts';
import { question, row, rows, type SqlValue, type Statement, type Verb } from './verb.ts';

/** What lists show of `task_queue q`; wide columns (steps, texts of results ...) stay unread. */
export const LINE =
  'q.id, q.task_list_path AS list, q.list_id AS listId, q.task_id AS taskId, q.status, ' +
  'q.priority, q.section, q.description, q.title, ' +
  'q.specialist_type AS specialistType, ' +
  'q.estimated_effort AS estimatedEffort, q.dependencies, ' +
  'q.needs_json AS needs, q.position, q.attempts, ' +
  'q.last_error AS lastError, q.pending_deps AS pendingDeps, q.due_at_ms AS dueAtMs, q.held, ' +
  'q.agent, q.assigned_agent AS assignedAgent, q.status_reason AS statusReason, ' +
  'q.started_at_ms AS startedAtMs, q.ended_at_ms AS endedAtMs, q.archived_at_ms AS archivedAtMs';

const DETAIL =
  'q.claims, q.fence, q.crash_count AS crashCount, q.revisions, q.holder_id AS holderId, ' +
  'q.holder_term AS holderTerm, q.lease_until_ms AS leaseUntilMs, ' +
  'q.cause_task_id AS causeTaskId, q.on_dep_failure AS onDepFailure, q.line, ' +
  'q.timeout_ms AS timeoutMs, q.verify_json AS verify, ' +
  'q.steps_json AS steps, q.criteria_json AS criteria, q.fields_json AS fields, ' +
  'q.result_summary AS resultSummary, q.progress_json AS progressJson, ' +
  'q.created_at AS createdAt, q.updated_at AS updatedAt';

type Raw<T, K extends keyof T> = Omit<T, K> & { readonly [P in K]: string | null };
export type RawLine = Raw<TaskLine, 'dependencies' | 'needs'>;
type JsonDetail = 'verify' | 'steps' | 'criteria' | 'fields';
type RawDetail = RawLine & Raw<Omit<TaskDetail, keyof TaskLine>, JsonDetail>;

const MOST_LINES = 1_000_000;

/** Tasks in the order of their lists' files. */
export function* readTasks(query: TaskQuery): Verb<readonly TaskLine[]> {
  const where: string[] = [];
  const params: SqlValue[] = [];
  const need = (condition: string, ...values: SqlValue[]): void => {
    where.push(condition);
    params.push(...values);
  };
  if (query.listId !== undefined) {
    need(
      'q.task_list_path = (SELECT task_list_path FROM task_lists WHERE list_id = ?)',
      query.listId,
    );
  }
  if (query.statuses !== undefined) {
    need(`q.status IN (${query.statuses.map(() => '?').join(', ')})`, ...query.statuses);
  }
  if (query.afterPosition !== undefined) need('q.position > ?', query.afterPosition);
  if (query.archived !== true) need('q.archived_at_ms IS NULL');
  const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const found = yield* rows<RawLine>(
    `SELECT ${LINE} FROM task_queue q ${filter} ORDER BY q.task_list_path, q.position LIMIT ? + 0`,
    ...params,
    query.limit ?? MOST_LINES,
  );
  return found.map(readLine);
}

export function* readTaskLine(id: string): Verb<TaskLine> {
  return existingLine(id, (yield lineOf(id)) as readonly RawLine[]);
}

/** What `readTaskLine` asks. */
export function lineOf(id: string): Statement {
  return question(`SELECT ${LINE} FROM task_queue q WHERE q.id = ?`, id);
}

export function existingLine(id: string, [found]: readonly RawLine[]): TaskLine {
  if (found === undefined) throw new PawlError('task_not_found', `no task has the id ${id}`);
  return readLine(found);
}

/** The line as it is read once the task is what a transition made of it. */
export function lineAfter(line: TaskLine, now: TaskRow): TaskLine {
  const { status, attempts, dueAtMs, held, assignedAgent, startedAtMs, endedAtMs } = now;
  const { lastError, archivedAtMs } = now;
  const statusReason = now.statusReason === null ? null : keptText(now.statusReason);
  return {
    ...{ ...line, status, attempts, dueAtMs, held, assignedAgent, startedAtMs, endedAtMs },
    ...{ lastError, statusReason, archivedAtMs },
  };
}

export function* readTaskDetail(id: string): Verb<TaskDetail | null> {
  const found = yield* row<RawDetail>(
    `SELECT ${LINE}, ${DETAIL} FROM task_queue q WHERE q.id = ?`,
    id,
  );
  if (found === undefined) return null;
  return {
    ...found,
    ...readLine(found),
    verify: fromJson(found.verify, null),
    steps: fromJson(found.steps, []),
    criteria: fromJson(found.criteria, []),
    fields: fromJson(found.fields, {}),
  };
}

/** Needs the indexes `task_queue_path_task` (list by list) and the primary key. */
export const BY_EXACT_REF =
  `SELECT ${LINE} FROM task_queue q WHERE ` +
  '((q.task_list_path IN (SELECT task_list_path FROM task_lists) AND q.task_id = ?) OR q.id = ?)';

/** By task id or id; failing that, by the end of an id that nobody else shares. */
export function* findTasks(ref: string, listId: string | null): Verb<readonly TaskLine[]> {
  const list = listId === null ? '' : 'AND q.list_id = ?';
  const inList = listId === null ? [] : [listId];
  const exact = yield* rows<RawLine>(
    `${BY_EXACT_REF} ${list} ORDER BY q.archived_at_ms IS NOT NULL, q.task_list_path LIMIT 20`,
    ref,
    ref,
    ...inList,
  );
  if (exact.length > 0 || ref.length < 4) return exact.map(readLine);
  const ending = yield* rows<RawLine>(
    `SELECT ${LINE} FROM task_queue q ` +
      `WHERE substr(q.id, length(q.id) - length(?) + 1) = ? ${list} LIMIT 20`,
    ref,
    ref,
    ...inList,
  );
  return ending.map(readLine);
}

export function* readDependencies(id: string): Verb<readonly Dependency[]> {
  const found = yield* rows<
    Omit<Dependency, 'archived' | 'satisfied'> & {
      readonly archived: number;
      readonly satisfied: number;
    }
  >(
    'SELECT d.depends_on_task_id AS taskId, d.depends_on AS id, p.status, ' +
      'coalesce(p.title, p.description) AS description, ' +
      'p.archived_at_ms IS NOT NULL AS archived, d.satisfied_at_ms IS NOT NULL AS satisfied, ' +
      'p.result_summary AS resultSummary FROM task_dependencies d ' +
      'LEFT JOIN task_queue p ON p.id = d.depends_on WHERE d.task = ? ORDER BY d.ordinal',
    id,
  );
  return found.map((edge) => ({
    ...edge,
    archived: edge.archived === 1,
    satisfied: edge.satisfied === 1,
  }));
}

const QUEUED = "q.list_id = ? AND q.status = 'queued' AND q.held = 0";

/** Needs the index `task_queue_ready`. */
export const NEXT =
  `SELECT ${LINE} FROM task_queue q WHERE ${QUEUED} AND q.pending_deps = 0 AND q.due_at_ms = 0 ` +
  'AND q.priority <= ? ORDER BY q.priority, q.position LIMIT ? + 0';

/** All in one pass over what is queued. */
const KINDS =
  'SELECT urgent, pending_deps > 0 AS blocked, due_at_ms > 0 AS delayed, count(*) AS n, ' +
  'min(due_at_ms) AS due FROM (SELECT priority <= ? AS urgent, pending_deps, due_at_ms ' +
  `FROM task_queue q WHERE ${QUEUED}) AS queued GROUP BY 1, 2, 3`;

interface Kind {
  readonly urgent: number;
  readonly blocked: number;
  readonly delayed: number;
  readonly n: number;
  readonly due: number;
}

/** What can run, and what keeps the rest from it. */
export function* readOutlook(query: OutlookQuery): Verb<Outlook> {
  const { listId, minPriority } = query;
  const next = yield* rows<RawLine>(NEXT, listId, minPriority, query.limit);
  const kinds = yield* rows<Kind>(KINDS, minPriority, listId);
  const count = (which: (kind: Kind) => boolean): number =>
    kinds.filter(which).reduce((sum, kind) => sum + kind.n, 0);
  const due = kinds.filter((kind) => kind.urgent === 1 && kind.delayed === 1);
  return {
    ready: count((kind) => kind.urgent === 1 && kind.blocked === 0 && kind.delayed === 0),
    excluded: count((kind) => kind.urgent === 0),
    delayed: count((kind) => kind.urgent === 1 && kind.blocked === 0 && kind.delayed === 1),
    blocked: count((kind) => kind.urgent === 1 && kind.blocked === 1),
    nextDueAtMs: due.length === 0 ? null : Math.min(...due.map((kind) => kind.due)),
    next: next.map(readLine),
  };
}

export function readLine(raw: RawLine): TaskLine {
  const dependencies = fromJson<readonly string[]>(raw.dependencies, []);
  return { ...raw, dependencies, needs: labelsIn(raw.needs) };
}

function fromJson<T>(json: string | null, otherwise: T): T {
  return json === null ? otherwise : (JSON.parse(json) as T);
}
