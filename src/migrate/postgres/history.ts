import type { PawlError } from '../../domain/errors.ts';
import { migrationHistory } from '../../schema/tables/migration-history.ts';
import type { Connection } from '../../store/postgres/connection.ts';
import type { HistoryRow } from '../history-entry.ts';
import type { MigrationReport } from '../migration-report.ts';
import type { Plan } from '../plan-model.ts';

const TABLE = migrationHistory.name;

const IS_THERE =
  'SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass(quote_ident(current_schema()) || ' +
  `'.${TABLE}') AND attname = 'declared_json' AND NOT attisdropped`;

/** The newest first; empty when there is no history yet. */
export async function readHistory(
  connection: Connection,
  limit = 100,
): Promise<readonly HistoryRow[]> {
  if (!(await hasHistory(connection))) return [];
  return await connection.all<HistoryRow>(`SELECT * FROM ${TABLE} ORDER BY id DESC LIMIT $1`, [
    limit,
  ]);
}

/** A table of that name in which nothing is declared is somebody else's. */
export async function hasHistory(connection: Connection): Promise<boolean> {
  return (await connection.all(IS_THERE)).length > 0;
}

/** The declared schema of the last change, as JSON; null when none is recorded, or was spoilt. */
export async function readRecord(connection: Connection): Promise<string | null> {
  if (!(await hasHistory(connection))) return null;
  const rows = await connection.all<{ record: string }>(
    `SELECT declared_json AS record FROM ${TABLE} WHERE declared_json IS NOT NULL ` +
      'ORDER BY id DESC LIMIT 3',
  );
  return rows.find(({ record }) => isReadable(record))?.record ?? null;
}

function isReadable(record: string): boolean {
  try {
    JSON.parse(record);
    return true;
  } catch {
    return false;
  }
}

export interface Occasion {
  /** Of the program. */
  readonly version: string;
  readonly startedAtMs: number;
  readonly nowMs: number;
}

/** Part of the transaction that changes the schema. */
export async function recordApplied(
  connection: Connection,
  { report, record }: { readonly report: MigrationReport; readonly record: string },
  occasion: Occasion,
): Promise<void> {
  const { backup, steps, rowsKept, orphansBefore } = report;
  await insert(connection, {
    ...base('applied', report, occasion),
    class: report.class,
    backup_note: backup.kind === 'none' ? backup.why : null,
    declared_json: record,
    report_json: JSON.stringify({ steps, rowsKept, orphansBefore }),
  });
}

/** A series of equal failures is one row, so that a loop of failing starts does not fill it. */
export async function recordFailed(
  connection: Connection,
  { plan, error }: { readonly plan: Plan; readonly error: PawlError },
  occasion: Occasion,
): Promise<void> {
  const again = await connection.all(
    `UPDATE ${TABLE} SET failures = failures + 1, finished_at_ms = $1 ` +
      `WHERE id = (SELECT max(id) FROM ${TABLE}) AND status = 'failed' ` +
      'AND from_fingerprint = $2 AND to_fingerprint = $3 AND error_code = $4 AND error = $5 ' +
      'RETURNING id',
    [Math.trunc(occasion.nowMs), plan.from, plan.to, error.code, error.message],
  );
  if (again.length > 0) return;
  await insert(connection, {
    ...base('failed', plan, occasion),
    failures: 1,
    error_code: error.code,
    error: error.message,
  });
}

function base(
  status: 'applied' | 'failed',
  { from, to }: { readonly from: string; readonly to: string },
  { version, startedAtMs, nowMs }: Occasion,
): Partial<HistoryRow> {
  return {
    ...{ status, version, from_fingerprint: from, to_fingerprint: to },
    ...{ started_at_ms: Math.trunc(startedAtMs), finished_at_ms: Math.trunc(nowMs) },
  };
}

async function insert(connection: Connection, row: Partial<HistoryRow>): Promise<void> {
  const columns = Object.keys(row);
  const marks = columns.map((_, at) => `$${at + 1}`).join(', ');
  const sql = `INSERT INTO ${TABLE} (${columns.join(', ')}) VALUES (${marks})`;
  await connection.all(sql, Object.values(row));
}
