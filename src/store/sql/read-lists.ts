import { parentOfList } from '../../domain/breakdown/list-path.ts';
import type { RecordedEvent, TaskEvent } from '../../domain/event.ts';
import { SESSION_HOLDER } from '../../domain/holder.ts';
import type { ExecutorStatus, OnDepFailure, TaskStatus } from '../../domain/status.ts';
import type { Finding, ListMark } from '../../domain/tasklist/model.ts';
import type {
  EventQuery,
  HeldTask,
  ListRecord,
  ListSummary,
  LiveInstance,
  MarksOwed,
} from '../store.ts';
import { readHolders } from './instances.ts';
import { MARK_OF_STATUS, MARKING_KINDS, marksSince } from './marks-since.ts';
import { type ReadContext, row, rows, type SqlValue, type Verb } from './verb.ts';

const COLUMNS =
  'l.list_id AS listId, l.task_list_path AS path, l.title, l.home_host AS homeHost, ' +
  'l.real_path AS realPath, l.seen_hash AS seenHash, l.write_back AS writeBack, ' +
  'l.findings_json AS findings, ' +
  'x.id, x.status, x.config_json AS configJson, x.on_dep_failure AS onDepFailure, ' +
  'x.started_at AS startedAt, x.paused_at AS pausedAt, x.stopped_at AS stoppedAt';
const RECORD = `SELECT ${COLUMNS} FROM task_lists l JOIN executors x ON x.list_id = l.list_id`;
const SUMMARY =
  `SELECT ${COLUMNS}, ` +
  'e.total_tasks AS total, e.completed_tasks AS completed, e.failed_tasks AS failed, ' +
  'e.skipped_tasks AS skipped, e.cancelled_tasks AS cancelled, e.queued_tasks AS queued, ' +
  'e.running_tasks AS running, e.waiting_tasks AS waiting, e.current_task_id AS currentTaskId ' +
  'FROM task_lists l JOIN executors x ON x.list_id = l.list_id ' +
  'JOIN executor_state e ON e.list_id = l.list_id';

/** An archived breakdown is looked at as a breakdown, or by its path. */
const NOT_ARCHIVED =
  'WHERE NOT EXISTS (SELECT 1 FROM task_breakdowns b ' +
  'WHERE b.list_id = l.list_id AND b.archived_at_ms IS NOT NULL)';

const BY_PATH =
  'WHERE l.task_list_path = ? OR l.real_path = ? ORDER BY l.task_list_path <> ? LIMIT 1';

interface RecordRow {
  readonly listId: string;
  readonly path: string;
  readonly title: string | null;
  readonly homeHost: string | null;
  readonly realPath: string | null;
  readonly seenHash: string | null;
  readonly writeBack: number;
  readonly findings: string | null;
  readonly id: string;
  readonly status: ExecutorStatus;
  readonly configJson: string | null;
  readonly onDepFailure: OnDepFailure;
  readonly startedAt: string | null;
  readonly pausedAt: string | null;
  readonly stoppedAt: string | null;
}

interface SummaryRow extends RecordRow, Readonly<Record<TaskStatus, number>> {
  readonly total: number;
  readonly currentTaskId: string | null;
}

export function* readLists(): Verb<readonly ListSummary[]> {
  const found = yield* rows<SummaryRow>(`${SUMMARY} ${NOT_ARCHIVED} ORDER BY l.task_list_path`);
  return found.map(summary);
}

export function* readListRecords(): Verb<readonly ListRecord[]> {
  const found = yield* rows<RecordRow>(`${RECORD} ${NOT_ARCHIVED} ORDER BY l.task_list_path`);
  return found.map(record);
}

export function* readList(listId: string): Verb<ListSummary | null> {
  const found = yield* row<SummaryRow>(`${SUMMARY} WHERE l.list_id = ?`, listId);
  return found === undefined ? null : summary(found);
}

export function* readListRecord(listId: string): Verb<ListRecord | null> {
  const found = yield* row<RecordRow>(`${RECORD} WHERE l.list_id = ?`, listId);
  return found === undefined ? null : record(found);
}

/** By its path, or by the file that its path leads to. */
export function* readListByPath(path: string): Verb<ListSummary | null> {
  const found = yield* row<SummaryRow>(`${SUMMARY} ${BY_PATH}`, path, path, path);
  return found === undefined ? null : summary(found);
}

/** As `readListByPath`. */
export function* readListRecordByPath(path: string): Verb<ListRecord | null> {
  const found = yield* row<RecordRow>(`${RECORD} ${BY_PATH}`, path, path, path);
  return found === undefined ? null : record(found);
}

function record(found: RecordRow): ListRecord {
  const { id, status, configJson, onDepFailure, startedAt, pausedAt, stoppedAt } = found;
  return {
    listId: found.listId,
    path: found.path,
    title: found.title,
    executor: { id, status, configJson, onDepFailure, startedAt, pausedAt, stoppedAt },
    homeHost: found.homeHost,
    realPath: found.realPath,
    seenHash: found.seenHash,
    writeBack: found.writeBack === 1,
    findings: found.findings === null ? [] : (JSON.parse(found.findings) as Finding[]),
  };
}

function summary(found: SummaryRow): ListSummary {
  const { queued, running, waiting, completed, failed, skipped, cancelled } = found;
  return {
    ...record(found),
    counts: { queued, running, waiting, completed, failed, skipped, cancelled },
    total: found.total,
    currentTaskId: found.currentTaskId,
  };
}

const MARKED =
  'SELECT marked_event_seq AS seq, seen_hash AS hash, task_list_path AS path ' +
  'FROM task_lists WHERE list_id = ?';
const LAST_SEQ = 'SELECT max(seq) AS seq FROM task_events WHERE list_id = ?';
/**
 * Of the tasks that something happened to: those whose mark in the file is another one, or may be
 * because an event brought one there of which we did not hear that it arrived.
 */
const OWED =
  'SELECT id, task_id AS taskId, status, seen_mark AS seenMark FROM task_queue ' +
  'WHERE archived_at_ms IS NULL ' +
  'AND id IN (SELECT task FROM task_events WHERE list_id = ? AND seq > ?) ' +
  `AND (seen_mark IS NULL OR seen_mark = 'none' OR seen_mark <> ${MARK_OF_STATUS} ` +
  'OR id IN (SELECT task FROM task_events WHERE list_id = ? AND seq > ? ' +
  `AND kind IN (${MARKING_KINDS}))) ORDER BY position`;

interface OwedRow {
  readonly id: string;
  readonly taskId: string;
  readonly status: TaskStatus;
  readonly seenMark: ListMark | null;
}

/** Needs the index of events by list. */
const OWED_LISTS =
  'SELECT l.task_list_path AS path FROM task_lists l WHERE l.home_host = ? AND l.write_back = 1 ' +
  'AND l.marked_event_seq < (SELECT coalesce(max(v.seq), 0) FROM task_events v ' +
  'WHERE v.list_id = l.list_id) ORDER BY l.task_list_path';

export function* readListsOwedMarks(host: string): Verb<readonly string[]> {
  return (yield* rows<{ path: string }>(OWED_LISTS, host)).map(({ path }) => path);
}

export function* readMarksOwed(listId: string): Verb<MarksOwed> {
  const marked = yield* row<{ seq: number; hash: string | null; path: string }>(MARKED, listId);
  const last = yield* row<{ seq: number | null }>(LAST_SEQ, listId);
  const upToSeq = last?.seq ?? 0;
  const hasFile = parentOfList(marked?.path ?? '') === null;
  const markedSeq = hasFile ? (marked?.seq ?? 0) : upToSeq;
  const owed =
    upToSeq > markedSeq ? yield* rows<OwedRow>(OWED, listId, markedSeq, listId, markedSeq) : [];
  const possible = owed.length === 0 ? new Map() : yield* marksSince(listId, markedSeq);
  return {
    upToSeq,
    markedSeq,
    seenHash: marked?.hash ?? null,
    tasks: owed.map(({ id, taskId, status, seenMark }) => ({
      taskId,
      status,
      ...(seenMark === null ? {} : { knownMarks: [seenMark, ...(possible.get(id) ?? [])] }),
    })),
  };
}

const HELD =
  'SELECT id, list_id AS listId, task_id AS taskId, claims AS attempt, fence, ' +
  'holder_term AS term, assigned_agent AS agent, holder_id AS holderId, ' +
  'lease_until_ms AS leaseUntilMs, started_at_ms AS startedAtMs, ' +
  'end_request_json AS endRequest, ' +
  '(SELECT a.holder_id FROM task_attempts a ' +
  'WHERE a.task = q.id AND a.fence = q.fence) AS claimantId, ' +
  '(SELECT s.client_name FROM sessions s ' +
  `WHERE s.session_id = substr(q.holder_id, ${SESSION_HOLDER.length + 1})) AS clientName ` +
  "FROM task_queue q WHERE status = 'running'";

type HeldRow = Omit<HeldTask, 'holder' | 'leaseLeftMs' | 'endRequest'> & {
  readonly endRequest: string | null;
};

export function* readHeldTasks(ctx: ReadContext, listId: string | null): Verb<readonly HeldTask[]> {
  const held =
    listId === null
      ? yield* rows<HeldRow>(`${HELD} ORDER BY list_id, position`)
      : yield* rows<HeldRow>(`${HELD} AND list_id = ? ORDER BY position`, listId);
  if (held.length === 0) return [];
  const holders = new Map<string, LiveInstance>();
  for (const instance of yield* readHolders(ctx)) holders.set(instance.id, instance);
  return held.map((task) => ({
    ...task,
    leaseLeftMs: task.leaseUntilMs - ctx.nowMs,
    endRequest:
      task.endRequest === null ? null : (JSON.parse(task.endRequest) as HeldTask['endRequest']),
    holder: holders.get(task.holderId) ?? null,
  }));
}

const MOST_EVENTS = 10_000;

export function* readEvents(query: EventQuery): Verb<readonly RecordedEvent[]> {
  const where: string[] = ['v.seq > ?'];
  const params: SqlValue[] = [query.afterSeq ?? 0];
  if (query.task !== undefined) {
    where.push('v.task = ?');
    params.push(query.task);
  }
  if (query.listId !== undefined) {
    where.push('v.list_id = ?');
    params.push(query.listId);
  }
  if (query.kinds !== undefined) {
    where.push(`v.kind IN (${query.kinds.map(() => '?').join(', ')})`);
    params.push(...query.kinds);
  }
  const found = yield* rows<Omit<RecordedEvent, 'event'> & { readonly event: string }>(
    'SELECT v.seq, v.list_id AS listId, v.task, q.task_id AS taskId, v.at_ms AS atMs, ' +
      'v.data_json AS event FROM task_events v JOIN task_queue q ON q.id = v.task ' +
      `WHERE ${where.join(' AND ')} ORDER BY v.seq LIMIT ? + 0`,
    ...params,
    query.limit ?? MOST_EVENTS,
  );
  return found.map((recorded) => ({ ...recorded, event: JSON.parse(recorded.event) as TaskEvent }));
}
