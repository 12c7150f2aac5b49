import type { DatabaseAddress } from '../config/database-address.ts';
import type { StoreSchema } from '../schema/store-schema.ts';
import type { Store } from '../store/store.ts';
import type { World } from '../world/world.ts';

export interface OpenServerStore {
  readonly world: World;
  readonly address: DatabaseAddress;
  readonly schema?: StoreSchema | undefined;
  /** Make the store when there is none; otherwise `store_not_found`. */
  readonly create: boolean;
}

/**
 * Open a project's store on a server. It is never set aside or rebuilt: its backups are the
 * server's.
 *
 * @throws PawlError what opening a store throws, `store_not_found`.
 */
export async function openServerStore(opening: OpenServerStore): Promise<Store> {
  const { world, address, schema, create } = opening;
  const { url, directUrl } = address;
  // Most projects need no server: its driver is not read for them.
  const { openPostgresStore } = await import('../store/postgres/postgres-store.ts');
  return await openPostgresStore({
    ...{ world, url, create },
    ...(directUrl === null ? {} : { directUrl }),
    ...(schema === undefined ? {} : { schema }),
  });
}
