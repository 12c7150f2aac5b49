import { PawlError } from '../../domain/errors.ts';
import type { StoreSchema } from '../../schema/store-schema.ts';
import type { SchemaObject } from '../../schema/vocabulary.ts';
import { type StoreMeta, standingOf } from '../standing.ts';

/**
 * Only a store of this very schema is copied: what an older one lacks would have to be brought up,
 * which writes, and what a newer one has more would be lost.
 *
 * @throws PawlError `store_behind`, `store_version`.
 */
export function requireCopyable(meta: StoreMeta, schema: StoreSchema, location: string): void {
  const standing = standingOf(meta, schema);
  if (standing === 'current') return;
  const details = { generation: meta.generation, ours: schema.generation };
  if (standing === 'behind') {
    throw new PawlError('store_behind', `${location} has an older schema`, { details });
  }
  const message = `a newer Pawl brought ${location} up: only that one copies it whole`;
  throw new PawlError('store_version', message, { details });
}

/** A column of a table of the source, as the database names it. */
export interface FoundColumn {
  readonly table: string;
  readonly name: string;
}

/** What is there besides what is declared: whole tables by their name, else `table.column`. */
export function undeclaredOf(
  found: readonly FoundColumn[],
  objects: readonly SchemaObject[],
): readonly string[] {
  const declared = new Map(
    objects.flatMap((one) => (one.kind === 'table' ? [[one.name, one.columns] as const] : [])),
  );
  const names = found.flatMap(({ table, name }) => {
    const columns = declared.get(table);
    if (columns === undefined) return [table];
    return name in columns ? [] : [`${table}.${name}`];
  });
  return [...new Set(names)].toSorted();
}
