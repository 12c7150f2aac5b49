import { PawlError } from '../../domain/errors.ts';
import type { Connection } from '../../store/postgres/connection.ts';
import { isTransient, storeFault } from '../../store/postgres/faults.ts';
import type { ConnectionPool } from '../../store/postgres/pool.ts';
import { beginTurn } from '../../store/postgres/turn.ts';
import { pause } from '../../world/timers.ts';
import { CHANGE_MS, type Patience } from './migration-options.ts';

const PAUSE_MIN_MS = 100;
const PAUSE_MAX_MS = 1_000;

/**
 * Do something in a transaction of its own, again as long as others are in the way or the server is
 * away: each try begins from nothing, and between two of them nobody waits for this process.
 *
 * @throws PawlError `migration_busy` when the patience ends, `aborted`; what `work` throws.
 */
export async function untilFree<T>(
  { world, giveUpAt, signal }: Patience,
  pool: ConnectionPool,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  for (;;) {
    requireGoingOn(signal);
    try {
      return await pool.lend(work);
    } catch (cause) {
      const fault = storeFault(cause);
      if (!isPassing(fault)) throw fault;
      if (world.clock.monotonic() > giveUpAt) throw tooLate(fault);
    }
    const ms = PAUSE_MIN_MS + world.random.next() * (PAUSE_MAX_MS - PAUSE_MIN_MS);
    await pause(world.timers, ms, signal);
  }
}

/** Another look or another try may well find it otherwise. */
function isPassing(fault: PawlError): boolean {
  return isTransient(fault) || GONE_MEANWHILE.includes(String(fault.details['sqlState']));
}

/** What somebody dropped while the engine was being asked about it. */
const GONE_MEANWHILE: readonly string[] = ['XX000'];

function tooLate(cause: PawlError): PawlError {
  if (cause.code === 'store_unreachable') return cause;
  const { holders } = cause.details;
  const who = typeof holders === 'string' ? `: ${holders}` : '';
  return new PawlError('migration_busy', `others kept the database locked${who}`, {
    ...{ details: cause.details, cause },
  });
}

export function requireGoingOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new PawlError('aborted', 'the call was cancelled');
}

/**
 * Begin a transaction that changes the schema. The lock is the writers' own turn: of many starters
 * one does the work, and no writer of ours is in the midst of anything.
 */
export async function beginChange(connection: Connection, lockWaitMs: number): Promise<void> {
  await beginTurn(
    connection,
    `SET LOCAL lock_timeout = ${Math.trunc(lockWaitMs)}; ` +
      `SET LOCAL statement_timeout = ${CHANGE_MS}`,
  );
}

const HOLDERS =
  "SELECT DISTINCT coalesce(nullif(s.application_name, ''), 'a program') || " +
  "' (process ' || s.pid || ', ' || s.state || ')' AS who FROM pg_locks l " +
  'JOIN pg_stat_activity s ON s.pid = l.pid JOIN pg_class c ON c.oid = l.relation ' +
  'WHERE l.granted AND l.pid <> pg_backend_pid() AND c.relnamespace = ' +
  "to_regnamespace(quote_ident(current_schema())) AND c.relkind IN ('r', 'v') LIMIT 5";

/** A fault of waiting, with the names of those who are waited for. The transaction is undone. */
export async function withHolders(connection: Connection, fault: PawlError): Promise<PawlError> {
  if (fault.details['sqlState'] !== LOCK_NOT_AVAILABLE) return fault;
  await connection.run('ROLLBACK');
  const found = await connection.all<{ who: string }>(HOLDERS);
  const holders = found.map(({ who }) => who).join(', ');
  if (holders === '') return fault;
  const details = { ...fault.details, holders };
  return new PawlError(fault.code, fault.message, { details, cause: fault });
}

const LOCK_NOT_AVAILABLE = '55P03';
