import { Connection } from '../../store/sqlite/connection.ts';
import { type HistoryRow, historyEntry } from '../history-entry.ts';
import type { MigrationFailure, MigrationStatus } from '../migrator.ts';
import type { Plan } from '../plan-model.ts';
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
      const { plan, obstacles, settled } = lookOnce(place, connection);
      const rows = readHistory(connection);
      const done = rows.find((row) => row.status !== 'failed');
      const last = done === undefined ? null : historyEntry(done);
      const failure = failureOf(plan, rows[0], note);
      const found = { plan, obstacles, failure, last };
      if (settled)
        return { ...found, failure: null, state: plan.drift.length > 0 ? 'drift' : 'in_sync' };
      if (obstacles.length > 0) return { ...found, state: 'refused' };
      return { ...found, state: failure === null ? 'pending' : 'failed' };
    } finally {
      connection.close();
    }
  });
}

/** Of the very change that is pending: another one may well succeed. */
function failureOf(
  { from, to }: Plan,
  row: HistoryRow | undefined,
  note: Awaited<ReturnType<typeof readFailureNote>>,
): MigrationFailure | null {
  const noted = note?.from === from && note.to === to ? note : null;
  const isRow =
    row?.status === 'failed' && row.from_fingerprint === from && row.to_fingerprint === to;
  if (isRow && row.finished_at_ms >= (noted?.atMs ?? 0)) {
    const { error_code: code, error: message, failures: times, finished_at_ms: atMs } = row;
    return { code: code ?? 'migration_failed', message: message ?? '', atMs, times };
  }
  if (noted === null) return null;
  return { code: noted.code, message: noted.message, atMs: noted.atMs, times: 1 };
}
