import { SCHEMA_FINGERPRINT } from './fingerprint.ts';
import { SCHEMA } from './schema.ts';
import type { SchemaObject } from './vocabulary.ts';

/** A declared schema, and what is said of it in every store that has it. */
export interface StoreSchema {
  readonly objects: readonly SchemaObject[];
  readonly fingerprint: string;
  /**
   * Which of two schemas is the newer one. Grows by one with every release whose schema differs,
   * however little. A Pawl migrates a store of its own generation or an older one, never a newer.
   */
  readonly generation: number;
  /**
   * The oldest generation whose Pawl still reads a store of this one rightly: raise it to the
   * present generation when something that was read is renamed, dropped, or means another thing.
   */
  readonly minReader: number;
  /**
   * The oldest generation whose Pawl still writes such a store rightly: raise it to the present
   * generation with every rule that an older writer would break, such as a column that has no
   * default or that must always be written. Never below `minReader`.
   */
  readonly minWriter: number;
}

/** The one of this Pawl. */
export const PAWL_SCHEMA: StoreSchema = {
  objects: SCHEMA,
  fingerprint: SCHEMA_FINGERPRINT,
  generation: 5,
  minReader: 1,
  minWriter: 1,
};

/**
 * What a store of any generation has. The first one kept no record of its schema: without this, a
 * table that was taken out of such a store would look like one that is new. Never added to.
 */
export const FIRST_TABLES = [
  ...['store_meta', 'task_lists', 'executors', 'task_queue', 'task_dependencies'],
  ...['task_attempts', 'task_events', 'locks', 'instances', 'requests'],
];
