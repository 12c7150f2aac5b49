import type { Connection } from '../../store/postgres/connection.ts';

/** Rows of the engine's own catalogue, of one schema, in the order in which things were made. */
export interface Facts {
  readonly tables: readonly TableRow[];
  readonly columns: ReadonlyMap<string, readonly ColumnRow[]>;
  readonly constraints: ReadonlyMap<string, readonly ConstraintRow[]>;
  readonly indexes: readonly IndexRow[];
  readonly views: readonly ViewRow[];
  readonly triggers: readonly TriggerRow[];
}

export interface TableRow {
  readonly of: string;
  readonly name: string;
  /** 1: an ordinary table, that is part of no other and has no other as a part. */
  readonly plain: number;
  /** As JSON: a list of `name=value`. */
  readonly storage: string | null;
}

export interface ColumnRow {
  readonly of: string;
  readonly name: string;
  readonly type: string;
  readonly required: number;
  /** `a`, `d` or empty; of a generated column `s` or `v`. */
  readonly identity: string;
  readonly generated: string;
  readonly expression: string | null;
  readonly collation: string | null;
}

export interface ConstraintRow {
  readonly of: string;
  readonly name: string;
  /** `p`, `u`, `c`, `f`. */
  readonly kind: string;
  readonly definition: string;
  readonly expression: string | null;
  /** As JSON. */
  readonly columns: string | null;
  readonly parent: string | null;
  readonly references: string | null;
  readonly rules: string;
}

export interface IndexRow {
  readonly name: string;
  readonly table: string;
  readonly uniq: number;
  readonly valid: number;
  readonly definition: string;
}

export interface ViewRow {
  readonly name: string;
  readonly definition: string;
  readonly storage: string | null;
  readonly owner: string | null;
  readonly comment: string | null;
  /** As JSON: `[[role, privilege, 1 when it may be passed on]]`. */
  readonly grants: string | null;
}

export interface TriggerRow {
  readonly name: string;
  readonly on: string;
  readonly definition: string;
  /** `O` for one that fires as usual. */
  readonly enabled: string;
  readonly function: string;
  readonly schema: string;
  /** The function's body, when it is the trigger's own: of its name, in its schema. */
  readonly body: string | null;
}

/** The schema that is worked in: the connection's own, or the scratch. */
export type Where = 'current' | 'scratch';

const HERE: Readonly<Record<Where, string>> = {
  current: 'to_regnamespace(quote_ident(current_schema()))',
  scratch: 'pg_my_temp_schema()',
};

const RULES =
  "CASE k.confdeltype WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' " +
  "WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default' ELSE '' END || ', ' || " +
  "CASE k.confupdtype WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' " +
  "WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default' ELSE '' END || " +
  "CASE WHEN k.condeferrable THEN ' deferrable' ELSE '' END || " +
  "CASE WHEN k.condeferred THEN ' deferred' ELSE '' END || " +
  "CASE WHEN k.convalidated THEN '' ELSE ' not valid' END";

const NAMES = (list: string, table: string): string =>
  '(SELECT CAST(json_agg(a.attname ORDER BY p.at) AS text) ' +
  `FROM unnest(${list}) WITH ORDINALITY AS p (num, at) ` +
  `JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = p.num)`;

/** What an extension brought is its own affair. */
const NOT_OF_EXTENSION = (oid: string, kind: string): string =>
  `NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = ${oid} AND d.deptype = 'e' ` +
  `AND d.classid = CAST('${kind}' AS regclass))`;

const TABLES =
  'SELECT CAST(c.oid AS text) AS of, CAST(c.relname AS text) AS name, ' +
  "CAST(c.relkind = 'r' AND NOT c.relispartition AND NOT EXISTS (SELECT 1 FROM pg_inherits i " +
  'WHERE i.inhrelid = c.oid OR i.inhparent = c.oid) AS integer) AS plain, ' +
  'CAST(to_json(c.reloptions) AS text) AS storage FROM pg_class c ' +
  "WHERE c.relnamespace = $HERE AND c.relkind IN ('r', 'p', 'f') " +
  `AND ${NOT_OF_EXTENSION('c.oid', 'pg_class')} ORDER BY c.oid`;

const COLUMNS =
  'SELECT CAST(a.attrelid AS text) AS of, CAST(a.attname AS text) AS name, ' +
  "CASE WHEN t.typnamespace = CAST('pg_catalog' AS regnamespace) " +
  'THEN format_type(a.atttypid, a.atttypmod) ' +
  "ELSE format('%I.%I', n.nspname, t.typname) END AS type, " +
  'CAST(a.attnotnull AS integer) AS required, CAST(a.attidentity AS text) AS identity, ' +
  'CAST(a.attgenerated AS text) AS generated, pg_get_expr(f.adbin, f.adrelid) AS expression, ' +
  'CASE WHEN a.attcollation <> t.typcollation THEN CASE WHEN l.collnamespace = ' +
  "CAST('pg_catalog' AS regnamespace) THEN quote_ident(l.collname) " +
  "ELSE format('%I.%I', m.nspname, l.collname) END END AS collation " +
  'FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid ' +
  'JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace n ON n.oid = t.typnamespace ' +
  'LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum ' +
  'LEFT JOIN pg_collation l ON l.oid = a.attcollation ' +
  'LEFT JOIN pg_namespace m ON m.oid = l.collnamespace ' +
  "WHERE c.relnamespace = $HERE AND c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 " +
  'AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum';

const CONSTRAINTS =
  'SELECT CAST(k.conrelid AS text) AS of, CAST(k.conname AS text) AS name, ' +
  'CAST(k.contype AS text) AS kind, pg_get_constraintdef(k.oid) AS definition, ' +
  'pg_get_expr(k.conbin, k.conrelid) AS expression, ' +
  `${NAMES('k.conkey', 'k.conrelid')} AS columns, ` +
  'CASE WHEN p.relnamespace = c.relnamespace THEN CAST(p.relname AS text) ' +
  'ELSE CAST(CAST(p.oid AS regclass) AS text) END AS parent, ' +
  `${NAMES('k.confkey', 'k.confrelid')} AS references, ${RULES} AS rules ` +
  'FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid ' +
  'LEFT JOIN pg_class p ON p.oid = k.confrelid ' +
  "WHERE c.relnamespace = $HERE AND k.contype IN ('p', 'u', 'c', 'f') ORDER BY k.oid";

const INDEXES =
  'SELECT CAST(i.relname AS text) AS name, CAST(c.relname AS text) AS table, ' +
  'CAST(x.indisunique AS integer) AS uniq, CAST(x.indisvalid AS integer) AS valid, ' +
  'pg_get_indexdef(i.oid, 0, true) AS definition ' +
  'FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid ' +
  "WHERE c.relnamespace = $HERE AND c.relkind = 'r' " +
  'AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.oid ' +
  "AND k.contype IN ('p', 'u', 'x')) ORDER BY i.oid";

const VIEWS =
  'SELECT CAST(c.relname AS text) AS name, pg_get_viewdef(c.oid) AS definition, ' +
  'CAST(to_json(c.reloptions) AS text) AS storage, ' +
  'CASE WHEN pg_get_userbyid(c.relowner) <> current_user ' +
  'THEN CAST(pg_get_userbyid(c.relowner) AS text) END AS owner, ' +
  "obj_description(c.oid, 'pg_class') AS comment, " +
  '(SELECT CAST(json_agg(json_build_array(CASE WHEN g.grantee = 0 THEN NULL ' +
  'ELSE pg_get_userbyid(g.grantee) END, g.privilege_type, CAST(g.is_grantable AS integer))) ' +
  'AS text) FROM aclexplode(c.relacl) g WHERE g.grantee <> c.relowner) AS grants ' +
  "FROM pg_class c WHERE c.relnamespace = $HERE AND c.relkind = 'v' " +
  `AND ${NOT_OF_EXTENSION('c.oid', 'pg_class')} ORDER BY c.oid`;

const TRIGGERS =
  'SELECT CAST(t.tgname AS text) AS name, CAST(c.relname AS text) AS on, ' +
  'pg_get_triggerdef(t.oid, true) AS definition, CAST(t.tgenabled AS text) AS enabled, ' +
  'CAST(p.proname AS text) AS function, CAST(n.nspname AS text) AS schema, ' +
  'CASE WHEN p.proname = t.tgname AND p.pronamespace = c.relnamespace AND t.tgnargs = 0 ' +
  "AND l.lanname = 'plpgsql' THEN p.prosrc END AS body " +
  'FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid ' +
  'JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang ' +
  'WHERE c.relnamespace = $HERE AND NOT t.tgisinternal ORDER BY t.oid';

/** Six queries, whatever the size; each sees what is committed as it begins. */
export async function readFacts(connection: Connection, where: Where): Promise<Facts> {
  const read = <R>(sql: string): Promise<readonly R[]> =>
    connection.all<R>(sql.replaceAll('$HERE', HERE[where]));
  const tables = await read<TableRow>(TABLES);
  const columns = await read<ColumnRow>(COLUMNS);
  const constraints = await read<ConstraintRow>(CONSTRAINTS);
  const indexes = await read<IndexRow>(INDEXES);
  const views = await read<ViewRow>(VIEWS);
  const triggers = await read<TriggerRow>(TRIGGERS);
  return {
    columns: Map.groupBy(columns, ({ of }) => of),
    constraints: Map.groupBy(constraints, ({ of }) => of),
    ...{ tables, indexes, views, triggers },
  };
}
