import { PawlError } from '../domain/errors.ts';
import type { StoreSchema } from '../schema/store-schema.ts';

/** What a store says of itself, in every generation. */
export interface StoreMeta {
  readonly storeId: string;
  readonly fingerprint: string;
  readonly generation: number;
  readonly minReader: number;
  readonly minWriter: number;
  /** The count of schema changes at which it was last compared with a declared schema. */
  readonly schemaVersion: number;
}

/** What every generation has under these names: all that a process in its midst may rely on. */
export interface SchemaMark {
  readonly fingerprint: string;
  readonly minWriter: number;
}

/**
 * Whoever is too old to write a store from now on has left it, for it cannot say so any more: what
 * it ran is not charged. Before the new generation is noted. One parameter: the new `min_writer`.
 */
export const DISMISS_OLDER =
  'UPDATE instances SET ended_at_ms = heartbeat_at_ms WHERE ended_at_ms IS NULL ' +
  'AND (SELECT generation FROM store_meta WHERE one = 1) < ?';

/**
 * How a store stands to this Pawl. `behind`: of an older schema, or of another one of the same
 * generation. `ahead`: a newer Pawl's, which lets this one read and write it as it is.
 */
export type Standing = 'current' | 'behind' | 'ahead' | 'read_only' | 'closed';

export function standingOf(meta: StoreMeta, schema: StoreSchema): Standing {
  if (meta.minReader > schema.generation) return 'closed';
  if (meta.minWriter > schema.generation) return 'read_only';
  if (meta.generation > schema.generation) return 'ahead';
  return isSettled(meta, schema) ? 'current' : 'behind';
}

/** Whether everything that a schema says of itself stands in the store. */
function isSettled(meta: StoreMeta, schema: StoreSchema): boolean {
  return (
    meta.fingerprint === schema.fingerprint &&
    meta.generation >= schema.generation &&
    meta.minReader >= schema.minReader &&
    meta.minWriter >= schema.minWriter
  );
}

/** What is noted in a store of who may do this with it. */
const FLOORS = { read: 'minReader', write: 'minWriter', migrate: 'generation' } as const;

/** Who may not do this with it any more, as an error with both numbers. */
export function tooNew(schema: StoreSchema, floor: number, verb: keyof typeof FLOORS): PawlError {
  const message =
    `a newer Pawl brought the database up: generation ${floor} or newer may ${verb} it, ` +
    `this Pawl is of generation ${schema.generation}`;
  const details = { [FLOORS[verb]]: floor, ours: schema.generation };
  return new PawlError('store_version', message, { details });
}
