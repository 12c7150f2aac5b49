import { PawlError } from '../../domain/errors.ts';
import { TASK_STATUSES, type TaskStatus } from '../../domain/status.ts';
import {
  BREAKDOWNS_MAX,
  type BreakdownPage,
  type BreakdownQuery,
  type BreakdownRecord,
  type BreakdownSummary,
} from '../breakdowns.ts';
import { BREAKDOWN, readBreakdownRecord } from './breakdown-row.ts';
import { rows, type SqlValue, type Verb } from './verb.ts';

/** What is archived with a breakdown counts for it, what was archived before does not. */
const COUNTS =
  'SELECT q.list_id AS listId, q.status, q.pending_deps > 0 AS blocked, ' +
  'q.due_at_ms > 0 AS delayed, count(*) AS n, max(q.updated_at) AS last ' +
  'FROM task_queue q JOIN task_breakdowns b ON b.list_id = q.list_id ' +
  'WHERE coalesce(q.archived_at_ms, 0) = coalesce(b.archived_at_ms, 0) AND q.list_id IN ';

interface CountRow {
  readonly listId: string;
  readonly status: TaskStatus;
  readonly blocked: number | boolean;
  readonly delayed: number | boolean;
  readonly n: number;
  readonly last: string | null;
}

export function* readBreakdown(parentTaskId: string): Verb<BreakdownSummary | null> {
  const found = yield* readBreakdownRecord(parentTaskId);
  return found === null ? null : ((yield* withCounts([found]))[0] ?? null);
}

/** The same, where it must be there. */
export function* summarizeBreakdown(parentTaskId: string): Verb<BreakdownSummary> {
  const found = yield* readBreakdown(parentTaskId);
  if (found !== null) return found;
  throw new PawlError('breakdown_not_found', `there is no breakdown ${parentTaskId}`);
}

/** Newest first; a page begins behind the key of the last one of the page before. */
export function* readBreakdowns(query: BreakdownQuery): Verb<BreakdownPage> {
  const where: string[] = [];
  const params: SqlValue[] = [];
  if (query.sessionId !== undefined) {
    where.push('b.session_id = ?');
    params.push(query.sessionId);
  }
  const { archived = 'no', after } = query;
  if (archived !== 'too')
    where.push(`b.archived_at_ms IS ${archived === 'only' ? 'NOT ' : ''}NULL`);
  if (after !== undefined) {
    where.push('(b.created_at_ms < ? OR (b.created_at_ms = ? AND b.parent_task_id < ?))');
    params.push(after.createdAtMs, after.createdAtMs, after.parentTaskId);
  }
  const limit = Math.max(1, Math.min(query.limit ?? BREAKDOWNS_MAX, BREAKDOWNS_MAX));
  const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const found = yield* rows<BreakdownRecord>(
    `${BREAKDOWN} ${filter} ORDER BY b.created_at_ms DESC, b.parent_task_id DESC LIMIT ? + 0`,
    ...params,
    limit + 1,
  );
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const isMore = found.length > limit && last !== undefined;
  const { createdAtMs = 0, parentTaskId = '' } = last ?? {};
  return {
    breakdowns: yield* withCounts(shown),
    next: isMore ? { createdAtMs, parentTaskId } : null,
  };
}

function* withCounts(found: readonly BreakdownRecord[]): Verb<readonly BreakdownSummary[]> {
  if (found.length === 0) return [];
  const ids = found.map(({ listId }) => listId);
  const counted = yield* rows<CountRow>(
    `${COUNTS}(${ids.map(() => '?').join(', ')}) GROUP BY q.list_id, q.status, ` +
      'q.pending_deps > 0, q.due_at_ms > 0',
    ...ids,
  );
  const byList = Map.groupBy(counted, ({ listId }) => listId);
  return found.map((breakdown) => summary(breakdown, byList.get(breakdown.listId) ?? []));
}

function summary(breakdown: BreakdownRecord, counted: readonly CountRow[]): BreakdownSummary {
  const count = (which: (one: CountRow) => boolean): number =>
    counted.filter(which).reduce((sum, { n }) => sum + n, 0);
  const counts = Object.fromEntries(
    TASK_STATUSES.map((status) => [status, count((one) => one.status === status)]),
  ) as Record<TaskStatus, number>;
  const isQueued = ({ status }: CountRow): boolean => status === 'queued';
  const isBlocked = ({ blocked }: CountRow): boolean => Boolean(blocked);
  const isDelayed = ({ delayed }: CountRow): boolean => Boolean(delayed);
  const moments = counted.flatMap(({ last }) => (last === null ? [] : [momentOf(last)]));
  return {
    ...breakdown,
    total: count(() => true),
    counts,
    ready: count((one) => isQueued(one) && !isBlocked(one) && !isDelayed(one)),
    delayed: count((one) => isQueued(one) && !isBlocked(one) && isDelayed(one)),
    blocked: count((one) => isQueued(one) && isBlocked(one)),
    lastActivityAtMs: Math.max(breakdown.createdAtMs, ...moments),
  };
}

/** Of a moment as the promised columns hold it; 0 of one that somebody else wrote otherwise. */
function momentOf(text: string): number {
  const ms = Date.parse(`${text.replace(' ', 'T').replace(/Z$/, '')}Z`);
  return Number.isNaN(ms) ? 0 : ms;
}
