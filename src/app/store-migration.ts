import { isPawlError, PawlError } from '../domain/errors.ts';
import type { Plan } from '../migrate/plan-model.ts';
import { declaredSchema } from '../migrate/sqlite/declared-schema.ts';
import type { MigrationPlace, Owner } from '../migrate/sqlite/migration-options.ts';
import { DIRECTIVES } from '../schema/directives.ts';
import { FIRST_TABLES, PAWL_SCHEMA, type StoreSchema } from '../schema/store-schema.ts';
import { adoptTasks } from '../store/sql/adopt-tasks.ts';
import { afterRestore, raiseEpoch } from '../store/sql/after-restore.ts';
import { contextOf } from '../store/sql/context-of.ts';
import { queueAdoption } from '../store/sqlite/adopt-queue.ts';
import type { Connection } from '../store/sqlite/connection.ts';
import { epochOf, insertMeta, readMeta, settleMeta } from '../store/sqlite/store-meta.ts';
import {
  requireNobodyElses,
  requireObjects,
  whoseDatabase,
} from '../store/sqlite/whose-database.ts';
import { standingOf, tooNew } from '../store/standing.ts';
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
 * (`migrate`, `migrationStatus`, `dryRun`, `restoreBackup` ...) besides its own options. They throw
 * `store_version` for a store that a newer Pawl brought up, and for another program's database.
 */
export function pawlMigration(migration: PawlMigration): MigrationPlace {
  const { world, path, schema = PAWL_SCHEMA, epochFloor = 0 } = migration;
  const declared = declaredSchema({ schema: schema.objects, directives: DIRECTIVES });
  return {
    ...{ world, path, record: declared.record },
    makePlan: (connection) => {
      const plan = declared.makePlan(connection);
      const isQueue = whoseDatabase(connection, schema.objects) === 'queue';
      return isQueue ? adoptionPlan(connection, plan, schema) : plan;
    },
    owner: ownerOf(world, schema, epochFloor),
  };
}

/** The two promised tables of another program: no comparison knows what their rows mean here. */
function adoptionPlan(connection: Connection, plan: Plan, schema: StoreSchema): Plan {
  const { statements, gates, inTheWay, rowsKept, replaced } = queueAdoption(connection, schema);
  const refusals = inTheWay.map(({ object, message }) => ({
    ...{ code: 'change_not_supported' as const, object, message },
    remedy: 'Take it out of a copy of the database, and put that in its place.',
  }));
  const step = { kind: 'adopt-queue', object: 'task_queue', class: 'rebuild' as const };
  return {
    ...{ from: plan.from, to: plan.to, refusals, rowsKept },
    drift: plan.drift.filter(
      ({ kind, object }) => (kind === 'table' || kind === 'view') && !replaced.includes(object),
    ),
    steps: refusals.length > 0 ? [] : [{ ...step, statements, gates, rowsOf: 'task_queue' }],
  };
}

function ownerOf(world: World, schema: StoreSchema, epochFloor: number): Owner {
  return {
    admit: (connection) => {
      const whose = whoseDatabase(connection, schema.objects);
      requireNobodyElses(whose);
      if (whose !== 'pawl') return;
      const { generation } = readMeta(connection);
      if (generation > schema.generation) throw tooNew(schema, generation, 'migrate');
      const declared = schema.objects.map(({ name }) => name);
      requireObjects(
        connection,
        FIRST_TABLES.filter((name) => declared.includes(name)),
      );
    },
    isSettled: (connection) =>
      whoseDatabase(connection, schema.objects) === 'pawl' &&
      standingOf(readMeta(connection), schema) === 'current',
    settle: (connection) => {
      if (settleMeta(connection, schema)) return;
      const storeId = world.ids.uuid();
      insertMeta(connection, schema, { storeId, atMs: world.clock.now() });
      connection.drive(adoptTasks(contextOf(world)));
    },
    afterRestore: (copy, replaced) => {
      const whose = whoseDatabase(copy, schema.objects);
      // From before it became a store: nothing was handed out from it that could be void.
      if (whose === 'queue') return;
      if (whose !== 'pawl') throw new PawlError('backup_unsound', 'it is no backup of a store');
      const floor = Math.max(epochFloor, replaced === null ? 0 : epochOf(replaced));
      const { generation, fingerprint } = readMeta(copy);
      if (generation > schema.generation) throw tooNew(schema, generation, 'migrate');
      if (fingerprint === schema.fingerprint) copy.drive(afterRestore(contextOf(world), floor));
      else makeOlderVoid(world, copy, floor);
    },
  };
}

/**
 * The verbs of this Pawl may want columns that an older schema has not. Then the epoch alone is
 * raised; the leases of then have run out, and whoever starts next takes care of their tasks.
 */
function makeOlderVoid(world: World, copy: Connection, floor: number): void {
  copy.run('SAVEPOINT voided');
  try {
    copy.drive(afterRestore(contextOf(world), floor));
  } catch (cause) {
    if (!isPawlError(cause, 'store_corrupt') && !isPawlError(cause, 'bug')) throw cause;
    copy.run('ROLLBACK TO voided');
    copy.drive(raiseEpoch(floor));
  }
  copy.run('RELEASE voided');
}
