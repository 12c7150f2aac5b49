import type { Connection } from '../../store/postgres/connection.ts';
import type { MigrationFault } from '../migrator.ts';
import { readHistory } from './history.ts';
import { lookOnce } from './look.ts';
import type { MigrationPlace } from './migration-options.ts';

/**
 * Whether the store has the declared schema, and has kept it since the last change that the history
 * knows; whether every key is watched over; and what damage the server has met. Empty when all is
 * well. Backups are the server's.
 */
export async function verifyMigrations(
  place: MigrationPlace,
  connection: Connection,
): Promise<readonly MigrationFault[]> {
  const { plan } = await lookOnce(place, connection);
  const done = (await readHistory(connection)).find((row) => row.status !== 'failed');
  const changed =
    done === undefined || done.to_fingerprint === plan.from
      ? []
      : [`the schema is not what change ${done.id} in the history made of it`];
  return [
    ...(await damageOf(connection)).map((message) => ({ code: 'damaged' as const, message })),
    ...plan.steps.map(({ kind, object }) => ({
      code: 'not_declared' as const,
      message: `${kind} ${object} is to be done`,
    })),
    ...plan.refusals.map(({ message }) => ({ code: 'not_declared' as const, message })),
    ...changed.map((message) => ({ code: 'changed_since' as const, message })),
  ];
}

/** The server looks for none by itself: it counts what it met while it read pages. */
async function damageOf(connection: Connection): Promise<readonly string[]> {
  const [found] = await connection.all<{ failures: number | null }>(
    'SELECT checksum_failures AS failures FROM pg_stat_database ' +
      'WHERE datname = current_database()',
  );
  const failures = found?.failures ?? 0;
  return failures === 0 ? [] : [`${failures} pages did not have the checksum they should have`];
}
