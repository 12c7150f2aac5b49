import { isPawlError, type PawlError } from '../../domain/errors.ts';
import type { Connection } from '../../store/postgres/connection.ts';
import { isTransient } from '../../store/postgres/faults.ts';
import { beginTurn } from '../../store/postgres/turn.ts';
import type { MigrationOutcome, MigrationReport } from '../migration-report.ts';
import { requireNoObstacle } from '../obstacles.ts';
import type { Plan } from '../plan-model.ts';
import { applyPlan } from './apply-plan.ts';
import { changeFault } from './change-fault.ts';
import { hasHistory, recordApplied, recordFailed } from './history.ts';
import { type Look, look, lookOnce } from './look.ts';
import { LOCK_WAIT_MS, type MigrateOptions, patienceOf } from './migration-options.ts';
import { beginChange, untilFree, withHolders } from './turn.ts';

/**
 * Bring the schema of a store on a server to the declared one, completely or not at all. Any number
 * of processes may call it at once, on any hosts, while others read and write: one does the work,
 * the rest find it done.
 *
 * ```
 *              settled                 settled (another process did it)
 *   look ─────────────────> in_sync <────────────────────┐
 *    │ ^  obstacles ──────> migration_refused <────────┐ │
 *    │ │                                               │ │
 *    v │ nothing is held between two tries             │ │
 *   BEGIN, the writers' turn ──────────────────────> look again
 *      ^                                               │
 *      │ a lock is not to be had at once,              v
 *      │ the connection broke       statements, one by one, each with lock_timeout
 *      ├──────── ROLLBACK <────────────────────────────┤
 *      │                                               v
 *   patience ends            rows kept, schema as declared, history row, owner's notes
 *      v                                               │
 *   migration_busy                                     v
 *                              any other error: ROLLBACK ─┬─ COMMIT ──> applied
 *                              (recorded: failed)         └─ the one step that makes it so
 * ```
 *
 * A table's lock is wanted for a moment only: behind it everybody else who wants the table waits,
 * too. When the answer to COMMIT is lost, the next look tells what came of it.
 *
 * @throws PawlError `migration_refused` (nothing was tried), `migration_busy`, `migration_failed`,
 *   `store_unreachable`, `store_refused`, `store_full`, `aborted`, and what `owner.admit` throws.
 *   After any of them the store is what it was.
 */
export async function migrate(options: MigrateOptions): Promise<MigrationOutcome> {
  const { pool } = options;
  const patience = patienceOf(options);
  const seen = await untilFree(patience, pool, (connection) => lookOnce(options, connection));
  if (seen.settled) return inSync(seen);
  requireNoObstacle(seen.obstacles);
  const startedAtMs = options.world.clock.now();
  let plan = seen.plan;
  try {
    return await untilFree(patience, pool, (connection) =>
      changeSchema(options, connection, {
        startedAtMs,
        planned: (made) => {
          plan = made;
        },
      }),
    );
  } catch (cause) {
    if (isPawlError(cause)) await recordFailure(options, { plan, error: cause, startedAtMs });
    throw cause;
  }
}

function inSync({ plan }: Look): MigrationOutcome {
  return { kind: 'in_sync', fingerprint: plan.from, drift: plan.drift };
}

interface Change {
  readonly startedAtMs: number;
  readonly planned: (plan: Plan) => void;
}

async function changeSchema(
  options: MigrateOptions,
  connection: Connection,
  { startedAtMs, planned }: Change,
): Promise<MigrationOutcome> {
  await beginChange(connection, options.lockWaitMs ?? LOCK_WAIT_MS);
  const seen = await look(options, connection);
  if (seen.settled) {
    await connection.run('ROLLBACK');
    return inSync(seen);
  }
  requireNoObstacle(seen.obstacles);
  planned(seen.plan);
  try {
    const report = await changeUncommitted(options, connection, seen.plan);
    const { world, version } = options;
    const record = await options.record(connection);
    const occasion = { version, startedAtMs, nowMs: world.clock.now() };
    await recordApplied(connection, { report, record }, occasion);
    world.checkpoint('before-commit');
    await connection.run('COMMIT');
    world.checkpoint('after-commit');
    return { kind: 'applied', report, drift: seen.plan.drift };
  } catch (cause) {
    throw await withHolders(connection, changeFault(cause));
  }
}

/** Everything but the history row and the commit, in the caller's transaction. */
export async function changeUncommitted(
  { world, makePlan, owner, signal }: MigrateOptions,
  connection: Connection,
  plan: Plan,
): Promise<MigrationReport> {
  const applied = await applyPlan({ world, connection, plan, makePlan, signal });
  await owner?.settle?.(connection);
  return { ...applied, backup: { kind: 'none', why: 'on_server' } };
}

interface Failure {
  readonly plan: Plan;
  readonly error: PawlError;
  readonly startedAtMs: number;
}

/** Somebody else's lock, an absence, the caller's own wish, reasons said: nothing to be kept. */
const PASSING = ['migration_busy', 'migration_refused', 'aborted', 'store_version'];

/** The error that is being recorded matters more than one of recording it. */
async function recordFailure(options: MigrateOptions, failure: Failure): Promise<void> {
  const { error, startedAtMs } = failure;
  if (PASSING.includes(error.code) || isTransient(error)) return;
  const { pool, version, world } = options;
  try {
    await pool.lend(async (connection) => {
      await beginTurn(connection, 'SELECT 1');
      const occasion = { version, startedAtMs, nowMs: world.clock.now() };
      if (await hasHistory(connection)) await recordFailed(connection, failure, occasion);
      await connection.run('COMMIT');
    });
  } catch {
    return;
  }
}
