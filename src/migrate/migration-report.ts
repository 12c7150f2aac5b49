import {
  type Drift,
  type RefusalCode,
  STEP_CLASSES,
  type Step,
  type StepClass,
} from './plan-model.ts';
import type { Objection } from './policy.ts';

/** What a change of the schema did, as it is kept in the history. */
export interface MigrationReport {
  readonly from: string;
  readonly to: string;
  /** Of the most harmful step; null when only the owner's notes were behind. */
  readonly class: StepClass | null;
  readonly steps: readonly StepReport[];
  /** Counted before and after: equal. */
  readonly rowsKept: readonly { readonly table: string; readonly rows: number }[];
  /** Rows that referred to nothing before the change; they still do. None was added. */
  readonly orphansBefore: number;
  readonly backup: BackupTaken;
}

export interface StepReport {
  readonly kind: string;
  readonly object: string;
  readonly class: StepClass;
  readonly statements: readonly string[];
  readonly ms: number;
}

export type BackupTaken =
  | { readonly kind: 'made'; readonly path: string; readonly bytes: number; readonly ms: number }
  | { readonly kind: 'none'; readonly why: NoBackup };

/** Why there is no backup: stored in the history, so never given a second meaning. */
export const NO_BACKUP = [
  'no_rows',
  'no_steps',
  'above_bytes_max',
  'dry_run',
  'on_server',
] as const;
export type NoBackup = (typeof NO_BACKUP)[number];

export type MigrationOutcome =
  /** Nothing was to do, or another process did it meanwhile. */
  | { readonly kind: 'in_sync'; readonly fingerprint: string; readonly drift: readonly Drift[] }
  | {
      readonly kind: 'applied';
      readonly report: MigrationReport;
      readonly drift: readonly Drift[];
    };

/** What keeps a plan from being run: the planner, the policy, or rows that a gate found. */
export interface Obstacle {
  readonly code: RefusalCode | Objection['code'] | 'rows_in_the_way';
  readonly object: string;
  readonly message: string;
  readonly remedy: string;
  /** At most ten of the rows that a gate found. */
  readonly rows: readonly unknown[];
}

/** The class of the most harmful step; null when there is none. */
export function harmOf(steps: readonly Step[]): StepClass | null {
  const worst = Math.max(...steps.map((step) => STEP_CLASSES.indexOf(step.class)));
  return STEP_CLASSES[worst] ?? null;
}
