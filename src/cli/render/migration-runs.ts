import { durationText } from '../../domain/duration.ts';
import type { RestoredBackup, StoredBackup } from '../../operations/migrate-restore.ts';
import type {
  DryRun,
  HistoryEntry,
  MigrationFault,
  MigrationOutcome,
  MigrationReport,
} from '../../operations/migration-context.ts';
import {
  bytesText,
  counted,
  driftLines,
  obstacleLines,
  shortPrint,
  whenText,
} from './migration-lines.ts';
import type { LineStyle } from './task-lines.ts';
import { oneLine, pad } from './text-width.ts';

/** What a try on a copy came to. */
export function dryRunLines(dry: DryRun, style: LineStyle): readonly string[] {
  const { paint } = style;
  switch (dry.kind) {
    case 'in_sync':
      return ['The schema is as declared: nothing would be done.'];
    case 'refused':
      return [
        paint('bad', 'A migration would be refused; nothing was changed.'),
        ...obstacleLines(dry.obstacles, style),
      ];
    case 'would_fail':
      return [
        paint('bad', `A migration would fail (${dry.error.code}), and leave everything as it is:`),
        `  ${oneLine(dry.error.message)}`,
      ];
    case 'would_apply':
      return [
        dry.copyMs === null
          ? `${paint('good', 'It works')} in a transaction that was undone; nothing was changed.`
          : `${paint('good', 'It works')} on a copy, which is removed again; nothing was changed.`,
        ...reportLines(dry.report, style),
        ...(dry.copyMs === null
          ? []
          : [
              `  ${durationText(dry.copyMs)} to copy, ` +
                `${durationText(dry.commitMs)} to write to the disk`,
            ]),
        ...driftLines(dry.plan.drift, style),
      ];
  }
}

/** What a migration did. */
export function outcomeLines(outcome: MigrationOutcome, style: LineStyle): readonly string[] {
  const { paint } = style;
  const drift = driftLines(outcome.drift, style);
  if (outcome.kind === 'in_sync') {
    return [`The schema is as declared (${shortPrint(outcome.fingerprint)}): no change.`, ...drift];
  }
  const { report } = outcome;
  const { backup, from, to } = report;
  return [
    `${paint('good', 'Migrated')} from ${shortPrint(from)} to ${shortPrint(to)}.`,
    ...reportLines(report, style),
    backup.kind === 'made'
      ? `  Backup from before: ${backup.path} (${bytesText(backup.bytes)})`
      : `  No backup: ${NO_BACKUP[backup.why] ?? backup.why}.`,
    ...drift,
  ];
}

const NO_BACKUP: Readonly<Record<string, string>> = {
  no_rows: 'there was not a row to lose',
  no_steps: "only Pawl's own notes changed",
  above_bytes_max: 'the database is larger than what is copied before an addition',
  dry_run: 'this was a copy',
  on_server: "a server's backups are made on the server",
};

function reportLines(report: MigrationReport, { paint }: LineStyle): readonly string[] {
  const rows = report.rowsKept.reduce((sum, one) => sum + one.rows, 0);
  const tables = counted(report.rowsKept.length, 'table');
  return [
    ...report.steps.map(({ kind, object, class: risk, ms }) => {
      const what = pad(`${kind} ${oneLine(object)}`, STEP_WIDTH);
      return `  ${what} ${paint('dim', `${pad(risk, 11)} ${durationText(ms)}`)}`;
    }),
    ...(report.rowsKept.length === 0
      ? []
      : [`  ${counted(rows, 'row')} of ${tables} counted before and after: none is missing`]),
  ];
}

const STEP_WIDTH = 48;

/** One block a change, the newest first. */
export function historyLines(
  entries: readonly HistoryEntry[],
  style: LineStyle,
): readonly string[] {
  if (entries.length === 0) return ['No change of the schema is recorded yet.'];
  return entries.flatMap((entry) => entryLines(entry, style));
}

function entryLines(entry: HistoryEntry, { paint }: LineStyle): readonly string[] {
  const { id, status, from, to, version, startedAtMs, finishedAtMs, rowsKept } = entry;
  const tone = status === 'failed' ? 'bad' : 'good';
  const often = entry.failures > 1 ? ` ${entry.failures} times` : '';
  const took = durationText(Math.max(0, finishedAtMs - startedAtMs));
  const rows = rowsKept.reduce((sum, one) => sum + one.rows, 0);
  const prints = `${shortPrint(from)} to ${shortPrint(to)}`;
  const head = `${pad(`#${id}`, 4)} ${paint(tone, `${status}${often}`)}  ${prints}`;
  const by = `${whenText(startedAtMs)} to ${whenText(finishedAtMs).slice(11)}, ${took}`;
  const kept = rowsKept.length > 0 ? `, ${counted(rows, 'row')} kept` : '';
  const risk = entry.class === null ? '' : `, ${entry.class}`;
  const note = NO_BACKUP[entry.backupNote ?? ''];
  return [
    `${head}  ${paint('dim', `by version ${version}${risk}`)}`,
    paint('dim', `     ${by}${kept}`),
    ...(entry.backup === null ? [] : [paint('dim', `     backup ${entry.backup}`)]),
    ...(note === undefined ? [] : [paint('dim', `     no backup: ${note}`)]),
    ...(entry.error === null ? [] : [`     ${entry.errorCode}: ${oneLine(entry.error)}`]),
  ];
}

export function faultLines(
  faults: readonly MigrationFault[],
  { paint }: LineStyle,
): readonly string[] {
  if (faults.length === 0) {
    return [
      'The database is sound and as declared; the backups from before its changes are sound.',
    ];
  }
  return faults.map(({ code, message }) => `${paint('bad', code)}: ${oneLine(message)}`);
}

/** What there is to go back to. */
export function backupLines(
  backups: readonly StoredBackup[],
  { folder, command }: { readonly folder: string; readonly command: string },
  { paint }: LineStyle,
): readonly string[] {
  if (backups.length === 0) return [`There is no backup in ${folder} yet.`];
  const width = Math.max(...backups.map(({ file }) => file.length));
  return [
    `Backups in ${folder}:`,
    ...backups.map(({ file, madeBy, bytes, madeAtMs }) => {
      const why = madeBy === 'migration' ? 'before a change of the schema' : 'during a run';
      return `  ${pad(file, width)}  ${whenText(madeAtMs)}  ${bytesText(bytes)}, ${why}`;
    }),
    paint('dim', `  ${command} migrate restore NAME puts one in the place of the database.`),
  ];
}

export function restoredLines(
  { backup, setAside, fingerprint }: RestoredBackup,
  { isDeclared }: { readonly isDeclared: boolean },
  { paint }: LineStyle,
): readonly string[] {
  return [
    `${paint('good', 'Restored')} ${backup} (schema ${shortPrint(fingerprint)}).`,
    setAside === null
      ? '  There was no database before.'
      : `  What was there is kept in ${setAside}`,
    '  What was claimed since that backup is void: its tasks are queued again.',
    ...(isDeclared
      ? []
      : ['  Its schema is another: the next command of this Pawl migrates it again.']),
  ];
}
