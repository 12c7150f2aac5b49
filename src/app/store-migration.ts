import { timeText } from '../domain/time-text.ts';
import { declaredSchema } from '../migrate/sqlite/declared-schema.ts';
import type { MigrationPlace, Owner } from '../migrate/sqlite/migration-options.ts';
import { DIRECTIVES } from '../schema/directives.ts';
import { PAWL_SCHEMA, type StoreSchema } from '../schema/store-schema.ts';
import { afterRestore } from '../store/sql/after-restore.ts';
import type { VerbContext } from '../store/sql/verb.ts';
import type { Connection } from '../store/sqlite/connection.ts';
import { insertMeta, readMeta, settleMeta, tooNew } from '../store/sqlite/store-meta.ts';
import type { World } from '../world/world.ts';

export interface PawlMigration {
  readonly world: World;
  /** Absolute path of the store's database. */
  readonly path: string;
  /** The one of this Pawl by default. */
  readonly schema?: StoreSchema;
  /** A restored store gets a higher epoch than this: see `readEpoch`. */
  readonly epochFloor?: number;
}

/**
 * What a store's database is to be, and who looks after it: what every verb of migrations wants
 * (`migrate`, `migrationStatus`, `dryRun`, `restoreBackup` ...) besides its own options.
 */
export function pawlMigration(migration: PawlMigration): MigrationPlace {
  const { world, path, schema = PAWL_SCHEMA, epochFloor = 0 } = migration;
  const declared = declaredSchema({ schema: schema.objects, directives: DIRECTIVES });
  return {
    ...{ world, path, record: declared.record },
    makePlan: declared.makePlan,
    owner: ownerOf(world, schema, epochFloor),
  };
}

function ownerOf(world: World, schema: StoreSchema, epochFloor: number): Owner {
  return {
    admit: (connection) => {
      if (!hasMeta(connection)) return;
      const { generation } = readMeta(connection);
      if (generation > schema.generation) throw tooNew(schema, generation, 'write');
    },
    isSettled: (connection) =>
      hasMeta(connection) && readMeta(connection).fingerprint === schema.fingerprint,
    settle: (connection) => {
      if (hasRow(connection)) settleMeta(connection, schema);
      else {
        const storeId = world.ids.uuid();
        insertMeta(connection, schema, { storeId, atMs: world.clock.now() });
      }
    },
    afterRestore: (copy, replaced) => {
      const floor = Math.max(epochFloor, replaced === null ? 0 : epochOf(replaced));
      copy.drive(afterRestore(verbContext(world), floor));
    },
  };
}

function hasMeta(connection: Connection): boolean {
  const sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'store_meta'";
  return connection.all(sql).length > 0;
}

function hasRow(connection: Connection): boolean {
  return connection.all('SELECT 1 FROM store_meta').length > 0;
}

function epochOf(connection: Connection): number {
  if (!hasMeta(connection)) return 0;
  const [meta] = connection.all<{ epoch: number }>('SELECT epoch FROM store_meta');
  return meta?.epoch ?? 0;
}

/** For verbs that run in somebody else's transaction. */
function verbContext({ clock, ids, random }: World): VerbContext {
  const nowMs = Math.trunc(clock.now());
  return {
    nowMs,
    nowText: timeText(nowMs),
    uuid: () => ids.uuid(),
    chance: () => random.next(),
  };
}
