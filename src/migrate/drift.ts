import { type Catalogue, type CatalogueTable, named } from './catalogue.ts';
import type { Dialect } from './dialect.ts';
import type { Delta } from './diff.ts';
import { namesOf, type Owned, type Ownership } from './ownership.ts';
import type { Drift, DriftFate } from './plan-model.ts';

/** What somebody else put into the database, or did to ours by hand. */
export function driftOf(
  { live, renamed }: { readonly live: Catalogue; readonly renamed: Catalogue },
  delta: Delta,
  owned: Owned,
  ownership: Ownership,
): readonly Drift[] {
  return [
    ...foreignTables(renamed, ownership),
    ...owned.wanted.tables.flatMap((table) => foreignColumns(renamed, table, ownership)),
    ...delta.dropped.flatMap((table) => lostColumns(table, owned, ownership)),
    ...foreignOthers(renamed, delta, ownership),
    ...(owned.before === null ? [] : byHand(live, owned.before, owned, ownership)),
  ];
}

const drift = (kind: Drift['kind'], object: string, fate: DriftFate, message: string): Drift => ({
  kind,
  object,
  fate,
  message: `${kind} ${object} ${message}`,
});

function foreignTables({ tables }: Catalogue, ownership: Ownership): readonly Drift[] {
  return tables
    .filter(({ name }) => !ownership.isOurs('tables', name) && !ownership.isDroppedTable(name))
    .map(({ name }) => drift('table', name, 'kept', 'is not declared; it is left as it is'));
}

function foreignColumns(
  { tables }: Catalogue,
  wanted: CatalogueTable,
  ownership: Ownership,
): readonly Drift[] {
  const live = named(tables, wanted.name, ownership.fold);
  const isForeign = (name: string): boolean =>
    !ownership.isOurColumn(wanted.name, name) && !ownership.isDroppedColumn(wanted.name, name);
  return (live?.columns ?? [])
    .filter(({ name }) => isForeign(name))
    .map((column) => {
      const path = `${wanted.name}.${column.name}`;
      const isHarmful = column.notNull && column.default === null && column.generated === null;
      return isHarmful
        ? drift('column', path, 'harmful', 'is not declared, and no row is taken without it')
        : drift('column', path, 'kept', 'is not declared; it is kept');
    });
}

function lostColumns(
  { name: table, columns }: CatalogueTable,
  { before }: Owned,
  { isOurColumn }: Ownership,
): readonly Drift[] {
  if (before === null) return [];
  return columns
    .filter(({ name }) => !isOurColumn(table, name))
    .map(({ name }) =>
      drift('column', `${table}.${name}`, 'gone', 'is not declared; it goes with its table'),
    );
}

function foreignOthers(renamed: Catalogue, delta: Delta, ownership: Ownership): readonly Drift[] {
  const { fold } = ownership;
  const gone = delta.views.dropped.filter(
    ({ name }) => named(delta.views.added, name, fold) === undefined,
  );
  const goes = (on: string): boolean => named([...delta.dropped, ...gone], on, fold) !== undefined;
  const isNear = (name: string): boolean =>
    goes(name) || ownership.isOurs('tables', name) || ownership.isOurs('views', name);
  const said = (kind: 'index' | 'trigger', name: string, on: string): Drift =>
    goes(on)
      ? drift(kind, name, 'gone', `is not declared; it goes with ${on}`)
      : drift(kind, name, 'kept', `on ${on} is not declared; it is kept`);
  return [
    ...renamed.indexes
      .filter((one) => !ownership.isOurs('indexes', one.name) && isNear(one.table))
      .map((one) => {
        const column = droppedColumn(one.sql, one.table, delta, ownership);
        return column === undefined
          ? said('index', one.name, one.table)
          : drift('index', one.name, 'gone', `is not declared; it goes with the column ${column}`);
      }),
    ...renamed.views
      .filter((one) => !ownership.isOurs('views', one.name))
      .map((one) => drift('view', one.name, 'kept', 'is not declared; it is kept')),
    ...renamed.triggers
      .filter((one) => !ownership.isOurs('triggers', one.name) && isNear(one.on))
      .map((one) => said('trigger', one.name, one.on)),
  ];
}

/** The column that goes and without which an index cannot be. */
export function droppedColumn(
  sql: string,
  table: string,
  { changed }: Delta,
  { fold, mentions }: Pick<Dialect, 'fold' | 'mentions'>,
): string | undefined {
  const change = changed.find((one) => fold(one.wanted.name) === fold(table));
  return change?.dropped.find(({ name }) => mentions(sql, name))?.name;
}

/** Ours as it was recorded after the last migration, against what is there. */
function byHand(
  live: Catalogue,
  before: Catalogue,
  { wanted, directives }: Owned,
  { fold }: Ownership,
): readonly Drift[] {
  const tables = wanted.tables.flatMap((table): readonly Drift[] => {
    const names = namesOf(table.name, directives, fold);
    const was = names.flatMap((name) => named(before.tables, name, fold) ?? [])[0];
    if (was === undefined) return [];
    const is = named(live.tables, was.name, fold);
    if (is === undefined) {
      return [drift('table', was.name, 'emptied', 'was removed by hand; made anew, it is empty')];
    }
    return table.columns
      .filter(
        ({ name }) =>
          named(was.columns, name, fold) !== undefined &&
          named(is.columns, name, fold) === undefined,
      )
      .map(({ name }) =>
        drift(
          'column',
          `${table.name}.${name}`,
          'emptied',
          'was removed by hand; made anew, it is empty',
        ),
      );
  });
  const others = (['index', 'view', 'trigger'] as const).flatMap((kind) => {
    const list = LISTS[kind];
    return wanted[list].flatMap((one): readonly Drift[] => {
      const was = named<Catalogue[typeof list][number]>(before[list], one.name, fold);
      const is = named<Catalogue[typeof list][number]>(live[list], one.name, fold);
      if (was === undefined || is?.canon === was.canon) return [];
      const what = is === undefined ? 'removed' : 'changed';
      return [drift(kind, one.name, 'mended', `was ${what} by hand; it is made as declared`)];
    });
  });
  return [...tables, ...others];
}

const LISTS = { index: 'indexes', view: 'views', trigger: 'triggers' } as const;
