import type { migrationHistory } from '../schema/tables/migration-history.ts';
import type { RowOf } from '../schema/vocabulary.ts';
import type { StepReport } from './migration-report.ts';

export type HistoryRow = RowOf<typeof migrationHistory>;

/** One change of a schema, one restore, or one series of equal failures. */
export interface HistoryEntry {
  readonly id: number;
  readonly status: 'applied' | 'failed' | 'restored';
  /** Fingerprints of the schema before and after: SHA-256 in hexadecimal; empty: unknown. */
  readonly from: string;
  readonly to: string;
  /** Of the most harmful step; null when there was none. */
  readonly class: string | null;
  /** Of the program that did it. */
  readonly version: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly steps: readonly StepReport[];
  /** Tables that kept their rows, each with how many; counted before and after. */
  readonly rowsKept: readonly { readonly table: string; readonly rows: number }[];
  /** File name in the folder of backups: made before the change, or restored. */
  readonly backup: string | null;
  /** Why there is none: `no_rows`, `no_steps`, `above_bytes_max`, `on_server`. */
  readonly backupNote: string | null;
  /** How often the same failure was met in a row; 0 when it is none. */
  readonly failures: number;
  readonly errorCode: string | null;
  readonly error: string | null;
}

interface StoredReport {
  readonly steps?: readonly StepReport[];
  readonly rowsKept?: HistoryEntry['rowsKept'];
}

export function historyEntry(row: HistoryRow): HistoryEntry {
  const report = JSON.parse(row.report_json ?? '{}') as StoredReport;
  return {
    id: row.id,
    status: row.status as HistoryEntry['status'],
    from: row.from_fingerprint,
    to: row.to_fingerprint,
    class: row.class,
    version: row.version,
    startedAtMs: row.started_at_ms,
    finishedAtMs: row.finished_at_ms,
    steps: report.steps ?? [],
    rowsKept: report.rowsKept ?? [],
    backup: row.backup,
    backupNote: row.backup_note,
    failures: row.failures,
    errorCode: row.error_code,
    error: row.error,
  };
}
