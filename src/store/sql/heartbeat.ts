import type { EndRequest, Heartbeat, HeartbeatAnswer } from '../store.ts';
import { EACH_ROW } from './fragments.ts';
import { change, rows, type Verb, type VerbContext } from './verb.ts';

/**
 * One statement for all attempts of a holder. A row that is not given back was lost. The `coalesce`
 * keeps the planner from walking over everything that runs: it is to go from `b` to the rows.
 */
export const BEAT =
  `UPDATE task_queue AS q SET lease_until_ms = ? FROM ${EACH_ROW} b WHERE q.id = b.value ->> 0 ` +
  'AND q.fence = CAST(b.value ->> 1 AS bigint) ' +
  'AND q.holder_term = CAST(b.value ->> 2 AS bigint) ' +
  "AND coalesce(q.status, '') = 'running' AND q.holder_id = ? " +
  'RETURNING id, end_request_json AS request';
const BEAT_INSTANCE =
  'UPDATE instances SET heartbeat_at_ms = ?, clock_skew_ms = coalesce(?, clock_skew_ms) ' +
  'WHERE id = ?';

/** Renew the leases of a holder, in one statement, and bring back what was asked of its tasks. */
export function* heartbeat(ctx: VerbContext, input: Heartbeat): Verb<HeartbeatAnswer> {
  const { nowMs } = ctx;
  yield* change(BEAT_INSTANCE, nowMs, input.clockSkewMs ?? null, input.holderId);
  if (input.held.length === 0) return { lost: [], endRequests: [], nowMs };
  const batch = JSON.stringify(input.held.map((held) => [held.id, held.fence, held.term]));
  const beaten = yield* rows<{ id: string; request: string | null }>(
    BEAT,
    nowMs + input.leaseMs,
    batch,
    input.holderId,
  );
  const alive = new Set(beaten.map((task) => task.id));
  return {
    nowMs,
    lost: input.held.filter((held) => !alive.has(held.id)).map((held) => held.id),
    endRequests: beaten.flatMap((task) =>
      task.request === null ? [] : [{ id: task.id, ...readRequest(task.request) }],
    ),
  };
}

function readRequest(json: string): Omit<EndRequest, 'id'> {
  return JSON.parse(json) as Omit<EndRequest, 'id'>;
}
