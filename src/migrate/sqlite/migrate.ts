import { PawlError } from '../../domain/errors.ts';
import type { Connection } from '../../store/sqlite/connection.ts';
import { openFault } from '../../store/sqlite/open-fault.ts';
import { surroundingsFault } from '../../store/sqlite/surroundings-fault.ts';
import { harmOf, type MigrationOutcome, type MigrationReport } from '../migration-report.ts';
import { requireNoObstacle } from '../obstacles.ts';
import type { Plan } from '../plan-model.ts';
import { afterCommit } from './after-commit.ts';
import { applyPlan } from './apply-plan.ts';
import { takeBackup } from './backup.ts';
import { changeFault } from './change-fault.ts';
import { removeFailureNote } from './failure-note.ts';
import { recordApplied } from './history.ts';
import { type Look, look, lookOnce } from './look.ts';
import { type MigrateOptions, type Patience, patienceOf } from './migration-options.ts';
import { openForChange } from './open-for-change.ts';
import { recordFailure } from './record-failure.ts';
import { surveyOf } from './survey.ts';
import { requireWritable, takeTurn, untilFree } from './turn.ts';

/**
 * Bring the schema of a database file to the declared one, completely or not at all. Call it at
 * every start: when there is nothing to do it only reads. Any number of processes may call it at
 * once, and others may read and write meanwhile: one does the work, the rest find it done.
 *
 * ```
 *              settled                    settled (another process did it)
 *   look ─────────────────> in_sync <──────────────────────┐
 *    │ ^  obstacles ──────> migration_refused <──────────┐ │
 *    │ └── schema changed ──┐                            │ │
 *    v                      │                            │ │
 *   wait for the write lock ┴─ BEGIN IMMEDIATE ──> look again
 *    │ patience ends                                 │
 *    v                                               v
 *   migration_busy            backup: copy, check, compare, name; older ones removed
 *                                                    │
 *                                statements, one by one, foreign keys off
 *                                                    │
 *          rows kept, no new orphan, schema as declared, history row, owner's notes
 *                                                    │
 *   any error, kill, power loss:                     v
 *   the transaction never was    <─ ROLLBACK ─┬─ COMMIT ──> applied ──> optimize, checkpoint
 *   (recorded: failed)                        └─ the one step that makes it so
 * ```
 *
 * The lock is the database's own write lock, held from before the backup until the commit: so the
 * backup has every row committed before the change, is made once however many processes start, and
 * the lock dies with its holder. Others who write wait meanwhile; readers do not. The journal mode
 * is left as it is. A rebuild runs on this thread: minutes for hundreds of millions of rows.
 *
 * @throws PawlError `migration_refused` (nothing was tried), `migration_busy`, `backup_failed`,
 *   `migration_failed`, `store_full`, `store_readonly`, `store_io`, `store_corrupt`, `aborted`, and
 *   what `owner.admit` throws. After any of them the database is what it was.
 */
export async function migrate(options: MigrateOptions): Promise<MigrationOutcome> {
  try {
    return await migrateFile(options);
  } catch (cause) {
    throw await openFault(options, surroundingsFault(cause));
  }
}

async function migrateFile(options: MigrateOptions): Promise<MigrationOutcome> {
  const patience = patienceOf(options.world, options);
  for (;;) {
    const outcome = await migrateOpened(options, patience);
    if (outcome !== 'replaced') return outcome;
  }
}

/** A restore may give the name to another file while this one is waited for. */
async function migrateOpened(
  options: MigrateOptions,
  patience: Patience,
): Promise<MigrationOutcome | 'replaced'> {
  // Whoever closes a database last, or recovers it, shuts others out for a moment.
  const connection = await untilFree(patience, () => openForChange(options.path, options));
  try {
    const isInPlace = placeOf(options);
    for (;;) {
      const seen = await untilFree(patience, () => lookOnce(options, connection));
      if (!isInPlace()) return 'replaced';
      if (seen.settled) return inSync(seen);
      requireNoObstacle(seen.obstacles);
      const turn = await takeTurn(patience, connection, seen.schemaVersion);
      if (!isInPlace()) return 'replaced';
      if (turn === 'taken') {
        return await changeSchema(options, { connection, patience, isInPlace });
      }
    }
  } finally {
    connection.close();
  }
}

/** Tells whether the name still stands for the file that it stands for now. */
function placeOf({ world, path }: MigrateOptions): () => boolean {
  const { files } = world;
  const opened = files.factsNow(path);
  return () => {
    const found = files.factsNow(path);
    return found?.inode === opened?.inode && found?.device === opened?.device;
  };
}

interface Turn {
  readonly connection: Connection;
  readonly patience: Patience;
  readonly isInPlace: () => boolean;
}

function inSync({ plan }: Look): MigrationOutcome {
  return { kind: 'in_sync', fingerprint: plan.from, drift: plan.drift };
}

/** With the write lock held, which goes with the connection. */
async function changeSchema(options: MigrateOptions, turn: Turn): Promise<MigrationOutcome> {
  const { connection } = turn;
  const startedAtMs = options.world.clock.now();
  const seen = look(options, connection);
  if (seen.settled) return inSync(seen);
  requireNoObstacle(seen.obstacles);
  const { plan } = seen;
  try {
    requireWritable(connection);
    const { report, id } = await commitChange(options, { ...turn, plan, startedAtMs });
    afterCommit(options.world, { connection, plan, id });
    await removeFailureNote(options);
    return { kind: 'applied', report, drift: plan.drift };
  } catch (cause) {
    const error = surroundingsFault(cause);
    await recordFailure(options, { connection, plan, error, startedAtMs });
    throw error;
  }
}

async function commitChange(
  options: MigrateOptions,
  turn: Turn & { readonly plan: Plan; readonly startedAtMs: number },
): Promise<{ readonly report: MigrationReport; readonly id: number }> {
  const { world, makePlan, record, owner, version, signal } = options;
  const { connection, patience, plan, startedAtMs } = turn;
  const before = surveyOf(connection);
  const backup = await takeBackup(options, { connection, plan, before });
  try {
    const applied = await applyPlan({ world, connection, plan, makePlan, before, signal });
    const report = { ...applied, class: harmOf(plan.steps), backup };
    owner?.settle?.(connection, { from: report.from, to: report.to });
    const occasion = { version, startedAtMs, nowMs: world.clock.now() };
    const id = recordApplied(connection, { report, record }, occasion);
    if (!turn.isInPlace()) {
      throw new PawlError('migration_failed', 'the database file was replaced meanwhile');
    }
    // Without a write-ahead log, readers keep a commit waiting.
    await untilFree(patience, () => connection.run('COMMIT'));
    return { report, id };
  } catch (cause) {
    throw changeFault(cause);
  }
}
