import { isPawlError, type PawlError } from '../domain/errors.ts';
import type { MigrationStatus } from '../migrate/migrator.ts';
import type { EpochPlace } from './epoch.ts';
import { storeAddress } from './store-address.ts';
import { storeMigrator } from './store-migrator.ts';

/**
 * How a store's schema stands to the declared one, or why that cannot be said or changed. Null on a
 * server: whoever opens a store there compares what it says of itself.
 */
export async function schemaState(place: EpochPlace): Promise<MigrationStatus | PawlError | null> {
  try {
    if ((await storeAddress(place)) !== null) return null;
    return await (await storeMigrator(place)).status();
  } catch (error) {
    if (isPawlError(error)) return error;
    throw error;
  }
}
