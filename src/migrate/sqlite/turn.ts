import { PawlError } from '../../domain/errors.ts';
import type { Connection } from '../../store/sqlite/connection.ts';
import { isBusy, storeFault } from '../../store/sqlite/faults.ts';
import { schemaVersion } from '../../store/sqlite/schema-version.ts';
import { pause } from '../../world/timers.ts';
import type { Patience } from './migration-options.ts';

const PAUSE_MAX_MS = 25;

/**
 * Do something that fails while others hold the database, as soon as they let it go. Waiting is
 * tries with chance pauses between them, never a blocked event loop.
 *
 * @throws PawlError `migration_busy` when the patience ends, `aborted`; what `work` throws.
 */
export async function untilFree<T>(patience: Patience, work: () => T): Promise<T> {
  const { world, giveUpAt, signal } = patience;
  for (;;) {
    requireGoingOn(signal);
    try {
      return work();
    } catch (cause) {
      if (!isBusy(cause)) throw cause;
      if (world.clock.monotonic() > giveUpAt) {
        throw new PawlError('migration_busy', 'others kept the database locked', { cause });
      }
    }
    await pause(world.timers, world.random.next() * PAUSE_MAX_MS, signal);
  }
}

export function requireGoingOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new PawlError('aborted', 'the call was cancelled');
}

/**
 * Take the database's own write lock, which is the lock of the migration: the system frees it when
 * its holder dies. 'changed' when the schema became another while waiting: most likely somebody
 * else has done the work, which is known sooner by looking than by queueing.
 */
export function takeTurn(
  patience: Patience,
  connection: Connection,
  seenVersion: number,
): Promise<'taken' | 'changed'> {
  return untilFree(patience, () => {
    if (schemaVersion(connection) !== seenVersion) return 'changed';
    connection.run('BEGIN IMMEDIATE');
    return 'taken';
  });
}

/**
 * A file that may not be written is begun on like any other: only a write finds out. This one, of
 * the value that is there, is part of the transaction and changes nothing.
 *
 * @throws `store_readonly`, as the database says it.
 */
export function requireWritable(connection: Connection): void {
  const [mark] = connection.all<{ user_version: number }>('PRAGMA user_version');
  connection.run(`PRAGMA user_version = ${mark?.user_version ?? 0}`);
}

/** Undo what is open. A connection that cannot even do that is to be closed, which does it. */
export function rollBack(connection: Connection): void {
  if (!connection.inTransaction) return;
  try {
    connection.run('ROLLBACK');
  } catch (cause) {
    connection.close();
    throw storeFault(cause, 'ROLLBACK');
  }
}
