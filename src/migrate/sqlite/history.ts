import type { PawlError } from '../../domain/errors.ts';
import { migrationHistory } from '../../schema/tables/migration-history.ts';
import type { Connection } from '../../store/sqlite/connection.ts';
import type { HistoryRow } from '../history-entry.ts';
import type { MigrationReport } from '../migration-report.ts';
import type { Plan } from '../plan-model.ts';

const TABLE = migrationHistory.name;

/** The newest first; empty when there is no history yet. Such a database was never migrated. */
export function readHistory(connection: Connection, limit = 100): readonly HistoryRow[] {
  if (!hasHistory(connection)) return [];
  return connection.all<HistoryRow>(`SELECT * FROM ${TABLE} ORDER BY id DESC LIMIT ? + 0`, limit);
}

/** A table of that name in which nothing is declared is somebody else's. */
export function hasHistory(connection: Connection): boolean {
  const sql = "SELECT 1 FROM pragma_table_info(?) WHERE name = 'declared_json'";
  return connection.all(sql, TABLE).length > 0;
}

/** File names of the backups that a finished change or restore is known by. */
export function backupsInHistory(connection: Connection): ReadonlySet<string> {
  if (!hasHistory(connection)) return new Set();
  const rows = connection.all<{ backup: string }>(
    `SELECT backup FROM ${TABLE} WHERE backup IS NOT NULL AND status <> 'failed'`,
  );
  return new Set(rows.map((row) => row.backup));
}

/** The declared schema of the last change, as JSON; null when none is recorded, or was spoilt. */
export function readRecord(connection: Connection): string | null {
  if (!hasHistory(connection)) return null;
  const [row] = connection.all<{ record: string }>(
    `SELECT declared_json AS record FROM ${TABLE} WHERE json_valid(declared_json) ` +
      'ORDER BY id DESC LIMIT 1',
  );
  return row?.record ?? null;
}

export interface Occasion {
  /** Of the program. */
  readonly version: string;
  readonly startedAtMs: number;
  readonly nowMs: number;
}

/** Part of the transaction that changes the schema; gives the row's id. */
export function recordApplied(
  connection: Connection,
  { report, record }: { readonly report: MigrationReport; readonly record: string | undefined },
  occasion: Occasion,
): number {
  const { backup, steps, rowsKept, orphansBefore } = report;
  return insert(connection, {
    ...base('applied', report, occasion),
    class: report.class,
    backup: backup.kind === 'made' ? fileOf(backup.path) : null,
    backup_note: backup.kind === 'none' ? backup.why : null,
    backup_ms: backup.kind === 'made' ? backup.ms : null,
    declared_json: record ?? null,
    report_json: JSON.stringify({ steps, rowsKept, orphansBefore }),
  });
}

/** A series of equal failures is one row, so that a loop of failing starts does not fill it. */
export function recordFailed(
  connection: Connection,
  failure: { readonly plan: Plan; readonly error: PawlError },
  occasion: Occasion,
): void {
  const { plan, error } = failure;
  const again = connection.run(
    `UPDATE ${TABLE} SET failures = failures + 1, finished_at_ms = ? ` +
      `WHERE id = (SELECT max(id) FROM ${TABLE}) AND status = 'failed' AND from_fingerprint = ? ` +
      'AND to_fingerprint = ? AND error_code = ? AND error = ?',
    ...[occasion.nowMs, plan.from, plan.to, error.code, error.message],
  );
  if (again > 0) return;
  insert(connection, {
    ...base('failed', plan, occasion),
    failures: 1,
    error_code: error.code,
    error: error.message,
  });
}

/** In the restored database, before it is put in place. */
export function recordRestored(
  connection: Connection,
  restore: { readonly from: string; readonly to: string; readonly backup: string },
  occasion: Occasion,
): void {
  insert(connection, { ...base('restored', restore, occasion), backup: fileOf(restore.backup) });
}

/** A second, small transaction after the one that counts: its loss loses two figures. */
export function recordAfterwards(
  connection: Connection,
  id: number,
  { optimizeMs, checkpointMs }: { optimizeMs: number | null; checkpointMs: number | null },
): boolean {
  const sql = `UPDATE ${TABLE} SET optimize_ms = ?, checkpoint_ms = ? WHERE id = ?`;
  return connection.run(sql, optimizeMs, checkpointMs, id) === 1;
}

function base(
  status: 'applied' | 'failed' | 'restored',
  { from, to }: { readonly from: string; readonly to: string },
  { version, startedAtMs, nowMs }: Occasion,
): Partial<HistoryRow> {
  return {
    status,
    from_fingerprint: from,
    to_fingerprint: to,
    version,
    started_at_ms: startedAtMs,
    finished_at_ms: nowMs,
  };
}

function insert(connection: Connection, row: Partial<HistoryRow>): number {
  const columns = Object.keys(row);
  const marks = columns.map(() => '?').join(', ');
  const [made] = connection.all<{ id: number }>(
    `INSERT INTO ${TABLE} (${columns.join(', ')}) VALUES (${marks}) RETURNING id`,
    ...Object.values(row),
  );
  return made?.id ?? 0;
}

function fileOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
