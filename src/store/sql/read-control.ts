import { ClaimRoom } from '../../domain/claim-room.ts';
import type { Control, ControlQuery, EndRequest } from '../store.ts';
import { IS_CLIENTS } from './expire-claims.ts';
import { DRAIN_OF, type DrainRow, drainOf } from './instances.ts';
import { IS_LIMITED } from './limits.ts';
import { NEXT_DUE } from './promote-due.ts';
import { labelsIn, needsAhead, readyTasks } from './ready-tasks.ts';
import { type ReadContext, row, rows, type Verb } from './verb.ts';

const LIST = 'SELECT status, config_json AS configJson FROM executors WHERE list_id = ?';
const QUEUED = "FROM task_queue WHERE list_id = ? AND status = 'queued' AND held = 0";
/** Needs the indexes `task_queue_ready` and `task_queue_delayed`. */
export const FACTS =
  `SELECT EXISTS (SELECT 1 ${QUEUED} AND pending_deps = 0 AND due_at_ms = 0 AND priority <= ?) ` +
  'AS ready, EXISTS (SELECT 1 FROM task_queue WHERE due_at_ms > 0 AND list_id = ? ' +
  "AND coalesce(status, '') = 'queued' AND held = 0 AND pending_deps = 0 AND priority <= ?) " +
  'AS delayed, ' +
  "(SELECT count(*) FROM task_queue WHERE list_id = ? AND status = 'running') AS running, " +
  "(SELECT count(*) FROM task_queue WHERE list_id = ? AND status = 'running' " +
  `AND ${IS_CLIENTS}) AS clients, ` +
  `(${NEXT_DUE}) AS due, ` +
  `(SELECT coalesce(max(seq), 0) FROM task_events) AS seq, ${IS_LIMITED}`;
/** Counted only when it decides something: with nothing ready and nothing running. */
const LEFT =
  "SELECT count(*) AS n FROM task_queue WHERE list_id = ? AND status IN ('queued', 'waiting') " +
  'AND held = 0 AND priority <= ?';
const REQUESTS =
  'SELECT id, end_request_json AS request FROM task_queue WHERE list_id = ? ' +
  "AND status = 'running' AND holder_id = ? AND end_request_json IS NOT NULL";

interface Facts {
  readonly ready: number;
  readonly delayed: number;
  readonly running: number;
  readonly clients: number;
  readonly due: number | null;
  readonly seq: number;
  readonly limited: number;
}

/** What an executor looks at between two claims; every part of it is answered by an index. */
export function* readControl({ nowMs }: ReadContext, query: ControlQuery): Verb<Control> {
  const { listId, minPriority } = query;
  const list = yield* row<Pick<Control, 'status' | 'configJson'>>(LIST, listId);
  const facts = yield* row<Facts>(
    FACTS,
    ...[listId, minPriority, listId, minPriority, listId, listId],
  );
  const running = facts?.running ?? 0;
  const ready = facts?.ready === 1 && (yield* isOffered(query));
  const requests =
    running === 0
      ? []
      : yield* rows<{ id: string; request: string }>(REQUESTS, listId, query.holderId);
  const drain = yield* row<DrainRow>(DRAIN_OF, query.holderId);
  const idle = !ready && running === 0;
  const left = idle ? yield* row<{ n: number }>(LEFT, listId, minPriority) : undefined;
  return {
    status: list?.status ?? 'stopped',
    configJson: list?.configJson ?? null,
    endRequests: requests.map(({ id, request }) => ({
      id,
      ...(JSON.parse(request) as Omit<EndRequest, 'id'>),
    })),
    nextDueInMs: facts === undefined || facts.due === null ? null : facts.due - nowMs,
    drain: drain === undefined ? null : drainOf(drain, nowMs),
    ready,
    delayed: facts?.delayed === 1,
    running,
    heldByClients: facts?.clients ?? 0,
    left: left?.n ?? running,
    isLimited: facts?.limited === 1,
    lastSeq: facts?.seq ?? 0,
  };
}

/** Something is ready that this host may do: limits pass, but what it does not offer stays. */
function* isOffered({ listId, minPriority, labels, without }: ControlQuery): Verb<boolean> {
  const agents = without === undefined ? {} : { without };
  const alike = { listId, minPriority, most: 1, forClaim: false, ...agents };
  if (labels === undefined) {
    return without === undefined || (yield* readyTasks({ ...alike, needs: null })).length > 0;
  }
  const room = new ClaimRoom({ limits: [], running: [], offered: labels });
  const offered = (yield* needsAhead(listId)).filter(
    (needs) => room.obstacleOfNeeds(labelsIn(needs)) === null,
  );
  return (yield* readyTasks({ ...alike, needs: [null, ...offered] })).length > 0;
}
