/**
 * Declare the schema of your own SQLite database once; have every file brought to it, completely or
 * not at all, with a backup from before. No numbered migration files, nothing guessed: what the
 * comparison of two schemas cannot know is said by directives. `createMigrator` is where to begin.
 */
export { createMigrator, type MigratorSettings } from './app/create-migrator.ts';
export { ERROR_CATALOGUE, type ErrorCode, type ErrorRule, PawlError } from './domain/errors.ts';
export type { ColumnExpression, Directives } from './migrate/directives.ts';
export type { Estimate, StepEstimate } from './migrate/estimate.ts';
export type { HistoryEntry } from './migrate/history-entry.ts';
export {
  type BackupTaken,
  type MigrationOutcome,
  type MigrationReport,
  NO_BACKUP,
  type NoBackup,
  type Obstacle,
  type StepReport,
} from './migrate/migration-report.ts';
export type {
  BackupFile,
  DryRun,
  MigrationCall,
  MigrationFailure,
  MigrationFault,
  MigrationPlan,
  MigrationStatus,
  Migrator,
  Restored,
} from './migrate/migrator.ts';
export {
  DRIFT_FATES,
  type Drift,
  type DriftFate,
  type Gate,
  type Plan,
  REFUSAL_CODES,
  type Refusal,
  type RefusalCode,
  STEP_CLASSES,
  type Step,
  type StepClass,
} from './migrate/plan-model.ts';
export { OBJECTION_CODES, type Policy, UNATTENDED } from './migrate/policy.ts';
export {
  type Column,
  type ColumnDefault,
  type ColumnType,
  count,
  type ForeignKey,
  type Generated,
  type Index,
  integer,
  integerOrNull,
  type KeyAction,
  nowText,
  oneOf,
  type RowOf,
  type SchemaObject,
  type Table,
  type Trigger,
  table,
  text,
  textOrNull,
  trigger,
  type Unique,
  type View,
  view,
} from './schema/vocabulary.ts';
