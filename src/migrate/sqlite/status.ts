import { Connection } from '../../store/sqlite/connection.ts';
import type { HistoryRow } from '../history-entry.ts';
import type { MigrationFailure, MigrationStatus } from '../migrator.ts';
import type { Plan } from '../plan-model.ts';
import { failureIn, statusOf } from '../state.ts';
import { readFailureNote } from './failure-note.ts';
import { readHistory } from './history.ts';
import { lookOnce } from './look.ts';
import { type MigrateOptions, type MigrationPlace, patienceOf } from './migration-options.ts';
import { untilFree } from './turn.ts';

/**
 * What a migration would find, without changing anything. The file must exist.
 *
 * @throws PawlError `migration_busy`, `store_io`, `store_corrupt`.
 */
export async function migrationStatus(
  place: MigrationPlace & Pick<MigrateOptions, 'waitMs' | 'signal'>,
): Promise<MigrationStatus> {
  const patience = patienceOf(place.world, place);
  const note = await readFailureNote(place.world, place.path);
  return await untilFree(patience, () => {
    const connection = new Connection(place.path, { readOnly: true });
    try {
      const seen = lookOnce(place, connection);
      const rows = readHistory(connection);
      return statusOf(seen, rows, failureOf(seen.plan, rows[0], note));
    } finally {
      connection.close();
    }
  });
}

/** Of the very change that is pending: another one may well succeed. */
function failureOf(
  plan: Plan,
  row: HistoryRow | undefined,
  note: Awaited<ReturnType<typeof readFailureNote>>,
): MigrationFailure | null {
  const noted = note?.from === plan.from && note.to === plan.to ? note : null;
  const recorded = failureIn(plan, row);
  if (recorded !== null && recorded.atMs >= (noted?.atMs ?? 0)) return recorded;
  if (noted === null) return null;
  return { code: noted.code, message: noted.message, atMs: noted.atMs, times: 1 };
}
