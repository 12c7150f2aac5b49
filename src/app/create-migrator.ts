import { resolve } from 'node:path';
import type { Directives } from '../migrate/directives.ts';
import type { Migrator } from '../migrate/migrator.ts';
import type { Policy } from '../migrate/policy.ts';
import { declaredSchema, declaredStatements } from '../migrate/sqlite/declared-schema.ts';
import { sqliteMigrator } from '../migrate/sqlite/sqlite-migrator.ts';
import type { SchemaObject } from '../schema/vocabulary.ts';
import { thisWorld } from './this-world.ts';

export interface MigratorSettings {
  /** Of the database's file; a relative one is taken from the working directory. */
  readonly path: string;
  /**
   * What the database is to be, in an order in which it can be created: objects made with `table`,
   * `view` and `trigger`, or `CREATE` statements as text.
   */
  readonly schema: readonly (SchemaObject | string)[];
  /** What no comparison can know: renames, drops, values for new columns. */
  readonly directives?: Directives;
  /** Of your program, for the history; `0` by default. */
  readonly version?: string;
  /** What may happen; by default everything that is declared, or guarded by gates. */
  readonly policy?: Policy;
  /** Absolute; `backups` beside the database by default. Best on the same disk. */
  readonly backupFolder?: string;
  /** How many backups are kept; 3 by default, at least 1. */
  readonly backupsKept?: number;
  /** A larger database, in bytes, is not copied before a purely additive change. */
  readonly backupBytesMax?: number;
  /** How long each call waits for others who hold the database; 60,000 ms by default. */
  readonly waitMs?: number;
  /** Told before a restore who uses the database, as far as your program knows; null: nobody. */
  readonly usedBy?: () => Promise<string | null>;
}

/**
 * A migrator for a SQLite file of your own. Opens and changes nothing by itself; one is good for
 * any number of calls. The table `migration_history` is added to what you declare.
 *
 * @throws PawlError `schema_invalid` when SQLite does not take the declaration; the details name
 *   the statement.
 */
export function createMigrator(settings: MigratorSettings): Migrator {
  const { path, schema, directives = {}, version = '0', ...rest } = settings;
  return sqliteMigrator({
    ...rest,
    ...declaredSchema({ schema, directives }),
    world: thisWorld(),
    path: resolve(path),
    version,
    declared: declaredStatements(schema),
  });
}
