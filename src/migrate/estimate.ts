import type { Plan, Step } from './plan-model.ts';

/**
 * What a plan is about to cost, so that a person can choose the moment. Guesses from figures that
 * were measured once; a dry run measures on the very rows.
 */
export interface Estimate {
  /** One for each step, in their order. */
  readonly steps: readonly StepEstimate[];
  /** To copy the database aside, check the copy and compare it. */
  readonly backupMs: number;
  readonly totalMs: number;
  /** Size of the database with its log. */
  readonly bytes: number;
  /** Others who write wait for all of it, the backup included. */
  readonly writers: 'wait';
  /** Without a write-ahead log, readers wait while the change is written to the disk. */
  readonly readers: 'go_on' | 'wait_for_commit';
}

export interface StepEstimate {
  /** Of the table that the step reads or writes; null when it touches the catalogue alone. */
  readonly rows: number | null;
  readonly ms: number;
}

export interface Costs {
  /** Of each table, by the name it has now. */
  readonly rows: ReadonlyMap<string, number>;
  readonly bytes: number;
  readonly hasLog: boolean;
}

/**
 * Measured, and rounded down, on two busy cores of a server with 300,000 rows of 440 bytes in 46
 * columns under 9 indexes; narrow tables are several times faster. `docs/learn/migrate.md`.
 */
const REBUILT_ROWS_PER_S = 60_000;
const INDEXED_ROWS_PER_S = 600_000;
const READ_ROWS_PER_S = 5_000_000;
const COPIED_BYTES_PER_S = 80_000_000;
/** A statement that touches the catalogue alone. */
const STATEMENT_MS = 1;

const ROWS_PER_S: Readonly<Record<string, number>> = {
  'rebuild-table': REBUILT_ROWS_PER_S,
  'drop-column': REBUILT_ROWS_PER_S,
  'create-index': INDEXED_ROWS_PER_S,
};

export function estimateOf(plan: Plan, { rows, bytes, hasLog }: Costs): Estimate {
  const steps = plan.steps.map((step) => stepEstimate(step, rowsOf(step, plan, rows)));
  const isEmpty = [...rows.values()].every((count) => count === 0);
  const isCopied = plan.steps.length > 0 && !isEmpty;
  const backupMs = isCopied ? Math.ceil((bytes / COPIED_BYTES_PER_S) * 1000) : 0;
  return {
    steps,
    backupMs,
    totalMs: steps.reduce((sum, { ms }) => sum + ms, backupMs),
    bytes,
    writers: 'wait',
    readers: hasLog ? 'go_on' : 'wait_for_commit',
  };
}

/** A step that comes after a rename knows its table by the new name. */
function rowsOf(step: Step, { rowsKept }: Plan, rows: Costs['rows']): number | null {
  if (step.rowsOf === null) return null;
  const before = rowsKept.find(({ after }) => after === step.rowsOf)?.before;
  return rows.get(step.rowsOf) ?? rows.get(before ?? '') ?? 0;
}

/** Gates are asked twice: before the lock is taken, and under it. */
function stepEstimate({ kind, statements, gates }: Step, rows: number | null): StepEstimate {
  const count = rows ?? 0;
  const own = count / (ROWS_PER_S[kind] ?? READ_ROWS_PER_S);
  const asked = (2 * gates.length * count) / READ_ROWS_PER_S;
  return { rows, ms: statements.length * STATEMENT_MS + Math.round((own + asked) * 1000) };
}
