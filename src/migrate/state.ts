import { type HistoryRow, historyEntry } from './history-entry.ts';
import type { Obstacle } from './migration-report.ts';
import type { MigrationFailure, MigrationStatus } from './migrator.ts';
import type { Plan } from './plan-model.ts';

interface Seen {
  readonly plan: Plan;
  readonly obstacles: readonly Obstacle[];
  readonly settled: boolean;
}

/** What a look and the history say together. `failure` is the last one of just this change. */
export function statusOf(
  { plan, obstacles, settled }: Seen,
  rows: readonly HistoryRow[],
  failure: MigrationFailure | null,
): MigrationStatus {
  const done = rows.find((row) => row.status !== 'failed');
  const last = done === undefined ? null : historyEntry(done);
  const found = { plan, obstacles, failure, last };
  if (settled) {
    return { ...found, failure: null, state: plan.drift.length > 0 ? 'drift' : 'in_sync' };
  }
  if (obstacles.length > 0) return { ...found, state: 'refused' };
  return { ...found, state: failure === null ? 'pending' : 'failed' };
}

/** The newest row of the history, when it is a failure of the very change that is pending. */
export function failureIn(
  { from, to }: Plan,
  row: HistoryRow | undefined,
): MigrationFailure | null {
  if (row?.status !== 'failed') return null;
  if (row.from_fingerprint !== from || row.to_fingerprint !== to) return null;
  const { error_code: code, error: message, failures: times, finished_at_ms: atMs } = row;
  return { code: code ?? 'migration_failed', message: message ?? '', atMs, times };
}
