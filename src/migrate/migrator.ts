import type { PawlError } from '../domain/errors.ts';
import type { Estimate } from './estimate.ts';
import type { HistoryEntry } from './history-entry.ts';
import type { MigrationOutcome, MigrationReport, Obstacle } from './migration-report.ts';
import type { Plan } from './plan-model.ts';

/**
 * Everything that can be done with the schema of one database: one object for one file and one
 * declaration. It keeps nothing open between calls, so there is nothing to close. Every method
 * rejects with a `PawlError`, and has then changed nothing: `store_corrupt` (damaged, or no
 * database), `store_io`, `store_full`, `store_readonly`, `migration_busy` (others kept the database
 * locked for longer than `waitMs`), `aborted`, and what is named below.
 */
export interface Migrator {
  /** Absolute path of the database's file; of a store on a server its address, without secrets. */
  readonly path: string;
  /** False where backups are somebody else's affair: then there is none, and no restore. */
  readonly keepsBackups: boolean;
  /** Absolute; where backups are made and looked for. It need not exist. */
  readonly backupFolder: string;
  /** Whether there is a database; one that is not there is made by `migrate` alone. */
  exists(): Promise<boolean>;
  /** What is declared, as the statements that create it in an empty database. */
  readonly declared: readonly string[];
  /** How the database stands to the declaration. Changes nothing; the file must exist. */
  status(call?: MigrationCall): Promise<MigrationStatus>;
  /** The same, with what each step would cost: every table is counted. */
  plan(call?: MigrationCall): Promise<MigrationPlan>;
  /**
   * Run the plan on a copy, with every statement and every check. The database is only read.
   *
   * @throws PawlError `backup_failed` when there is no room for the copy.
   */
  dryRun(call?: MigrationCall): Promise<DryRun>;
  /**
   * Bring the schema to what is declared, completely or not at all, with a backup from before. When
   * there is nothing to do it only reads. A file that does not exist is made.
   *
   * @throws PawlError `migration_refused` with all reasons in `details.obstacles`,
   *   `migration_failed`, `backup_failed`.
   */
  migrate(call?: MigrationCall): Promise<MigrationOutcome>;
  /** What was done to the schema, the newest first, at most 100; empty before the first change. */
  history(call?: MigrationCall): Promise<readonly HistoryEntry[]>;
  /** What is not as it should be; empty when all is well. Reads every page of every backup, too. */
  verify(): Promise<readonly MigrationFault[]>;
  /** The backups that were made before changes, the newest first. */
  backups(): Promise<readonly BackupFile[]>;
  /**
   * Put a backup (its absolute path) in the place of the database. What is there is kept in a
   * folder `set-aside-...` beside it.
   *
   * @throws PawlError `backup_unsound`, `store_in_use`, `backup_failed` (no room for a copy).
   */
  restore(backup: string, call?: Pick<MigrationCall, 'signal'>): Promise<Restored>;
}

export interface MigrationCall {
  /** Ends the call with `aborted`; what is not committed by then never was. */
  readonly signal?: AbortSignal;
  /** How long to wait for others who hold the database; 60,000 ms by default. */
  readonly waitMs?: number;
}

export interface MigrationStatus {
  /**
   * `in_sync`: as declared. `drift`: so, with things that somebody else put there. `pending`: a
   * migration will change it. `refused`: a migration will not, see the obstacles. `failed`: the
   * last try at just this change failed, see the failure; the next one tries again.
   */
  readonly state: 'in_sync' | 'drift' | 'pending' | 'refused' | 'failed';
  readonly plan: Plan;
  readonly obstacles: readonly Obstacle[];
  readonly failure: MigrationFailure | null;
  /** The newest change or restore that was finished. */
  readonly last: HistoryEntry | null;
}

export interface MigrationPlan extends MigrationStatus {
  readonly estimate: Estimate;
}

export interface MigrationFailure {
  readonly code: string;
  readonly message: string;
  readonly atMs: number;
  /** In a row. */
  readonly times: number;
}

export type DryRun =
  | { readonly kind: 'in_sync'; readonly plan: Plan }
  | { readonly kind: 'refused'; readonly plan: Plan; readonly obstacles: readonly Obstacle[] }
  | { readonly kind: 'would_fail'; readonly plan: Plan; readonly error: PawlError }
  | {
      readonly kind: 'would_apply';
      readonly plan: Plan;
      readonly report: MigrationReport;
      /**
       * To copy the database, as the backup will, and to write the change to the disk. Null: no
       * copy was made, the plan was run in a transaction that was undone.
       */
      readonly copyMs: number | null;
      readonly commitMs: number;
    };

/** Something that is not as it should be. The code is stable. */
export interface MigrationFault {
  readonly code: 'damaged' | 'orphans' | 'not_declared' | 'changed_since' | 'backup_unsound';
  readonly message: string;
}

export interface BackupFile {
  /** Name in the folder of backups. */
  readonly file: string;
  readonly bytes: number;
  readonly madeAtMs: number;
}

export interface Restored {
  /** Folder in which the replaced files are kept; null when there were none. */
  readonly setAside: string | null;
  /** Of the schema that was restored. */
  readonly fingerprint: string;
  /** False when the restored database is older than its history. */
  readonly recorded: boolean;
}
