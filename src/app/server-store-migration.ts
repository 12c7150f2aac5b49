import type { DatabaseAddress } from '../config/database-address.ts';
import type { Migrator } from '../migrate/migrator.ts';
import { declaredSchema, declaredStatements } from '../migrate/postgres/declared-schema.ts';
import type { Owner } from '../migrate/postgres/migration-options.ts';
import { serverMigrator } from '../migrate/postgres/postgres-migrator.ts';
import { DIRECTIVES } from '../schema/directives.ts';
import { FIRST_TABLES, PAWL_SCHEMA, type StoreSchema } from '../schema/store-schema.ts';
import type { Intercept } from '../store/postgres/connection.ts';
import { locationOf } from '../store/postgres/location.ts';
import { requireServer } from '../store/postgres/open.ts';
import { poolOptions } from '../store/postgres/postgres-driver.ts';
import { insertMeta, readMeta, settleMeta } from '../store/postgres/store-meta.ts';
import {
  requireNobodyElses,
  requireObjects,
  whoseDatabase,
} from '../store/postgres/whose-database.ts';
import { standingOf, tooNew } from '../store/standing.ts';
import type { World } from '../world/world.ts';
import { PAWL_VERSION } from './version.ts';

export interface ServerMigration {
  readonly world: World;
  readonly address: DatabaseAddress;
  /** The one of this Pawl by default. */
  readonly schema?: StoreSchema;
  /** How long others wait behind a lock that is not to be had. */
  readonly lockWaitMs?: number;
  /** Sees every statement. */
  readonly intercept?: Intercept;
}

/** The schema of a store on a server: what it is to be, and who looks after it. */
export function pawlServerMigrator(migration: ServerMigration): Migrator {
  const { world, address, schema = PAWL_SCHEMA } = migration;
  const { url } = address;
  const { intercept, lockWaitMs } = migration;
  return serverMigrator({
    ...declaredSchema({ schema: schema.objects, directives: DIRECTIVES }),
    ...{ world, version: PAWL_VERSION, location: locationOf(url) },
    ...(lockWaitMs === undefined ? {} : { lockWaitMs }),
    pool: poolOptions({ url, ...(intercept === undefined ? {} : { intercept }) }),
    declared: declaredStatements(schema.objects),
    owner: ownerOf(world, schema),
    isBegun: async (connection) => (await whoseDatabase(connection, schema.objects)) !== 'nobody',
  });
}

function ownerOf(world: World, schema: StoreSchema): Owner {
  return {
    admit: async (connection) => {
      await requireServer(connection);
      const whose = await whoseDatabase(connection, schema.objects);
      requireNobodyElses(whose);
      if (whose !== 'pawl') return;
      const { generation } = await readMeta(connection);
      if (generation > schema.generation) throw tooNew(schema, generation, 'migrate');
      const first = schema.objects.filter(({ name }) => FIRST_TABLES.includes(name));
      await requireObjects(connection, first);
    },
    isSettled: async (connection) =>
      (await whoseDatabase(connection, schema.objects)) === 'pawl' &&
      standingOf(await readMeta(connection), schema) === 'current',
    settle: async (connection) => {
      if (await settleMeta(connection, schema)) return;
      const storeId = world.ids.uuid();
      await insertMeta(connection, schema, { storeId, atMs: Math.trunc(world.clock.now()) });
    },
  };
}
