import { durationText } from '../../domain/duration.ts';
import { timeText } from '../../domain/time-text.ts';
import type {
  Drift,
  HistoryEntry,
  MigrationPlan,
  MigrationStatus,
  Obstacle,
  Step,
} from '../../operations/migration-context.ts';
import type { LineStyle } from './task-lines.ts';
import type { Tone } from './terminal.ts';
import { clip, oneLine, pad } from './text-width.ts';

const SHORT = 12;

/** Enough of a fingerprint to tell it from others. */
export function shortPrint(fingerprint: string): string {
  return fingerprint === '' ? '(unknown)' : fingerprint.slice(0, SHORT);
}

/** `512 bytes`, `3.4 MiB`. */
export function bytesText(bytes: number): string {
  if (bytes < KIB) return `${bytes} bytes`;
  const [unit, size] = bytes < KIB * KIB ? ['KiB', KIB] : ['MiB', KIB * KIB];
  return `${(bytes / size).toFixed(1)} ${unit}`;
}

const KIB = 1024;

export function counted(count: number, word: string): string {
  return `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;
}

type Status = MigrationStatus & {
  readonly database: string;
  /** False where backups are somebody else's affair. */
  readonly keepsBackups: boolean;
};

/** How the database stands to what this Pawl declares, and what to do about it. */
export function migrationStatusLines(status: Status, style: LineStyle): readonly string[] {
  const { plan, state, last } = status;
  const { paint } = style;
  const lines = [
    `${paint('strong', status.database)}: ${paint(TONES[state], saidOf(status))}`,
    paint('dim', `  schema ${shortPrint(plan.from)}, declared ${shortPrint(plan.to)}`),
    ...plan.steps.map((step) => stepLine(step, style)),
    ...obstacleLines(status.obstacles, style),
    ...failureLines(status, style),
    ...driftLines(plan.drift, style),
    ...(last === null ? [] : [paint('dim', `  last: ${lastText(last)}`)]),
  ];
  return NEXT[state] === '' ? lines : [...lines, paint('dim', `  ${NEXT[state]}`)];
}

const TONES: Readonly<Record<Status['state'], Tone>> = {
  ...{ in_sync: 'good', drift: 'warn', pending: 'warn', refused: 'bad', failed: 'bad' },
};

const NEXT: Readonly<Record<Status['state'], string>> = {
  in_sync: '',
  drift: 'Nothing is to be done; Pawl leaves it as it is.',
  pending: '`pawl migrate plan` shows the SQL, `dry-run` tries it, `apply` does it.',
  refused: 'Nothing was changed; see what to do about each reason above.',
  failed: '`pawl migrate apply` tries again; `dry-run` tries it without a trace.',
};

function saidOf({ state, plan, keepsBackups }: Status): string {
  const copied = keepsBackups && plan.steps.length > 0 ? ', after a backup' : '';
  const notes = plan.steps.length === 0 ? "only Pawl's own notes of it" : '';
  const changes = notes === '' ? counted(plan.steps.length, 'change') : notes;
  switch (state) {
    case 'in_sync':
      return 'the schema is as declared';
    case 'drift':
      return 'the schema is as declared, and holds what somebody else put there';
    case 'pending':
      return `behind by ${changes}, made at the next start of a command${copied}`;
    case 'refused':
      return 'not as declared, and a migration is refused';
    case 'failed':
      return `behind by ${changes}; the last try failed`;
  }
}

function stepLine({ kind, object, class: risk }: Step, { width, paint }: LineStyle): string {
  const what = pad(`${kind} ${oneLine(object)}`, Math.max(30, Math.min(60, width - 16)));
  return `  ${what} ${paint(isHarmless(risk) ? 'dim' : 'warn', risk)}`;
}

const isHarmless = (risk: Step['class']): boolean =>
  risk === 'additive' || risk === 'loosening' || risk === 'rename';

/** Every reason against a migration, each with its remedy and the rows that stand in the way. */
export function obstacleLines(
  obstacles: readonly Obstacle[],
  { width, paint }: LineStyle,
): readonly string[] {
  return obstacles.flatMap(({ object, message, remedy, rows }) => [
    `  ${paint('bad', 'refused')} ${paint('strong', oneLine(object))}: ${oneLine(message)}`,
    ...rows.map((row) => paint('dim', clip(`      ${oneLine(JSON.stringify(row))}`, width))),
    paint('dim', `          ${oneLine(remedy)}`),
  ]);
}

function failureLines({ failure }: Status, { paint }: LineStyle): readonly string[] {
  if (failure === null) return [];
  const { code, message, atMs, times } = failure;
  const often = times > 1 ? `${times} times, last ` : '';
  return [
    `  ${paint('bad', 'failed')} ${often}${whenText(atMs)}: ${code}`,
    `      ${oneLine(message)}`,
  ];
}

export function driftLines(drift: readonly Drift[], { paint }: LineStyle): readonly string[] {
  return drift.map(({ message, fate }) => {
    const isBad = fate === 'harmful' || fate === 'broken' || fate === 'emptied';
    return `  ${paint(isBad ? 'bad' : 'warn', pad(fate, 7))} ${oneLine(message)}`;
  });
}

function lastText({ status, from, to, version, finishedAtMs, backup }: HistoryEntry): string {
  const kept = backup === null ? '' : `, backup ${backup}`;
  const prints = `${shortPrint(from)} to ${shortPrint(to)}`;
  return `${status} ${whenText(finishedAtMs)} by ${version}, ${prints}${kept}`;
}

/** To the second, UTC. */
export function whenText(ms: number): string {
  return `${timeText(ms).slice(0, 19)} UTC`;
}

/** The SQL of each step, with its class, gates, rows and expected time. */
export function migrationPlanLines(
  plan: MigrationPlan & Status,
  style: LineStyle,
): readonly string[] {
  const { estimate, plan: made } = plan;
  if (made.steps.length === 0) return migrationStatusLines(plan, style);
  const steps = made.steps.flatMap((step, index) => {
    const { rows, ms } = estimate.steps[index] ?? { rows: null, ms: 0 };
    const counts = rows === null ? 'touches no row' : counted(rows, 'row');
    const head = `-- ${index + 1}. ${step.kind} ${oneLine(step.object)}`;
    return [
      '',
      style.paint('strong', head),
      style.paint('dim', `--    ${step.class}, ${counts}, about ${durationText(ms)}`),
      ...step.gates.map(({ about }) => `--    only if not: ${oneLine(about)}`),
      ...step.statements.map((sql) => `${sql};`),
    ];
  });
  return [
    ...headLines(plan, style),
    ...steps,
    '',
    ...obstacleLines(plan.obstacles, style),
    ...driftLines(made.drift, style),
    ...costLines(plan, style),
  ];
}

function headLines(
  { database, plan: { from, to, steps } }: MigrationPlan & { readonly database: string },
  { paint }: LineStyle,
): readonly string[] {
  const prints = `schema ${shortPrint(from)} to ${shortPrint(to)}`;
  return [
    `${paint('strong', `-- ${database}`)}: ${counted(steps.length, 'step')}, ${prints}`,
    paint('dim', '-- One transaction: all of it happens, or nothing. Nothing was changed now.'),
  ];
}

function costLines({ estimate }: MigrationPlan, { paint }: LineStyle): readonly string[] {
  const { backupMs, totalMs, bytes, readers } = estimate;
  const backup = backupMs === 0 ? 'no backup is needed' : `${durationText(backupMs)} for a backup`;
  const reading = readers === 'go_on' ? 'readers go on' : 'readers wait for its end';
  return [
    `About ${durationText(totalMs)} in all, ${backup} of ${bytesText(bytes)}.`,
    `Meanwhile others who write wait; ${reading}.`,
    paint('dim', 'A dry run measures instead of guessing: `pawl migrate dry-run`.'),
  ];
}
