import type { DatabaseAddress } from '../config/database-address.ts';
import { isPawlError } from '../domain/errors.ts';
import { type Logger, silentLogger } from '../observe/logger.ts';
import { PAWL_SCHEMA, type StoreSchema } from '../schema/store-schema.ts';
import type { Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { lossOf, stepText } from './migrate-store.ts';

export interface OpenServerStore {
  readonly world: World;
  readonly address: DatabaseAddress;
  readonly schema?: StoreSchema | undefined;
  /** Make the store when there is none; otherwise `store_not_found`. */
  readonly create: boolean;
  readonly log?: Logger;
}

/**
 * Open a project's store on a server: made when there is none, migrated when it is older. It is
 * never set aside or rebuilt: its backups are the server's.
 *
 * @throws PawlError what opening a store and migrating throw, `store_not_found`; after any of them
 *   the store is what it was.
 */
export async function openServerStore(opening: OpenServerStore): Promise<Store> {
  const { world, address, schema = PAWL_SCHEMA, create } = opening;
  const { url, directUrl } = address;
  // Most projects need no server: its driver is not read for them.
  const { openPostgresStore } = await import('../store/postgres/postgres-store.ts');
  return await openPostgresStore({
    ...{ world, url, create, schema },
    ...(directUrl === null ? {} : { directUrl }),
    bringUp: () => bringUpStore(opening, schema),
  });
}

async function bringUpStore(
  { world, address, log = silentLogger }: OpenServerStore,
  schema: StoreSchema,
): Promise<void> {
  const { pawlServerMigrator } = await import('./server-store-migration.ts');
  try {
    const outcome = await pawlServerMigrator({ world, address, schema }).migrate();
    if (outcome.kind === 'applied') {
      const { from, to, steps } = outcome.report;
      log.info('schema.migrated', { from, to, steps: steps.map(stepText) });
    }
    for (const { object, message } of outcome.drift) log.warn('schema.drift', { object, message });
  } catch (cause) {
    // A newer Pawl was faster; what that means for this one is found out by opening it again.
    if (isPawlError(cause, 'store_version')) return;
    log.error('schema.failed', {}, cause);
    throw lossOf(cause) ?? cause;
  }
}
