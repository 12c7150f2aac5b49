import { isPawlError, type PawlError } from '../domain/errors.ts';
import type { MigrationStatus } from '../migrate/migrator.ts';
import type { EpochPlace } from './epoch.ts';
import { storeMigrator } from './store-migrator.ts';

/** How a store's schema stands to the declared one, or why that cannot be said or changed. */
export async function schemaState(place: EpochPlace): Promise<MigrationStatus | PawlError> {
  try {
    return await (await storeMigrator(place)).status();
  } catch (error) {
    if (isPawlError(error)) return error;
    throw error;
  }
}
