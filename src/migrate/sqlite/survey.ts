import type { Connection } from '../../store/sqlite/connection.ts';
import { quoted } from '../../store/sqlite/identifier.ts';

/** What a change of the schema must leave as it was. */
export interface Survey {
  /** Of every table that holds rows of its own, with the hidden ones of virtual tables. */
  readonly rows: ReadonlyMap<string, number>;
  readonly orphans: readonly Orphan[];
}

/** A row that refers to one that is not there. */
export interface Orphan {
  readonly table: string;
  /** Null in a table without such ids. */
  readonly rowid: number | string | null;
  readonly parent: string;
}

const TABLES =
  "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') " +
  "AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name";

export function surveyOf(connection: Connection): Survey {
  return { rows: countRows(connection), orphans: findOrphans(connection) };
}

export function countRows(connection: Connection): ReadonlyMap<string, number> {
  const tables = connection.all<{ name: string }>(TABLES);
  return new Map(tables.map(({ name }) => [name, countOf(connection, name)]));
}

export function countOf(connection: Connection, table: string): number {
  return connection.all<{ n: number }>(`SELECT count(*) AS n FROM ${quoted(table)}`)[0]?.n ?? 0;
}

/**
 * A schema whose keys cannot be checked at all (a parent without its unique index) counts as one
 * without orphans: then a change may only be one that leaves none.
 */
function findOrphans(connection: Connection): readonly Orphan[] {
  try {
    return orphansOf(connection);
  } catch (cause) {
    if (cause instanceof Error && cause.message.startsWith('foreign key mismatch')) return [];
    throw cause;
  }
}

export function orphansOf(connection: Connection): readonly Orphan[] {
  const sql = 'SELECT "table", "rowid", parent FROM pragma_foreign_key_check';
  return connection.shown<Orphan>(sql);
}
