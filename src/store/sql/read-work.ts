import type { Work, WorkList, WorkQuery } from '../instances.ts';
import type { EndRequest } from '../store.ts';
import { DRAIN_OF, type DrainRow, drainOf } from './instances.ts';
import { IS_LIMITED } from './limits.ts';
import { NEXT_DUE } from './promote-due.ts';
import { type ReadContext, row, rows, type Verb } from './verb.ts';

const QUEUED =
  "FROM task_queue q WHERE q.list_id = e.list_id AND q.status = 'queued' AND q.held = 0";
/** Needs the indexes `task_queue_ready`, `task_queue_running` and `task_queue_delayed`. */
const READY = `EXISTS (SELECT 1 ${QUEUED} AND q.pending_deps = 0 AND q.due_at_ms = 0)`;
const RUNS = "q.list_id = e.list_id AND q.status = 'running'";
const MINE = `EXISTS (SELECT 1 FROM task_queue q WHERE ${RUNS} AND q.holder_id = ?)`;
const LISTS =
  'SELECT e.list_id AS listId, l.task_list_path AS path, e.status, e.config_json AS configJson, ' +
  `l.home_host AS homeHost, ${READY} AS ready, ` +
  `(SELECT count(*) FROM task_queue q WHERE ${RUNS}) AS running ` +
  'FROM executors e JOIN task_lists l ON l.list_id = e.list_id ' +
  `WHERE (e.status = 'running' AND ${READY}) OR ${MINE} ORDER BY e.list_id`;
const BUSY =
  "SELECT EXISTS (SELECT 1 FROM executors e WHERE e.status = 'running' AND (" +
  `EXISTS (SELECT 1 FROM task_queue q WHERE ${RUNS}) OR EXISTS (SELECT 1 FROM ` +
  'task_queue q WHERE q.due_at_ms > 0 AND q.list_id = e.list_id AND q.held = 0 AND ' +
  "q.pending_deps = 0 AND coalesce(q.status, '') = 'queued'))) AS busy, " +
  `EXISTS (SELECT 1 FROM executors e WHERE e.status = 'running' AND ${READY}) AS ready, ` +
  `(${NEXT_DUE}) AS due, (SELECT coalesce(max(seq), 0) FROM task_events) AS seq, ${IS_LIMITED}`;
const REQUESTS =
  "SELECT id, end_request_json AS request FROM task_queue WHERE status = 'running' " +
  'AND holder_id = ? AND end_request_json IS NOT NULL';
interface Facts {
  readonly busy: number;
  readonly ready: number;
  readonly due: number | null;
  readonly seq: number;
  readonly limited: number;
}

/** What a server that works on every list looks at between two claims. */
export function* readWork({ nowMs }: ReadContext, { holderId }: WorkQuery): Verb<Work> {
  const lists = yield* rows<Omit<WorkList, 'ready'> & { ready: number }>(LISTS, holderId);
  const facts = yield* row<Facts>(BUSY);
  const requests = yield* rows<{ id: string; request: string }>(REQUESTS, holderId);
  const drain = yield* row<DrainRow>(DRAIN_OF, holderId);
  return {
    lists: lists.map((list) => ({ ...list, ready: list.ready === 1 })),
    endRequests: requests.map(({ id, request }) => ({
      id,
      ...(JSON.parse(request) as Omit<EndRequest, 'id'>),
    })),
    nextDueInMs: facts === undefined || facts.due === null ? null : facts.due - nowMs,
    isIdle: facts?.busy !== 1 && facts?.ready !== 1,
    isStill: facts?.busy !== 1,
    drain: drain === undefined ? null : drainOf(drain, nowMs),
    isLimited: facts?.limited === 1,
    lastSeq: facts?.seq ?? 0,
  };
}
