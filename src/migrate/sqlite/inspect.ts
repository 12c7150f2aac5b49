import type {
  Catalogue,
  CatalogueCheck,
  CatalogueColumn,
  CatalogueForeignKey,
  CatalogueIndex,
  CatalogueTable,
  CatalogueTrigger,
  CatalogueUnique,
  CatalogueView,
} from '../catalogue.ts';
import { bracketOf, type Clause, says, tableTextOf } from './table-text.ts';
import { canonOf, fold, tokensOf } from './tokens.ts';

/** The part of a connection that reading needs; every connection of the store is one. */
export interface Reading {
  all<R>(sql: string): readonly R[];
}

/** Read the schema of a database: six queries, whatever its size. */
export function inspect(connection: Reading): Catalogue {
  const found = readAll(connection);
  const own = found.objects.filter(({ name, sql }) => sql !== null && !/^sqlite_/i.test(name));
  const ofType = (type: string): readonly (SchemaRow & { readonly sql: string })[] =>
    own.flatMap((one) => (one.type === type && one.sql !== null ? [{ ...one, sql: one.sql }] : []));
  const tables = ofType('table').map((row) => tableOf(row, found));
  return {
    tables: tables.map((table) => ({ ...table, foreignKeys: resolved(table, tables) })),
    indexes: ofType('index').map((row) => indexOf(row)),
    views: ofType('view').map(viewOf),
    triggers: ofType('trigger').map(
      (row): CatalogueTrigger => ({ ...viewOf(row), on: row.tbl_name }),
    ),
  };
}

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly tbl_name: string;
  readonly sql: string | null;
}

interface Facts {
  readonly objects: readonly SchemaRow[];
  readonly tables: ReadonlyMap<string, TableRow>;
  readonly columns: ReadonlyMap<string, readonly ColumnRow[]>;
  readonly foreignKeys: ReadonlyMap<string, readonly ForeignKeyRow[]>;
  readonly indexColumns: ReadonlyMap<string, readonly IndexColumnRow[]>;
}

interface TableRow {
  readonly of: string;
  readonly type: string;
  readonly wr: number;
  readonly strict: number;
}

interface ColumnRow {
  readonly of: string;
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  readonly pk: number;
  readonly hidden: number;
}

interface ForeignKeyRow {
  readonly of: string;
  readonly id: number;
  readonly table: string;
  readonly from: string;
  readonly to: string | null;
  readonly on_update: string;
  readonly on_delete: string;
}

interface IndexColumnRow {
  readonly of: string;
  readonly index: string;
  readonly origin: string;
  readonly column: string | null;
  readonly coll: string;
  /** 0 for what an index holds besides its own columns. */
  readonly key: number;
}

const TABLES = `FROM sqlite_schema AS s, `;
const IS_TABLE = `WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`;

function readAll(connection: Reading): Facts {
  const perTable = <R extends { readonly of: string }>(
    columns: string,
    from: string,
    order: string,
  ): ReadonlyMap<string, readonly R[]> =>
    Map.groupBy(
      connection.all<R>(
        `SELECT s.name AS "of", ${columns} ${TABLES}${from} ${IS_TABLE} ORDER BY s.rowid, ${order}`,
      ),
      (row) => row.of,
    );
  return {
    objects: connection.all('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid'),
    tables: new Map(
      connection
        .all<TableRow>(
          `SELECT name AS "of", type, wr, strict FROM pragma_table_list WHERE schema = 'main'`,
        )
        .map((row) => [row.of, row]),
    ),
    columns: perTable(
      'x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden',
      'pragma_table_xinfo(s.name) AS x',
      'x.cid',
    ),
    foreignKeys: perTable(
      'f.id, f."table", f."from", f."to", f.on_update, f.on_delete',
      'pragma_foreign_key_list(s.name) AS f',
      'f.id DESC, f.seq',
    ),
    indexColumns: perTable(
      'l.name AS "index", l.origin, x.name AS "column", x.coll, x.key',
      'pragma_index_list(s.name) AS l, pragma_index_xinfo(l.name) AS x',
      'l.seq, x.seqno',
    ),
  };
}

function viewOf({ name, sql }: { readonly name: string; readonly sql: string }): CatalogueView {
  return { name, canon: statementCanon(sql), sql };
}

function indexOf(row: SchemaRow & { readonly sql: string }): CatalogueIndex {
  const canon = statementCanon(row.sql);
  return { ...viewOf(row), table: row.tbl_name, unique: canon.startsWith('create unique ') };
}

function statementCanon(sql: string): string {
  return canonOf(tokensOf(sql)).replace(/[ ;]+$/, '');
}

function tableOf(row: SchemaRow & { readonly sql: string }, facts: Facts): CatalogueTable {
  const { name, sql } = row;
  const listed = facts.tables.get(name);
  const columns = facts.columns.get(name) ?? [];
  const kind = listed?.type === 'table' ? 'table' : 'other';
  const text = kind === 'table' ? tableTextOf(sql) : undefined;
  const parts = text === undefined ? [] : [...text.columns, ...text.constraints];
  const clauses = parts.flatMap((part) => part.clauses);
  const keyed = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
  const indexes = facts.indexColumns.get(name) ?? [];
  const hasKeyIndex = indexes.some(({ origin }) => origin === 'pk');
  return {
    name,
    kind,
    columns: columns.flatMap((column, index): readonly CatalogueColumn[] =>
      text === undefined ? [] : [columnOf(sql, column, text.columns[index])],
    ),
    primaryKey: keyed.map((column) => column.name),
    rowKey:
      keyed.length === 1 && !hasKeyIndex && listed?.wr === 0 ? (keyed[0]?.name ?? null) : null,
    uniques: uniquesOf(indexes),
    checks: clauses.filter((one) => one.kind === 'check').map((one) => checkOf(sql, one)),
    foreignKeys: foreignKeysOf(facts.foreignKeys.get(name) ?? [], clauses),
    options: optionsOf(listed, clauses),
    sql,
  };
}

function columnOf(
  sql: string,
  row: ColumnRow,
  part: { readonly sql: string; readonly clauses: readonly Clause[] } | undefined,
): CatalogueColumn {
  const clauses = part?.clauses ?? [];
  const collate = clauses.find(({ kind }) => kind === 'collate');
  const generator = clauses.find(({ kind }) => kind === 'as' || kind === 'generated');
  const isGenerated = row.hidden === 2 || row.hidden === 3;
  return {
    name: row.name,
    type: fold(row.type),
    notNull: row.notnull === 1,
    default: row.dflt_value === null ? null : canonOf(tokensOf(row.dflt_value)),
    collation: collate === undefined ? null : fold(collate.tokens[1]?.value ?? ''),
    generated: isGenerated
      ? {
          canon: canonOf(tokensOf(bracketOf(sql, generator?.tokens ?? []))),
          stored: row.hidden === 3,
        }
      : null,
    sql: part?.sql ?? row.name,
  };
}

/** Neither the engine's messages nor its commands know a name of these: their columns are they. */
function uniquesOf(rows: readonly IndexColumnRow[]): readonly CatalogueUnique[] {
  const keys = rows.filter(({ origin, key }) => origin === 'u' && key === 1);
  return [...Map.groupBy(keys, ({ index }) => index).values()].map((members) => ({
    columns: members.map(({ column }) => column ?? ''),
    canon: JSON.stringify(members.map(({ column, coll }) => [fold(column ?? ''), fold(coll)])),
  }));
}

function checkOf(sql: string, clause: Clause): CatalogueCheck {
  return {
    name: clause.name,
    canon: canonOf(clause.tokens),
    sql: clause.sql,
    expression: bracketOf(sql, clause.tokens),
  };
}

/** The engine counts them backwards: the last one written is its number 0. */
function foreignKeysOf(
  rows: readonly ForeignKeyRow[],
  clauses: readonly Clause[],
): readonly CatalogueForeignKey[] {
  const written = clauses.filter(({ kind }) => kind === 'foreign' || kind === 'references');
  return [...Map.groupBy(rows, ({ id }) => id).values()].map((members, at) => {
    const [first] = members;
    const clause = written[at];
    const late = clause !== undefined && says(clause, 'deferred') ? ' deferred' : '';
    return {
      columns: members.map(({ from }) => from),
      table: first?.table ?? '',
      references: members.flatMap(({ to }) => (to === null ? [] : [to])),
      rules: `${first?.on_delete ?? ''}, ${first?.on_update ?? ''}${late}`.toLowerCase(),
      sql: clause?.sql ?? '',
    };
  });
}

/** A key that names no column of the other table means that table's primary key. */
function resolved(
  table: CatalogueTable,
  tables: readonly CatalogueTable[],
): readonly CatalogueForeignKey[] {
  return table.foreignKeys.map((key) => {
    if (key.references.length > 0) return key;
    const parent = tables.find(({ name }) => fold(name) === fold(key.table));
    return { ...key, references: parent?.primaryKey ?? [] };
  });
}

function optionsOf(row: TableRow | undefined, clauses: readonly Clause[]): readonly string[] {
  const isOdd = (one: Clause): boolean =>
    (one.kind === 'primary' || one.kind === 'unique') &&
    / (desc|collate)( |$)/.test(canonOf(one.tokens));
  return [
    ...(row?.strict === 1 ? ['strict'] : []),
    ...(row?.wr === 1 ? ['without rowid'] : []),
    ...(clauses.some((one) => one.kind === 'primary' && says(one, 'autoincrement'))
      ? ['autoincrement']
      : []),
    // Rare, and known by the text alone: what a constraint does instead of failing, a key's order.
    ...clauses
      .filter((one) => says(one, 'conflict') || isOdd(one))
      .map((one) => canonOf(one.tokens)),
  ].toSorted();
}
