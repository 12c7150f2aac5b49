import { keptText } from '../../domain/kept-text.ts';
import type { AttemptOutcome } from '../../domain/outcome.ts';
import { completedBy } from '../../domain/transition/finish.ts';
import { eventText } from '../sql/task-row.ts';
import type { SqlValue } from '../sql/verb.ts';
import type { ClaimNext, FinishAttempt } from '../store.ts';
import { arrayText } from './array-text.ts';
import type { KnownList } from './known-lists.ts';
import { type CommitWord, KEPT_MS, SCOPE } from './store-meta.ts';
import { NOW_MS } from './turn.ts';

/** The end of an attempt that succeeded. */
export interface Success extends FinishAttempt {
  readonly outcome: Extract<AttemptOutcome, { readonly kind: 'succeeded' }>;
}

/** `knowing_`: with what is remembered of the list. */
export type AtOnceKind = 'claims' | 'knowing_claims' | 'ends' | 'both' | 'knowing_both';

/** What the statement leaves in the ledger, and what it needs to know of this process. */
export interface Word {
  readonly commit: CommitWord;
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
  "list_id = $6::text AND status = 'queued' AND pending_deps = 0 AND due_at_ms = 0 AND held = 0";

/** Entries of the indexes that a claim goes through, dead ones too, as this session counts them. */
const ENTRIES = ['task_queue_ready', 'task_queue_running', 'task_queue_status']
  .map((index) => `pg_stat_get_xact_tuples_returned('${index}'::regclass)`)
  .join(' + ');
const BEGAN = `began AS MATERIALIZED (SELECT ${ENTRIES} AS entries)`;
/** The tasks that run; asked behind `began`: a condition without columns is looked at first. */
const running = (condition = '', also = ''): string =>
  `running AS MATERIALIZED (SELECT id FROM task_queue WHERE list_id = $6::text ` +
  `AND status = 'running' AND (SELECT entries FROM began) IS NOT NULL ${condition}${also})`;
/** How many entries were in the way of the others. */
const PASSED =
  `passed AS MATERIALIZED (SELECT ${ENTRIES} - began.entries - found.n ` +
  '- (SELECT count(*) FROM running) AS entries ' +
  'FROM began, (SELECT count(*) AS n FROM ready OFFSET 0) found)';

/** Most events, and running tasks, that a look builds upon: beyond, it is a whole one. */
const REMEMBERED_MAX = 1_000;

/**
 * Events of the list, by the index `task_events_list`: without an equality, that by `seq` alone,
 * which has those of every list, does not have this order.
 */
const EVENTS = (after: string): string =>
  `FROM task_events WHERE (list_id, seq) > ($6::text, ${after}) ` +
  'AND (list_id, seq) <= ($6::text, 9223372036854775807) ORDER BY list_id';
/** See `KnownLists`: what has happened since, and whether the rest still holds. */
const SINCE = EVENTS('$16::bigint');
const NEWS = `news AS MATERIALIZED (SELECT task ${SINCE}, seq LIMIT ${REMEMBERED_MAX + 1})`;
const KNOWN =
  'known AS MATERIALIZED (SELECT seq, loaded, coalesce(seq >= $16::bigint ' +
  'AND loaded = $17::bigint ' +
  `AND (SELECT count(*) FROM news) <= ${REMEMBERED_MAX}, false) AS holds FROM (` +
  `SELECT coalesce((SELECT seq ${EVENTS('0')} DESC, seq DESC LIMIT 1), 0) AS seq, ` +
  'coalesce(loaded_at_ms, 0) AS loaded FROM task_lists WHERE list_id = $6::text OFFSET 0) l)';
const HOLDS = '(SELECT holds FROM known)';
/** One after the other by its key, whatever the planner takes the tables for. */
const TOUCHED =
  'touched AS MATERIALIZED (SELECT task AS id FROM news ' +
  'UNION SELECT d.task FROM (SELECT DISTINCT task FROM news) n, ' +
  'LATERAL (SELECT task FROM task_dependencies WHERE depends_on = n.task OFFSET 0) d)';
const SEEN =
  'seen AS MATERIALIZED (SELECT c.id, q.* FROM ' +
  '(SELECT unnest($20::text[]) AS id UNION SELECT id FROM touched) c, ' +
  "LATERAL (SELECT status, priority, position, status = 'queued' AND pending_deps = 0 " +
  'AND due_at_ms = 0 AND held = 0 AS is_ready FROM task_queue ' +
  `WHERE id = c.id AND coalesce(list_id, '') = $6::text OFFSET 0) q WHERE ${HOLDS})`;
const KNOWN_RUNNING = running(
  `AND ${HOLDS} IS NOT TRUE `,
  "UNION ALL SELECT id FROM seen WHERE status = 'running'",
);
/** No task before it is ready; empty: nothing is known. */
const PLACE =
  'place AS MATERIALIZED (SELECT priority, position FROM (' +
  `SELECT $18::text AS priority, $19::bigint AS position WHERE ${HOLDS} ` +
  'UNION ALL SELECT priority, position FROM seen WHERE is_ready) places ' +
  'ORDER BY priority, position LIMIT 1)';

/** Nothing to be weighed: no limits, nothing that needs a label. What ends here runs no more. */
const free = (behind: Behind): string =>
  "free AS MATERIALIZED (SELECT e.status = 'running' AND now.mine AS goes, " +
  `least($7::bigint, $8::bigint - (SELECT count(*) FROM running)${behind.freed}) AS most, ` +
  `NOT now.mine OR ${behind.undecided} OR EXISTS (SELECT 1 FROM claim_limits) OR ` +
  '($9::bigint = 1 AND ' +
  `(SELECT needs_json FROM task_queue WHERE ${IS_READY} AND needs_json IS NOT NULL ` +
  'ORDER BY needs_json LIMIT 1) IS NOT NULL) AS limited ' +
  'FROM executors e, now WHERE e.list_id = $6::text)';
const ready = (from: string): string =>
  'ready AS MATERIALIZED (SELECT id, priority, position FROM task_queue ' +
  `WHERE ${IS_READY} AND priority <= $10::text ` +
  `AND (coalesce(agent, $13::text) = ANY ($15::text[])) IS NOT TRUE ${from}` +
  'ORDER BY priority, position ' +
  'LIMIT coalesce((SELECT greatest(most, 0) FROM free WHERE goes AND NOT limited), 0) ' +
  'FOR UPDATE SKIP LOCKED)';
const FROM_PLACE =
  'AND (priority, position) >= ' +
  "(coalesce((SELECT priority FROM place), ''), coalesce((SELECT position FROM place), 0)) ";
/** What `evolve` says of `claimed`. */
const TAKEN =
  "taken AS (UPDATE task_queue q SET status = 'running', attempts = attempts + 1, " +
  'claims = claims + 1, fence = fence + 1, due_at_ms = 0, holder_id = $11::text, ' +
  'holder_term = holder_term + 1, status_reason = NULL, cause_task_id = NULL, ' +
  'started_at_ms = now.ms, started_at = now.said, ended_at_ms = NULL, completed_at = NULL, ' +
  'lease_until_ms = now.ms + $12::bigint, assigned_agent = coalesce(agent, $13::text), ' +
  'updated_at = now.said, end_request_json = NULL FROM now ' +
  // An array is taken for few rows, a query with such a limit for a tenth of the table.
  "WHERE q.id = ANY (ARRAY(SELECT id FROM ready)) AND coalesce(q.status, '') = 'queued' " +
  'RETURNING q.id, q.list_id, q.task_id, q.priority, q.position, q.assigned_agent AS agent, ' +
  'q.fence, q.holder_term AS term, q.claims)';
const claimEvents = (behind: Behind): string =>
  'claim_events AS (INSERT INTO task_events (list_id, task, at_ms, kind, data_json) ' +
  'SELECT list_id, id, now.ms, \'claimed\', concat(\'{"kind":"claimed","fence":\', fence, ' +
  "',\"holder\":', $14::text, ',\"agent\":', coalesce(to_json(agent)::text, 'null'), '}') " +
  `FROM taken, now ${behind.told} ORDER BY priority, position)`;
const ATTEMPTS =
  'attempts AS (INSERT INTO task_attempts (task, fence, attempt, agent, holder_id, ' +
  'claimed_at_ms) SELECT id, fence, claims, agent, $11::text, now.ms FROM taken, now)';
const CLAIMED =
  'CASE WHEN (SELECT limited FROM free) THEN NULL ELSE (SELECT coalesce(json_agg(' +
  'json_build_array(id, task_id, agent, fence, term, claims) ORDER BY priority, position), ' +
  "'[]') FROM taken) END";

/** In the words of `Look`. */
const LOOK =
  `look AS MATERIALIZED (SELECT json_build_object('seq', seq, 'loadedAtMs', loaded, ` +
  "'whole', NOT holds, 'from', (SELECT json_build_array(priority, position) FROM place), " +
  "'wanted', (SELECT most FROM free WHERE goes AND NOT limited AND most > 0), " +
  "'found', (SELECT count(*) FROM ready), 'last', (SELECT json_build_array(priority, position) " +
  'FROM ready ORDER BY priority DESC, position DESC LIMIT 1), ' +
  `'running', CASE WHEN (SELECT count(*) FROM running) <= ${REMEMBERED_MAX} ` +
  "THEN (SELECT coalesce(json_agg(id), '[]') FROM running) END)::text AS text FROM known)";

/** How claims come behind the ends of the same statement. */
interface Behind {
  /** What these free of the running ones. */
  readonly freed: string;
  /** One was left undone: what it would have made ready may come before everything else. */
  readonly undecided: string;
  /** Their events come first. */
  readonly told: string;
}

const BEHIND_NOTHING: Behind = { freed: '', undecided: 'false', told: '' };
const BEHIND_ENDS: Behind = {
  freed: ' + (SELECT count(*) FROM ended WHERE list_id = $6::text)',
  undecided: '(SELECT count(*) FROM ended) < (SELECT count(*) FROM b)',
  told: 'WHERE (SELECT count(*) FROM end_events) >= 0',
};

const claimParts = (behind: Behind): readonly string[] => [
  ...[BEGAN, running(), free(behind), ready(''), TAKEN, claimEvents(behind), ATTEMPTS, PASSED],
];
const CLAIM_VALUES = 10;
/** The same with what the process remembers of the list. */
const knowingClaimParts = (behind: Behind): readonly string[] => [
  ...[BEGAN, NEWS, KNOWN, TOUCHED, SEEN, KNOWN_RUNNING, PLACE, free(behind), ready(FROM_PLACE)],
  ...[TAKEN, claimEvents(behind), ATTEMPTS, PASSED, LOOK],
];
const KNOWING_CLAIM_VALUES = 15;

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
      "SELECT list_id, id, now.ms, 'completed', event FROM ended, now ORDER BY place " +
      'RETURNING 1)',
    'over AS (UPDATE task_attempts a SET ended_at_ms = now.ms, ' +
      "outcome = 'succeeded', exit_code = ended.exit_code, error = NULL, " +
      'result_json = coalesce(ended.result, result_json) FROM ended, now ' +
      'WHERE a.task = ended.id AND a.fence = ended.fence)',
  ];
};
const ENDED = "(SELECT coalesce(json_agg(place), '[]') FROM ended)";

interface Parts {
  readonly claims?: readonly string[];
  readonly ends?: readonly string[];
  readonly knows?: true;
}

function statement({ claims = [], ends = [], knows }: Parts): string {
  const claimed = claims.length === 0 ? 'NULL' : CLAIMED;
  const ended = ends.length === 0 ? "'[]'::json" : ENDED;
  const anything = [
    ...(claims.length === 0 ? [] : ['taken']),
    ...(ends.length === 0 ? [] : ['ended']),
  ]
    .map((name) => `EXISTS (SELECT 1 FROM ${name})`)
    .join(' OR ');
  return (
    `WITH ${[NOW, ...ends, ...claims].join(', ')}, ` +
    `said AS MATERIALIZED (SELECT json_build_object('claimed', ${claimed}, 'ended', ${ended}, ` +
    "'nowMs', now.ms)::text AS text FROM now), " +
    `gone AS (DELETE FROM requests WHERE scope = '${SCOPE}' AND key = ANY ($5::text[]) ` +
    `AND (${anything})), ` +
    'word AS (INSERT INTO requests (scope, key, input_hash, result_json, expires_at_ms) ' +
    `SELECT '${SCOPE}', $1::text, said.text, $2::text, now.ms + ${KEPT_MS} FROM said, now ` +
    `WHERE ${anything}) ` +
    `SELECT said.text AS said, ${anything} AS written, ` +
    `${claims.length === 0 ? '0' : '(SELECT entries FROM passed)'} AS passed, ` +
    `${knows === true ? '(SELECT text FROM look)' : 'NULL'} AS look FROM said`
  );
}

const FIRST_CLAIM_VALUE = 6;

/** Each has the values of the word, then those of its claims, then those of its ends. */
export const AT_ONCE: Readonly<Record<AtOnceKind, string>> = {
  claims: statement({ claims: claimParts(BEHIND_NOTHING) }),
  knowing_claims: statement({ claims: knowingClaimParts(BEHIND_NOTHING), knows: true }),
  ends: statement({ ends: endParts(FIRST_CLAIM_VALUE) }),
  both: statement({
    claims: claimParts(BEHIND_ENDS),
    ends: endParts(FIRST_CLAIM_VALUE + CLAIM_VALUES),
  }),
  knowing_both: statement({
    claims: knowingClaimParts(BEHIND_ENDS),
    ends: endParts(FIRST_CLAIM_VALUE + KNOWING_CLAIM_VALUES),
    knows: true,
  }),
};

/** Agents whose tasks are not to be claimed at all. */
export function leftOut({ agentLimits = {} }: ClaimNext): readonly string[] {
  return Object.keys(agentLimits).filter((agent) => agentLimits[agent] === 0);
}

export function claimValues(inputs: readonly ClaimNext[]): readonly SqlValue[] {
  const [first] = inputs;
  if (first === undefined) return [];
  const max = inputs.reduce((sum, input) => sum + input.max, 0);
  return [
    ...[first.listId, max, first.maxConcurrent, first.labels === undefined ? 0 : 1],
    ...[first.minPriority, first.holderId, first.leaseMs, first.defaultAgent],
    JSON.stringify(first.holderId),
    arrayText(leftOut(first)),
  ];
}

/** Null: the list is looked at as a whole. */
export function knownValues(known: KnownList | null): readonly SqlValue[] {
  return [
    ...[known?.seq ?? null, known?.loadedAtMs ?? null],
    ...[known?.place[0] ?? null, known?.place[1] ?? null],
    arrayText(known?.running ?? []),
  ];
}

export function endValues(inputs: readonly Success[]): readonly SqlValue[] {
  if (inputs.length === 0) return [];
  const columns = [
    inputs.map(({ id }) => id),
    inputs.map(({ fence }) => fence),
    inputs.map(({ holder }) => holder?.id ?? null),
    inputs.map(({ holder }) => holder?.term ?? null),
    inputs.map(({ outcome: { summary } }) => (summary === undefined ? null : keptText(summary))),
    inputs.map(({ outcome }) => eventText(completedBy(outcome))),
    inputs.map(({ evidence }) => evidence?.exitCode ?? null),
    inputs.map(({ evidence }) => evidence?.resultJson ?? null),
  ];
  return columns.map(arrayText);
}
