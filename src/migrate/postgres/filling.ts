import type { CatalogueColumn } from '../catalogue.ts';
import type { Scene, TableChange } from '../dialect.ts';
import type { ColumnExpression } from '../directives.ts';

/** What a directive puts into rows that have no value; null when none does. */
export function fillingOf(
  change: TableChange,
  column: CatalogueColumn,
  { directives }: Scene,
): string | null {
  return expressionFor(directives.backfills, change, column);
}

/** What a directive makes of the old value; null when none does. */
export function conversionOf(
  change: TableChange,
  column: CatalogueColumn,
  { directives }: Scene,
): string | null {
  return expressionFor(directives.conversions, change, column);
}

function expressionFor(
  list: readonly ColumnExpression[] | undefined,
  { wanted }: TableChange,
  { name }: CatalogueColumn,
): string | null {
  const found = list?.find(({ table, column }) => table === wanted.name && column === name);
  return found?.expression ?? null;
}
