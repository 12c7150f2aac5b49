import { invariant } from '../../domain/errors.ts';
import type { Connection } from './connection.ts';
import type { Sent } from './flight.ts';

/** Of waiting for the turn, of one statement, and of standing still within a transaction. */
export const TURN_WAIT_MS = 5_000;
export const STATEMENT_MS = 30_000;
export const STANDSTILL_MS = 15_000;

/**
 * Writers of one store take turns, each for one transaction: its lock is this one, of the database
 * itself, and goes with the transaction. So a verb sees what it would see on a database with one
 * writer, and events become visible in the order of their numbers. See `docs/decisions/0027`.
 */
const TURN = 'SELECT pg_advisory_xact_lock(1346459468, hashtext(current_schema()))';

const LIMITS =
  `SET LOCAL lock_timeout = ${TURN_WAIT_MS}; SET LOCAL statement_timeout = ${STATEMENT_MS}; ` +
  `SET LOCAL idle_in_transaction_session_timeout = ${STANDSTILL_MS}`;

/** In every write: acknowledged means durable, whatever the server was told otherwise. */
const DURABLE =
  "SELECT set_config('synchronous_commit', 'on', true) " +
  "WHERE current_setting('synchronous_commit') = 'off'";

/** Begin a transaction that writes, with the turn; everything in one message. */
export async function beginTurn<R>(connection: Connection, first: string): Promise<readonly R[]> {
  return await connection.run<R>(
    `BEGIN ISOLATION LEVEL READ COMMITTED; ${LIMITS}; ${DURABLE}; ${TURN}; ${first}`,
  );
}

/**
 * The same as statements that are prepared once a session; what is sent behind them is asked once
 * the turn is there. Settings are of the transaction: so they hold behind a pooler.
 */
export function turnStatements(
  { isInOrder }: { readonly isInOrder: boolean } = { isInOrder: false },
): readonly Sent[] {
  const settings = isInOrder ? `${SETTINGS}, ${IN_ORDER}` : SETTINGS;
  return ['BEGIN ISOLATION LEVEL READ COMMITTED', settings, TURN].map((text) => ({
    text,
    values: [],
  }));
}

const SETTINGS =
  `SELECT set_config('lock_timeout', '${TURN_WAIT_MS}', true), ` +
  `set_config('statement_timeout', '${STATEMENT_MS}', true), ` +
  `set_config('idle_in_transaction_session_timeout', '${STANDSTILL_MS}', true), ` +
  // The same plan whatever the values are, made once and not at each of the first calls.
  "set_config('plan_cache_mode', 'force_generic_plan', true), " +
  // A set is small beside its table: from each of its rows through an index to the table's row.
  "set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), " +
  "set_config('enable_seqscan', 'off', true), " +
  // Before 18, what is switched off has a price beyond which a plan is compiled, for half a minute.
  "set_config('jit', 'off', true), " +
  "CASE WHEN current_setting('synchronous_commit') = 'off' " +
  "THEN set_config('synchronous_commit', 'on', true) END";

/**
 * What has an order is read by the index that has it: where most rows are ready, the planner takes
 * it for cheaper to sort them all than to begin at a place in the order of claiming.
 */
const IN_ORDER =
  "set_config('enable_sort', 'off', true), set_config('enable_incremental_sort', 'off', true), " +
  "set_config('enable_bitmapscan', 'off', true)";

/** The database's clock: milliseconds since the epoch. */
export const NOW_MS = 'CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS bigint)';

/** What is known of a snapshot as it begins. */
export interface Snapshot {
  /** By the database's clock. */
  readonly nowMs: number;
  /** The oldest generation that reads rightly what is there. */
  readonly minReader: number | null;
}

/** The same without turn and writes: one snapshot. */
export async function beginSnapshot(connection: Connection): Promise<Snapshot> {
  const [begun] = await connection.run<Snapshot>(
    `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${LIMITS}; SELECT ${NOW_MS} AS "nowMs", ` +
      '(SELECT min_reader FROM store_meta WHERE one = 1) AS "minReader"',
  );
  invariant(begun !== undefined, 'a SELECT without a table has one row');
  return begun;
}
