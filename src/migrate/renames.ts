import { type Catalogue, type CatalogueTable, type Fold, named } from './catalogue.ts';
import type { Rename } from './dialect.ts';
import type { Directives } from './directives.ts';
import { namesOf, type Owned, type Ownership } from './ownership.ts';
import type { Refusal, RefusalCode } from './plan-model.ts';

export interface Renames {
  readonly renames: readonly Rename[];
  readonly refusals: readonly Refusal[];
}

/** The renames that a live schema has not seen yet: it has an old name, and not the new one. */
export function renamesFor(live: Catalogue, owned: Owned, ownership: Ownership): Renames {
  const { fold } = ownership;
  const { directives } = owned;
  const renames: Rename[] = [];
  const refusals: Refusal[] = [];
  for (const table of owned.wanted.tables) {
    const [, ...old] = namesOf(table.name, directives, fold);
    const isThere = named(live.tables, table.name, fold) !== undefined;
    const found = old.flatMap((name) => named(live.tables, name, fold) ?? []);
    const left = found.filter(
      ({ name }) => !isKept(name, ownership, owned) && !ownership.isDroppedTable(name),
    );
    const [from] = isThere ? [] : found;
    if (from !== undefined) renames.push({ kind: 'table', from: from.name, to: table.name });
    if (left.length > (isThere ? 0 : 1)) {
      refusals.push(ambiguous(table.name, left[isThere ? 0 : 1]?.name ?? ''));
    }
    const current = named(live.tables, table.name, fold) ?? from;
    if (current !== undefined)
      columnRenames(table, current, { directives, ownership }, renames, refusals);
  }
  return { renames, refusals };
}

/** Declared anew under the old name, or somebody else's of that name. */
function isKept(name: string, { fold, isOurs }: Ownership, { wanted, before }: Owned): boolean {
  const isDeclared = named(wanted.tables, name, fold) !== undefined;
  return isDeclared || (before !== null && !isOurs('tables', name));
}

function columnRenames(
  wanted: CatalogueTable,
  live: CatalogueTable,
  given: { readonly directives: Directives; readonly ownership: Ownership },
  renames: Rename[],
  refusals: Refusal[],
): void {
  const { fold, isDroppedColumn } = given.ownership;
  const isOfTable = ({ table }: { readonly table: string }): boolean =>
    fold(table) === fold(wanted.name);
  for (const one of (given.directives.renamedColumns ?? []).filter(isOfTable)) {
    const column = named(wanted.columns, one.column, fold);
    if (column === undefined) continue;
    const isThere = named(live.columns, column.name, fold) !== undefined;
    const found = one.renamedFrom.flatMap((name) => named(live.columns, name, fold) ?? []);
    const [from] = isThere ? [] : found;
    const left = found.filter(
      ({ name }) =>
        named(wanted.columns, name, fold) === undefined &&
        !isDroppedColumn(wanted.name, name) &&
        given.ownership.isOurColumn(wanted.name, name),
    );
    if (from !== undefined) {
      renames.push({ kind: 'column', table: wanted.name, from: from.name, to: column.name });
    }
    if (left.length > (isThere ? 0 : 1)) {
      const other = left[isThere ? 0 : 1]?.name ?? '';
      refusals.push(ambiguous(`${wanted.name}.${column.name}`, other));
    }
  }
}

function ambiguous(object: string, other: string): Refusal {
  return {
    code: 'directive_conflict',
    object,
    message: `${object} is renamed from ${other}, but the database has both`,
    remedy: `Look at what both hold, and say with a directive that ${other} is dropped.`,
  };
}

/** Directives that contradict the declaration or each other, or speak of what is not declared. */
export function directiveFaults(
  wanted: Catalogue,
  directives: Directives,
  fold: Fold,
): readonly Refusal[] {
  const table = (name: string): CatalogueTable | undefined => named(wanted.tables, name, fold);
  const has = (one: { readonly table: string; readonly column: string }): boolean =>
    named(table(one.table)?.columns, one.column, fold) !== undefined;
  const path = (one: { readonly table: string; readonly column: string }): string =>
    `${one.table}.${one.column}`;
  const columns = directives.renamedColumns ?? [];
  const tables = directives.renamedTables ?? [];
  const expressions = [...(directives.backfills ?? []), ...(directives.conversions ?? [])];
  const drops = directives.droppedColumns ?? [];
  return [
    ...tables
      .filter((one) => table(one.table) === undefined)
      .map((one) => fault('directive_unused', one.table, 'is renamed, but not declared')),
    ...[...columns, ...expressions]
      .filter((one) => !has(one))
      .map((one) => fault('directive_unused', path(one), 'has a directive, but is not declared')),
    ...drops
      .filter((one) => table(one.table) === undefined)
      .map((one) => fault('directive_unused', path(one), 'is dropped from an undeclared table')),
    ...(directives.droppedTables ?? [])
      .filter((one) => table(one.table) !== undefined)
      .map((one) => fault('directive_conflict', one.table, 'is declared, and dropped')),
    ...drops
      .filter(has)
      .map((one) => fault('directive_conflict', path(one), 'is declared, and dropped')),
    ...twice(
      tables.flatMap((one) => one.renamedFrom),
      fold,
    ),
    ...twice(
      columns.flatMap((one) => one.renamedFrom.map((name) => `${one.table}.${name}`)),
      fold,
    ),
    ...[directives.backfills, directives.conversions].flatMap((list) =>
      twice((list ?? []).map(path), fold),
    ),
    ...circles(
      tables.map((one) => [one.table, one.renamedFrom]),
      fold,
    ),
    ...circles(
      columns.map((one) => [path(one), one.renamedFrom.map((name) => `${one.table}.${name}`)]),
      fold,
    ),
  ];
}

function twice(names: readonly string[], fold: Fold): readonly Refusal[] {
  const folded = names.map(fold);
  return names
    .filter((name, index) => folded.indexOf(fold(name)) !== index)
    .map((name) => fault('directive_conflict', name, 'has two directives of one kind'));
}

/** Two that change names: whether that was done already cannot be seen. */
function circles(
  renamed: readonly (readonly [string, readonly string[]])[],
  fold: Fold,
): readonly Refusal[] {
  const names = new Map(renamed.map(([to, from]) => [fold(to), from.map(fold)]));
  const reaches = (from: string, wanted: string, seen: readonly string[]): boolean =>
    (names.get(from) ?? []).some(
      (name) => name === wanted || (!seen.includes(name) && reaches(name, wanted, [...seen, name])),
    );
  return renamed
    .filter(([to]) => reaches(fold(to), fold(to), []))
    .map(([to]) => fault('directive_conflict', to, 'is renamed in a circle'));
}

function fault(code: RefusalCode, object: string, what: string): Refusal {
  return {
    code,
    object,
    message: `${object} ${what}`,
    remedy: 'Correct the directive, or the declaration.',
  };
}
