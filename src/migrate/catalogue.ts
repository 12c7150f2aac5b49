import { createHash } from 'node:crypto';

/**
 * What a database says of its own schema: plain data, fit for JSON. The declared schema and the
 * live one are read by the same queries of the same engine, so that whatever differs here differs
 * in truth. `canon` is what a text says, however it is written; `sql` is the text itself.
 */
export interface Catalogue {
  readonly tables: readonly CatalogueTable[];
  readonly indexes: readonly CatalogueIndex[];
  readonly views: readonly CatalogueView[];
  readonly triggers: readonly CatalogueTrigger[];
}

export interface CatalogueTable {
  readonly name: string;
  /** `other`: kept by a module of the engine; looked at, never touched. */
  readonly kind: 'table' | 'other';
  readonly columns: readonly CatalogueColumn[];
  readonly primaryKey: readonly string[];
  /** Of the constraint, where the engine knows one. */
  readonly keyName?: string;
  /** The column that is another name for the row's own number. */
  readonly rowKey: string | null;
  readonly uniques: readonly CatalogueUnique[];
  readonly checks: readonly CatalogueCheck[];
  readonly foreignKeys: readonly CatalogueForeignKey[];
  /** What else is said of the whole table, such as `strict`; sorted. */
  readonly options: readonly string[];
  readonly sql: string;
}

export interface CatalogueColumn {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly collation: string | null;
  readonly generated: { readonly canon: string; readonly stored: boolean } | null;
  /** As it stands in its table's text. */
  readonly sql: string;
}

export interface CatalogueUnique {
  readonly columns: readonly string[];
  readonly canon: string;
  /** Where the engine knows one: for its commands, no part of what is compared. */
  readonly name?: string;
  readonly sql?: string;
}

export interface CatalogueCheck {
  readonly name: string | null;
  readonly canon: string;
  /** With its name; and the bare expression. */
  readonly sql: string;
  readonly expression: string;
}

export interface CatalogueForeignKey {
  readonly columns: readonly string[];
  readonly table: string;
  readonly references: readonly string[];
  /** What happens on delete and update, and when it is looked at. */
  readonly rules: string;
  /** As of a unique constraint. */
  readonly name?: string;
  readonly sql: string;
}

export interface CatalogueIndex {
  readonly name: string;
  readonly table: string;
  readonly unique: boolean;
  readonly canon: string;
  readonly sql: string;
}

export interface CatalogueView {
  readonly name: string;
  readonly canon: string;
  readonly sql: string;
}

export interface CatalogueTrigger extends CatalogueView {
  /** The table or view whose writes it stands beside. */
  readonly on: string;
}

export const EMPTY_CATALOGUE: Catalogue = { tables: [], indexes: [], views: [], triggers: [] };

/** How names of one engine are compared. */
export type Fold = (name: string) => string;

/** The object of that name among others of its kind. */
export function named<T extends { readonly name: string }>(
  objects: readonly T[] | undefined,
  name: string,
  fold: Fold,
): T | undefined {
  const exact = objects?.find((one) => one.name === name);
  if (exact !== undefined) return exact;
  const wanted = fold(name);
  return objects?.find((one) => fold(one.name) === wanted);
}

/**
 * Names a schema: SHA-256 over its objects in an order of their own, so that neither the order of
 * columns nor the way a text is written counts.
 */
export function fingerprintOf(catalogue: Catalogue, fold: Fold): string {
  const canon = {
    tables: sorted(catalogue.tables.map((one) => tableCanon(one, fold))),
    indexes: sorted(catalogue.indexes.map(({ canon: text }) => text)),
    views: sorted(catalogue.views.map(({ canon: text }) => text)),
    triggers: sorted(catalogue.triggers.map(({ canon: text }) => text)),
  };
  return createHash('sha256').update(JSON.stringify(canon)).digest('hex');
}

function tableCanon(table: CatalogueTable, fold: Fold): string {
  return JSON.stringify([
    fold(table.name),
    sorted(table.columns.map((one) => columnCanon(one, fold))),
    table.primaryKey.map(fold),
    sorted(table.uniques.map(({ canon }) => canon)),
    sorted(table.checks.map(checkCanon)),
    sorted(table.foreignKeys.map((one) => foreignKeyCanon(one, fold))),
    table.options,
  ]);
}

function columnCanon(column: CatalogueColumn, fold: Fold): string {
  const { name, type, notNull, collation, generated } = column;
  return JSON.stringify([fold(name), type, notNull, column.default, collation, generated]);
}

export function checkCanon({ name, canon }: CatalogueCheck): string {
  return JSON.stringify([name, canon]);
}

export function foreignKeyCanon(key: CatalogueForeignKey, fold: Fold): string {
  const { columns, table, references, rules } = key;
  return JSON.stringify([columns.map(fold), fold(table), references.map(fold), rules]);
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted();
}
