import type { PawlError } from '../../domain/errors.ts';
import type { Connection } from '../../store/sqlite/connection.ts';
import type { Plan } from '../plan-model.ts';
import { writeFailureNote } from './failure-note.ts';
import { hasHistory, recordFailed } from './history.ts';
import { type MigrateOptions, patienceOf } from './migration-options.ts';
import { rollBack, untilFree } from './turn.ts';

/** Somebody else's lock, or the caller's own wish: nothing that a person has to know later. */
const PASSING = ['migration_busy', 'aborted'];
const WAIT_MS = 1_000;

interface Failure {
  readonly connection: Connection;
  readonly plan: Plan;
  readonly error: PawlError;
  readonly startedAtMs: number;
}

/**
 * Keep the reason of a failure where it can be kept: in the history, else in a file beside the
 * database. On a full disk that is nowhere, and the thrown error has to do.
 */
export async function recordFailure(options: MigrateOptions, failure: Failure): Promise<void> {
  if (PASSING.includes(failure.error.code)) return;
  const isRecorded = await tried(() => recordInHistory(options, failure));
  if (!isRecorded) await tried(() => writeFailureNote(options.world, options.path, failure));
}

/** Throws when there is no history: a failed migration makes no table. */
async function recordInHistory(options: MigrateOptions, failure: Failure): Promise<void> {
  const { world, version } = options;
  const { connection, startedAtMs } = failure;
  rollBack(connection);
  if (!hasHistory(connection)) throw failure.error;
  const patience = patienceOf(world, { waitMs: WAIT_MS });
  await untilFree(patience, () => connection.run('BEGIN IMMEDIATE'));
  recordFailed(connection, failure, { version, startedAtMs, nowMs: world.clock.now() });
  connection.run('COMMIT');
}

/** The error that is being recorded matters more than one of recording it. */
async function tried(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    return false;
  }
}
