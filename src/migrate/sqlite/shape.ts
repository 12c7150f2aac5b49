import { quoted } from '../../store/sqlite/identifier.ts';
import { type CatalogueColumn, type CatalogueTable, named } from '../catalogue.ts';
import type { Rename, Scene, TableChange } from '../dialect.ts';
import { type CopiedColumn, copiedColumns, writtenValue } from './copy.ts';
import { bracketOf, tableTextOf } from './table-text.ts';
import { fold, mentions, tokensOf } from './tokens.ts';

/** The rows of a table as the plan will leave them, read before any of it has run. */
export interface Shape {
  /** For a FROM, where it wants a name. */
  readonly source: string;
  /** Whether the values of a column are others than before. */
  isNew(column: string): boolean;
}

/** Null for a table that is not there yet. */
export function shapeOf(name: string, scene: Scene): Shape | null {
  const live = named(scene.renamed.tables, name, fold);
  if (live === undefined) return null;
  const change = scene.changes.find(({ wanted }) => fold(wanted.name) === fold(name));
  if (change === undefined) return { source: quoted(live.name), isNew: () => false };
  const columns = copiedColumns(change, scene);
  const generated = change.wanted.columns.filter((one) => one.generated !== null);
  const isOld = (one: CatalogueColumn): boolean =>
    !change.added.includes(one) &&
    change.altered.every(({ wanted, parts }) => wanted !== one || !parts.includes('generated'));
  const renewed = new Set(
    [
      ...columns.filter((one) => one.isNew).map(({ column }) => column),
      ...(columns.some((one) => one.isNew) ? generated : generated.filter((one) => !isOld(one))),
    ].map((one) => fold(one.name)),
  );
  const plain = renewed.size === 0;
  return {
    source: plain
      ? quoted(change.wanted.name)
      : withGenerated(selectOf(columns, change), generated, change.wanted),
    isNew: (column) => renewed.has(fold(column)),
  };
}

function selectOf(columns: readonly CopiedColumn[], change: TableChange): string {
  const list = columns.map((one) => {
    const { name, collation } = one.column;
    const collate = one.isNew && collation !== null ? ` COLLATE ${collation}` : '';
    return `${writtenValue(one) ?? defaultOf(one)}${collate} AS ${quoted(name)}`;
  });
  return `(SELECT ${list.join(', ')} FROM ${quoted(change.wanted.name)})`;
}

/** What a column that nothing is copied into holds in the rows that are there. */
function defaultOf({ column, cast }: CopiedColumn): string {
  const value = `(${column.default ?? 'NULL'})`;
  return cast === null ? value : `CAST(${value} AS ${cast})`;
}

/** Generated columns may read each other: each goes one level above those it reads. */
function withGenerated(
  select: string,
  generated: readonly CatalogueColumn[],
  table: CatalogueTable,
): string {
  let source = select;
  let waiting = generated;
  while (waiting.length > 0) {
    const ready = waiting.filter((one) => {
      const tokens = tokensOf(generatorOf(one, table));
      return !waiting.some((other) => other !== one && mentions(tokens, other.name));
    });
    if (ready.length === 0) break;
    const list = ready.map((one) => `(${generatorOf(one, table)}) AS ${quoted(one.name)}`);
    source = `(SELECT *, ${list.join(', ')} FROM ${source} AS ${quoted(table.name)})`;
    waiting = waiting.filter((one) => !ready.includes(one));
  }
  return source;
}

/** The expression that a generated column stands for. */
export function generatorOf(column: CatalogueColumn, table: CatalogueTable): string {
  const text = tableTextOf(table.sql);
  const part = text.columns.find(({ name }) => fold(name) === fold(column.name));
  const clause = part?.clauses.find(({ kind }) => kind === 'as' || kind === 'generated');
  return bracketOf(table.sql, clause?.tokens ?? []);
}

/** Renamed tables under their new names, for a query that runs while they have the old ones. */
export function preludeOf({ live, renames }: Pick<Scene, 'live' | 'renames'>): string {
  const touched = [...new Set(renames.map((one) => (one.kind === 'table' ? one.to : one.table)))];
  const views = touched.map((name) => {
    const from = renames.find((one) => one.kind === 'table' && one.to === name)?.from ?? name;
    const columns = named(live.tables, from, fold)?.columns ?? [];
    const list = columns.map((column) => renamedColumn(column.name, name, renames));
    return `${quoted(name)} AS (SELECT ${list.join(', ')} FROM main.${quoted(from)})`;
  });
  return views.length === 0 ? '' : `WITH ${views.join(', ')} `;
}

function renamedColumn(column: string, table: string, renames: readonly Rename[]): string {
  const rename = renames.find(
    (one) => one.kind === 'column' && one.table === table && fold(one.from) === fold(column),
  );
  return rename === undefined ? quoted(column) : `${quoted(column)} AS ${quoted(rename.to)}`;
}
