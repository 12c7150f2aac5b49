import type { AttemptOutcome } from '../../domain/outcome.ts';
import { completedBy } from '../../domain/transition/finish.ts';
import { eventText } from '../sql/task-row.ts';
import type { SqlValue } from '../sql/verb.ts';
import type { ClaimNext, FinishAttempt } from '../store.ts';
import { arrayText } from './set-form.ts';
import { KEPT_MS, SCOPE } from './store-meta.ts';
import { NOW_MS } from './turn.ts';

/** The end of an attempt that succeeded. */
export interface Success extends FinishAttempt {
  readonly outcome: Extract<AttemptOutcome, { readonly kind: 'succeeded' }>;
}

export type AtOnceKind = 'claims' | 'ends' | 'both';

/** What the statement leaves in the ledger, and what it needs to know of this process. */
export interface Word {
  readonly writer: string;
  readonly number: number;
  readonly generation: number;
  /** In the place of the database's clock; for tests. */
  readonly nowMs: number | null;
}

const NOW =
  'now AS MATERIALIZED (SELECT ms, ' +
  "to_char(timestamp '1970-01-01' + ms * interval '1 millisecond', 'YYYY-MM-DD HH24:MI:SS.MS') " +
  `AS said, min_writer <= $3::bigint AS mine FROM store_meta, ` +
  `LATERAL (SELECT coalesce($4::bigint, ${NOW_MS}) AS ms) clock WHERE one = 1)`;

const IS_READY =
  "list_id = $5::text AND status = 'queued' AND pending_deps = 0 AND due_at_ms = 0 AND held = 0";
/** Nothing to be weighed: no limits, nothing that needs a label. */
const FREE =
  "free AS MATERIALIZED (SELECT e.status = 'running' AND now.mine AS goes, " +
  'least($6::bigint, $7::bigint - (SELECT count(*) FROM task_queue q ' +
  "WHERE q.list_id = $5::text AND q.status = 'running')) AS most, " +
  'NOT now.mine OR EXISTS (SELECT 1 FROM claim_limits) OR ($8::bigint = 1 AND EXISTS ' +
  `(SELECT 1 FROM task_queue WHERE ${IS_READY} AND needs_json IS NOT NULL)) AS limited ` +
  'FROM executors e, now WHERE e.list_id = $5::text)';
const READY =
  'ready AS MATERIALIZED (SELECT id FROM task_queue ' +
  `WHERE ${IS_READY} AND priority <= $9::text ` +
  'ORDER BY priority, position ' +
  'LIMIT coalesce((SELECT greatest(most, 0) FROM free WHERE goes AND NOT limited), 0) ' +
  'FOR UPDATE SKIP LOCKED)';
/** What `evolve` says of `claimed`. */
const TAKEN =
  "taken AS (UPDATE task_queue q SET status = 'running', attempts = attempts + 1, " +
  'claims = claims + 1, fence = fence + 1, due_at_ms = 0, holder_id = $10::text, ' +
  'holder_term = holder_term + 1, status_reason = NULL, cause_task_id = NULL, ' +
  'started_at_ms = now.ms, started_at = now.said, ended_at_ms = NULL, completed_at = NULL, ' +
  'lease_until_ms = now.ms + $11::bigint, assigned_agent = coalesce(agent, $12::text), ' +
  'updated_at = now.said, end_request_json = NULL FROM ready, now ' +
  "WHERE q.id = ready.id AND coalesce(q.status, '') = 'queued' " +
  'RETURNING q.id, q.list_id, q.task_id, q.priority, q.position, q.assigned_agent AS agent, ' +
  'q.fence, q.holder_term AS term, q.claims)';
const CLAIM_EVENTS =
  'claim_events AS (INSERT INTO task_events (list_id, task, at_ms, kind, data_json) ' +
  'SELECT list_id, id, now.ms, \'claimed\', concat(\'{"kind":"claimed","fence":\', fence, ' +
  "',\"holder\":', $13::text, ',\"agent\":', coalesce(to_json(agent)::text, 'null'), '}') " +
  'FROM taken, now ORDER BY priority, position)';
const ATTEMPTS =
  'attempts AS (INSERT INTO task_attempts (task, fence, attempt, agent, holder_id, ' +
  'claimed_at_ms) SELECT id, fence, claims, agent, $10::text, now.ms FROM taken, now)';
const CLAIMED =
  'CASE WHEN (SELECT limited FROM free) THEN NULL ELSE (SELECT coalesce(json_agg(' +
  'json_build_array(id, task_id, agent, fence, term, claims) ORDER BY priority, position), ' +
  "'[]') FROM taken) END";

const CLAIM_PARTS = [FREE, READY, TAKEN, CLAIM_EVENTS, ATTEMPTS];
const CLAIM_VALUES = 9;

/** `b` is the set of ends; what `evolve` says of `completed` happens where nobody waits for it. */
const ENDED_COLUMNS = 'id, fence, holder, term, summary, event, exit_code, result, place';
const endParts = (first: number): readonly string[] => {
  const types = ['text', 'bigint', 'text', 'bigint', 'text', 'text', 'bigint', 'text'];
  const arrays = types.map((type, at) => `$${first + at}::${type}[]`).join(', ');
  return [
    `b AS MATERIALIZED (SELECT * FROM unnest(${arrays}) WITH ORDINALITY AS b(${ENDED_COLUMNS}))`,
    "ended AS (UPDATE task_queue q SET status = 'completed', due_at_ms = 0, holder_id = NULL, " +
      'last_error = NULL, status_reason = NULL, cause_task_id = NULL, ended_at_ms = now.ms, ' +
      'completed_at = now.said, lease_until_ms = NULL, updated_at = now.said, ' +
      'end_request_json = NULL, result_summary = coalesce(b.summary, result_summary) ' +
      "FROM b, now WHERE now.mine AND q.id = b.id AND coalesce(q.status, '') = 'running' " +
      'AND q.fence = b.fence ' +
      'AND (b.holder IS NULL OR q.holder_id = b.holder AND q.holder_term = b.term) ' +
      'AND NOT EXISTS (SELECT 1 FROM task_dependencies d ' +
      'WHERE d.depends_on = q.id AND d.satisfied_at_ms IS NULL) ' +
      'AND NOT EXISTS (SELECT 1 FROM task_queue c WHERE c.cause_task_id = q.id) ' +
      'RETURNING q.id, q.list_id, q.fence, b.event, b.exit_code, b.result, b.place)',
    'end_events AS (INSERT INTO task_events (list_id, task, at_ms, kind, data_json) ' +
      "SELECT list_id, id, now.ms, 'completed', event FROM ended, now ORDER BY place)",
    'over AS (UPDATE task_attempts a SET ended_at_ms = now.ms, ' +
      "outcome = 'succeeded', exit_code = ended.exit_code, error = NULL, " +
      'result_json = coalesce(ended.result, result_json) FROM ended, now ' +
      'WHERE a.task = ended.id AND a.fence = ended.fence)',
  ];
};
const ENDED = "(SELECT coalesce(json_agg(place), '[]') FROM ended)";

function statement(parts: readonly string[], claimed: string, ended: string): string {
  const anything = [claimed === 'NULL' ? '' : 'taken', ended === "'[]'::json" ? '' : 'ended']
    .filter((name) => name !== '')
    .map((name) => `EXISTS (SELECT 1 FROM ${name})`)
    .join(' OR ');
  return (
    `WITH ${[NOW, ...parts].join(', ')}, ` +
    `said AS MATERIALIZED (SELECT json_build_object('claimed', ${claimed}, 'ended', ${ended}, ` +
    "'nowMs', now.ms)::text AS text FROM now), " +
    'word AS (INSERT INTO requests (scope, key, input_hash, result_json, expires_at_ms) ' +
    `SELECT '${SCOPE}', $1::text, said.text, $2::text, now.ms + ${KEPT_MS} FROM said, now ` +
    `WHERE ${anything} ON CONFLICT (scope, key) DO UPDATE SET input_hash = excluded.input_hash, ` +
    'result_json = excluded.result_json, expires_at_ms = excluded.expires_at_ms) ' +
    `SELECT said.text AS said, ${anything} AS written FROM said`
  );
}

const FIRST_CLAIM_VALUE = 5;
const NO_ENDS = "'[]'::json";

/** Each has the values of the word, then those of its claims, then those of its ends. */
export const AT_ONCE: Readonly<Record<AtOnceKind, string>> = {
  claims: statement(CLAIM_PARTS, CLAIMED, NO_ENDS),
  ends: statement(endParts(FIRST_CLAIM_VALUE), 'NULL', ENDED),
  both: statement([...CLAIM_PARTS, ...endParts(FIRST_CLAIM_VALUE + CLAIM_VALUES)], CLAIMED, ENDED),
};

export function claimValues(inputs: readonly ClaimNext[]): readonly SqlValue[] {
  const [first] = inputs;
  if (first === undefined) return [];
  const max = inputs.reduce((sum, input) => sum + input.max, 0);
  return [
    ...[first.listId, max, first.maxConcurrent, first.labels === undefined ? 0 : 1],
    ...[first.minPriority, first.holderId, first.leaseMs, first.defaultAgent],
    JSON.stringify(first.holderId),
  ];
}

export function endValues(inputs: readonly Success[]): readonly SqlValue[] {
  if (inputs.length === 0) return [];
  const columns = [
    inputs.map(({ id }) => id),
    inputs.map(({ fence }) => fence),
    inputs.map(({ holder }) => holder?.id ?? null),
    inputs.map(({ holder }) => holder?.term ?? null),
    inputs.map(({ outcome }) => outcome.summary ?? null),
    inputs.map(({ outcome }) => eventText(completedBy(outcome))),
    inputs.map(({ evidence }) => evidence?.exitCode ?? null),
    inputs.map(({ evidence }) => evidence?.resultJson ?? null),
  ];
  return columns.map(arrayText);
}
