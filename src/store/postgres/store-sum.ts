import type { SchemaObject } from '../../schema/vocabulary.ts';
import { identifier } from './identifier.ts';

/** Of a row with all its values; eight bytes of it. */
const ROW_HASH =
  "CAST(CAST('x' || encode(substring(sha256(convert_to(CAST(found AS text), 'UTF8')) FOR 8), " +
  "'hex') AS bit(64)) AS bigint)";

/**
 * An expression that the server works out by itself, in one pass without an order: how many rows
 * each table of a store has, and the sum of their hashes. Two texts of it say whether anything was
 * changed in between; on another database, or for another version, they say nothing.
 */
export function storeSum(objects: readonly SchemaObject[]): string {
  const tables = objects
    .filter(({ kind }) => kind === 'table')
    .map(
      ({ name }) =>
        `(SELECT '${name} ' || count(*) || ' ' || coalesce(sum(${ROW_HASH}), 0) ` +
        `FROM ${identifier(name)} AS found)`,
    );
  return `concat_ws(', ', ${tables.join(', ')})`;
}
