import { type Catalogue, type CatalogueTable, named } from './catalogue.ts';
import type { Rename } from './dialect.ts';
import type { Ownership } from './ownership.ts';

/** The part of a live schema that is ours, as it is: what its fingerprint is made of. */
export function own(live: Catalogue, renames: readonly Rename[], ownership: Ownership): Catalogue {
  const { fold, isOurs, isDroppedTable } = ownership;
  const declared = ({ name }: CatalogueTable): string =>
    renames.find((one) => one.kind === 'table' && one.from === name)?.to ?? name;
  return {
    tables: live.tables
      .filter((table) => isOurs('tables', declared(table)) || isDroppedTable(table.name))
      .map((table) => ownPart(table, declared(table), renames, ownership)),
    indexes: live.indexes.filter(({ name }) => isOurs('indexes', name)),
    views: live.views.filter(({ name }) => isOurs('views', name)),
    triggers: live.triggers.filter(({ name }) => isOurs('triggers', name)),
  };

  function ownPart(
    table: CatalogueTable,
    name: string,
    all: readonly Rename[],
    { mentions, isOurColumn, isDroppedColumn }: Ownership,
  ): CatalogueTable {
    const isRenamed = (column: string): boolean =>
      all.some(
        (one) => one.kind === 'column' && fold(one.table) === fold(name) && one.from === column,
      );
    const foreign = table.columns.filter(
      (one) =>
        !isDroppedTable(table.name) &&
        !isOurColumn(name, one.name) &&
        !isDroppedColumn(name, one.name) &&
        !isRenamed(one.name),
    );
    const isFree = ({ columns }: { readonly columns: readonly string[] }): boolean =>
      !columns.some((column) => named(foreign, column, fold) !== undefined);
    return {
      ...table,
      columns: table.columns.filter((one) => !foreign.includes(one)),
      uniques: table.uniques.filter(isFree),
      foreignKeys: table.foreignKeys.filter(isFree),
      checks: table.checks.filter(({ sql }) => !foreign.some((one) => mentions(sql, one.name))),
    };
  }
}
