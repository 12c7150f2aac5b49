import { ConnectionPool } from './pool.ts';
import { poolOptions } from './postgres-driver.ts';

/** Of one statement of a copy: an index over some million rows takes its time. */
const STATEMENT_MS = 30 * 60_000;
/** Of standing still: while the other side writes what was read. */
const STANDSTILL_MS = 10 * 60_000;

/** For the transactions of a copy. */
export const COPY_LIMITS =
  `SET LOCAL statement_timeout = ${STATEMENT_MS}; ` +
  `SET LOCAL idle_in_transaction_session_timeout = ${STANDSTILL_MS}`;

/**
 * Connections to copy by. Nothing is prepared in their sessions: a statement is asked once, and
 * nobody says whether a pooler is in between.
 */
export async function openCopyPool(
  url: string,
  { connectionsMax }: { readonly connectionsMax: number },
): Promise<ConnectionPool> {
  const options = poolOptions({ url, connectionsMax });
  return await ConnectionPool.open({ ...options, answerMs: STATEMENT_MS, prepares: false });
}
