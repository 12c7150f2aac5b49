import {
  type Catalogue,
  type CatalogueColumn,
  type CatalogueIndex,
  type CatalogueTable,
  type CatalogueTrigger,
  type CatalogueUnique,
  type CatalogueView,
  checkCanon,
  type Fold,
  foreignKeyCanon,
  named,
} from './catalogue.ts';
import type { Both, ColumnChange, TableChange } from './dialect.ts';
import type { Ownership } from './ownership.ts';

/** Everything in which a live schema differs from the declared one, but for what is foreign. */
export interface Delta {
  readonly created: readonly CatalogueTable[];
  readonly changed: readonly TableChange[];
  readonly dropped: readonly CatalogueTable[];
  /** One that has changed is dropped and added. */
  readonly indexes: Both<CatalogueIndex>;
  readonly views: Both<CatalogueView>;
  readonly triggers: Both<CatalogueTrigger>;
}

/** Compare two catalogues of one engine. What nothing explains is no difference, but a refusal. */
export function diff(live: Catalogue, wanted: Catalogue, ownership: Ownership): Delta {
  const { fold } = ownership;
  const tables = live.tables.filter(({ kind }) => kind === 'table');
  const dropped = tables.filter((table) => ownership.isDroppedTable(table.name));
  const goes = (name: string): boolean => named(dropped, name, fold) !== undefined;
  return {
    created: wanted.tables.filter(({ name }) => named(tables, name, fold) === undefined),
    changed: wanted.tables.flatMap((table) => {
      const found = named(tables, table.name, fold);
      const change = found === undefined ? undefined : tableChange(found, table, ownership);
      return change === undefined || !isChange(change) ? [] : [change];
    }),
    dropped,
    indexes: compared(
      live.indexes.filter(({ table }) => !goes(table)),
      wanted.indexes,
      { fold, isOurs: (one) => ownership.isOurs('indexes', one.name) },
    ),
    views: compared(live.views, wanted.views, {
      fold,
      isOurs: (one) => ownership.isOurs('views', one.name),
    }),
    triggers: compared(
      live.triggers.filter(({ on }) => !goes(on)),
      wanted.triggers,
      { fold, isOurs: (one) => ownership.isOurs('triggers', one.name) },
    ),
  };
}

export function isEmpty({ created, changed, dropped, indexes, views, triggers }: Delta): boolean {
  const some = [indexes, views, triggers].flatMap((both) => [...both.added, ...both.dropped]);
  return created.length + changed.length + dropped.length + some.length === 0;
}

function compared<T extends CatalogueView>(
  live: readonly T[],
  wanted: readonly T[],
  { fold, isOurs }: { readonly fold: Fold; readonly isOurs: (one: T) => boolean },
): Both<T> {
  const isSame = (one: T, others: readonly T[]): boolean =>
    named(others, one.name, fold)?.canon === one.canon;
  return {
    added: wanted.filter((one) => !isSame(one, live)),
    dropped: live.filter((one) => isOurs(one) && !isSame(one, wanted)),
  };
}

function tableChange(
  live: CatalogueTable,
  wanted: CatalogueTable,
  ownership: Ownership,
): TableChange {
  const { fold } = ownership;
  const extra = live.columns.filter(({ name }) => !has(wanted, name, fold));
  const dropped = extra.filter(({ name }) => ownership.isDroppedColumn(wanted.name, name));
  const columns = extra.filter((one) => !dropped.includes(one));
  const isForeign = (names: readonly string[]): boolean =>
    names.some((name) => named(columns, name, fold) !== undefined);
  const foreignChecks = live.checks.filter((check) =>
    columns.some(({ name }) => ownership.mentions(check.sql, name)),
  );
  const foreignKeys = live.foreignKeys.filter((key) => isForeign(key.columns));
  const uniques = live.uniques.filter((unique) => isForeign(unique.columns));
  return {
    live,
    wanted,
    added: wanted.columns.filter(({ name }) => !has(live, name, fold)),
    dropped,
    altered: wanted.columns.flatMap((column) => columnChange(live, column, fold)),
    checks: both(without(live.checks, foreignChecks), wanted.checks, checkCanon),
    uniques: both(without(live.uniques, uniques), wanted.uniques, ({ canon }) => canon),
    foreignKeys: both(without(live.foreignKeys, foreignKeys), wanted.foreignKeys, (key) =>
      foreignKeyCanon(key, fold),
    ),
    primaryKey: !sameNames(live.primaryKey, wanted.primaryKey, fold),
    options: live.options.join('\n') !== wanted.options.join('\n'),
    foreign: {
      columns,
      constraints: [
        ...standing([...foreignChecks, ...foreignKeys], columns),
        ...uniques.flatMap((one) => uniqueSql(one, columns, ownership)),
      ],
    },
  };
}

/** What does not stand within the text of its column already. */
function standing(
  constraints: readonly { readonly sql: string }[],
  columns: readonly CatalogueColumn[],
): readonly string[] {
  return constraints.flatMap(({ sql }) =>
    columns.some((column) => column.sql.includes(sql)) ? [] : [sql],
  );
}

/** A unique constraint is known by its columns alone; written with its column, it stands there. */
function uniqueSql(
  unique: CatalogueUnique,
  columns: readonly CatalogueColumn[],
  { fold, mentions }: Ownership,
): readonly string[] {
  const [first = '', ...more] = unique.columns;
  const own = more.length === 0 ? named(columns, first, fold) : undefined;
  if (own !== undefined && mentions(own.sql, 'unique')) return [];
  const list = unique.columns.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ');
  return [`UNIQUE (${list})`];
}

function columnChange(
  { columns }: CatalogueTable,
  wanted: CatalogueColumn,
  fold: Fold,
): readonly ColumnChange[] {
  const live = named(columns, wanted.name, fold);
  if (live === undefined) return [];
  const generator = ({ generated }: CatalogueColumn): string => JSON.stringify(generated);
  const differs: Readonly<Record<ColumnChange['parts'][number], boolean>> = {
    type: live.type !== wanted.type,
    null: live.notNull !== wanted.notNull,
    default: live.default !== wanted.default,
    collation: live.collation !== wanted.collation,
    generated: generator(live) !== generator(wanted),
  };
  const parts = PARTS.filter((part) => differs[part]);
  return parts.length === 0 ? [] : [{ live, wanted, parts }];
}

const PARTS = ['type', 'null', 'default', 'collation', 'generated'] as const;

export function isChange(change: TableChange): boolean {
  const { checks, uniques, foreignKeys } = change;
  const some = [checks, uniques, foreignKeys].flatMap((one) => [...one.added, ...one.dropped]);
  const columns = [...change.added, ...change.dropped, ...change.altered];
  return columns.length + some.length > 0 || change.primaryKey || change.options;
}

function both<T>(live: readonly T[], wanted: readonly T[], canon: (one: T) => string): Both<T> {
  const there = new Set(live.map(canon));
  const meant = new Set(wanted.map(canon));
  return {
    added: wanted.filter((one) => !there.has(canon(one))),
    dropped: live.filter((one) => !meant.has(canon(one))),
  };
}

function without<T>(all: readonly T[], some: readonly T[]): readonly T[] {
  return all.filter((one) => !some.includes(one));
}

function has(table: CatalogueTable, name: string, fold: Fold): boolean {
  return named(table.columns, name, fold) !== undefined;
}

function sameNames(left: readonly string[], right: readonly string[], fold: Fold): boolean {
  return left.map(fold).join('\n') === right.map(fold).join('\n');
}
