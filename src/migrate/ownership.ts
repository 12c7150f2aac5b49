import { type Catalogue, type CatalogueTable, named } from './catalogue.ts';
import type { Dialect } from './dialect.ts';
import type { Directives } from './directives.ts';

/**
 * Whose a thing is. Ours is what is declared, and what was declared before: the recorded catalogue
 * of the last migration tells. Without a record, everything undeclared is somebody else's.
 */
export interface Ownership extends Pick<Dialect, 'fold' | 'mentions'> {
  isOurs(kind: keyof Catalogue, name: string): boolean;
  isOurColumn(table: string, column: string): boolean;
  /** Ours at the last migration, under any name it had; without a record, whatever there is. */
  wasOurs(kind: keyof Catalogue, name: string): boolean;
  wasOurColumn(table: string, column: string): boolean;
  isDroppedTable(name: string): boolean;
  /** The table under its declared name. */
  isDroppedColumn(table: string, column: string): boolean;
}

export interface Owned {
  readonly wanted: Catalogue;
  readonly before: Catalogue | null;
  readonly directives: Directives;
}

export function ownershipOf(
  { fold, mentions }: Pick<Dialect, 'fold' | 'mentions'>,
  { wanted, before, directives }: Owned,
): Ownership {
  const isIn = (catalogue: Catalogue | null, kind: keyof Catalogue, name: string): boolean =>
    named<{ readonly name: string }>(catalogue?.[kind], name, fold) !== undefined;
  const hasColumn = (table: CatalogueTable | undefined, column: string): boolean =>
    named(table?.columns, column, fold) !== undefined;
  const tableBefore = (name: string): CatalogueTable | undefined =>
    namesOf(name, directives, fold)
      .map((one) => named(before?.tables, one, fold))
      .find((table) => table !== undefined);
  const isSame = (left: string, right: string): boolean => fold(left) === fold(right);
  const isDroppedIndex = (kind: keyof Catalogue, name: string): boolean =>
    kind === 'indexes' &&
    before === null &&
    (directives.droppedIndexes ?? []).some(({ index }) => isSame(index, name));
  return {
    fold,
    mentions,
    isOurs: (kind, name) =>
      isIn(wanted, kind, name) || isIn(before, kind, name) || isDroppedIndex(kind, name),
    isOurColumn: (table, column) =>
      hasColumn(named(wanted.tables, table, fold), column) || hasColumn(tableBefore(table), column),
    wasOurs: (kind, name) =>
      before === null ||
      (kind === 'tables' ? tableBefore(name) !== undefined : isIn(before, kind, name)),
    wasOurColumn: (table, column) =>
      before === null ||
      columnNames(table, column, directives, fold).some((one) =>
        hasColumn(tableBefore(table), one),
      ),
    isDroppedTable: (name) =>
      (directives.droppedTables ?? []).some(({ table }) => isSame(table, name)) &&
      !isIn(wanted, 'tables', name) &&
      (before === null || isIn(before, 'tables', name)),
    isDroppedColumn: (table, name) =>
      (directives.droppedColumns ?? []).some(
        (one) => isSame(one.table, table) && isSame(one.column, name),
      ) &&
      (before === null || hasColumn(tableBefore(table), name)),
  };
}

/** A declared table's names: the one it has, and those it had. */
export function namesOf(
  table: string,
  { renamedTables }: Directives,
  fold: Dialect['fold'],
): readonly string[] {
  const renamed = (renamedTables ?? []).filter((one) => fold(one.table) === fold(table));
  return [table, ...renamed.flatMap(({ renamedFrom }) => renamedFrom)];
}

function columnNames(
  table: string,
  column: string,
  { renamedColumns }: Directives,
  fold: Dialect['fold'],
): readonly string[] {
  const renamed = (renamedColumns ?? []).filter(
    (one) => fold(one.table) === fold(table) && fold(one.column) === fold(column),
  );
  return [column, ...renamed.flatMap(({ renamedFrom }) => renamedFrom)];
}
