import { quoted } from '../../store/sqlite/identifier.ts';
import { type CatalogueColumn, type CatalogueTable, named } from '../catalogue.ts';
import type { Scene, TableChange } from '../dialect.ts';
import type { ColumnExpression } from '../directives.ts';
import { fold } from './tokens.ts';

/** Where the values of one column of the new table come from: expressions over the old row. */
export interface CopiedColumn {
  readonly column: CatalogueColumn;
  /** Before any cast; null when the column is left to its default. */
  readonly raw: string | null;
  /** The type the value is cast to; null when it is taken as it is. */
  readonly cast: string | null;
  /** The old values, or their reading, may be others than before. */
  readonly isNew: boolean;
}

/** Every column that is written: the declared ones, then somebody else's. */
export function copiedColumns(change: TableChange, scene: Scene): readonly CopiedColumn[] {
  const { live, wanted, foreign } = change;
  return [
    ...wanted.columns
      .filter(({ generated }) => generated === null)
      .map((column) => copied(column, named(live.columns, column.name, fold), change, scene)),
    ...foreign.columns
      .filter(({ generated }) => generated === null)
      .map((column) => ({ column, raw: quoted(column.name), cast: null, isNew: false })),
  ];
}

function copied(
  column: CatalogueColumn,
  live: CatalogueColumn | undefined,
  { wanted }: TableChange,
  { directives }: Scene,
): CopiedColumn {
  const isOf = (one: ColumnExpression): boolean =>
    fold(one.table) === fold(wanted.name) && fold(one.column) === fold(column.name);
  const backfill = directives.backfills?.find(isOf)?.expression;
  const isCast = column.type !== '' && !(column.type === 'any' && isStrict(wanted));
  const cast = isCast ? column.type : null;
  if (live === undefined) {
    if (backfill !== undefined) return { column, raw: `(${backfill})`, cast, isNew: true };
    return { column, raw: null, cast, isNew: true };
  }
  const isRetyped = live.type !== column.type;
  const conversion = isRetyped ? directives.conversions?.find(isOf)?.expression : undefined;
  const value = conversion === undefined ? quoted(column.name) : `(${conversion})`;
  const isFilled = backfill !== undefined && column.notNull && !live.notNull;
  const isNew = isRetyped || isFilled || live.collation !== column.collation;
  return {
    column,
    raw: isFilled ? `coalesce(${value}, (${backfill}))` : value,
    cast: isRetyped || isFilled ? cast : null,
    isNew,
  };
}

export function isStrict({ options }: CatalogueTable): boolean {
  return options.includes('strict');
}

/** What is written into the new table; null when the column is left to its default. */
export function writtenValue({ raw, cast }: CopiedColumn): string | null {
  return raw === null || cast === null ? raw : `CAST(${raw} AS ${cast})`;
}

/**
 * The name under which both tables know the number of their rows; null when the rows of one have
 * none, or columns have taken all three names.
 */
export function rowNumberOf({ live, wanted, foreign }: TableChange): string | null {
  if ([live, wanted].some(({ options }) => options.includes('without rowid'))) return null;
  const taken = [...live.columns, ...wanted.columns, ...foreign.columns].map((one) =>
    fold(one.name),
  );
  return ['rowid', '_rowid_', 'oid'].find((name) => !taken.includes(name)) ?? null;
}
