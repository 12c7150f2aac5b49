import { PawlError } from '../domain/errors.ts';
import type { Migrator } from '../migrate/migrator.ts';
import type { Logger } from '../observe/logger.ts';
import type { World } from '../world/world.ts';

export type { HistoryEntry } from '../migrate/history-entry.ts';
export type { MigrationOutcome, MigrationReport, Obstacle } from '../migrate/migration-report.ts';
export type {
  DryRun,
  MigrationFault,
  MigrationPlan,
  MigrationStatus,
} from '../migrate/migrator.ts';
export type { Drift, Step } from '../migrate/plan-model.ts';

/** What operations on the schema work on: the database's file, never an opened store. */
export interface MigrationContext {
  readonly world: World;
  readonly log: Logger;
  readonly migrator: Migrator;
}

/** @throws PawlError `store_not_found`: asking about a database must not make one. */
export async function requireDatabase({ migrator }: MigrationContext): Promise<void> {
  if (await migrator.exists()) return;
  const message = `there is no database yet in ${migrator.path}`;
  throw new PawlError('store_not_found', message, { details: { path: migrator.path } });
}
