import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CliProject } from '../e2e/cli-project.ts';
import { makeDatabase } from './database-text.ts';
import { FORMER_FOLDER, FORMER_HOST } from './lived-in-store.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');

/** The fingerprints of all schemas that ever landed, the oldest first. */
export const LANDED = JSON.parse(
  readFileSync(join(FIXTURES, 'landed.json'), 'utf8'),
) as readonly string[];

export const fixtureFiles = (): readonly string[] =>
  readdirSync(FIXTURES).filter((name) => name.endsWith('.sql'));

export const fixtureFileOf = (fingerprint: string): string => `${fingerprint.slice(0, 12)}.sql`;

export const fixtureText = (fingerprint: string): string =>
  readFileSync(join(FIXTURES, fixtureFileOf(fingerprint)), 'utf8');

/** Whether a file of that schema is one of the newest, too: what changed since is of servers. */
export const isNewestFile = (fingerprint: string): boolean =>
  createdIn(fingerprint) === createdIn(LANDED.at(-1) ?? '');

const createdIn = (fingerprint: string): string =>
  (fixtureText(fingerprint).match(/^CREATE [^;]*;/gm) ?? []).toSorted().join('\n');

/** A project as a Pawl of that schema left it: its database, and its lists as it knew them. */
export function formerProject(fingerprint: string): CliProject {
  const project = new CliProject('');
  const text = fixtureText(fingerprint)
    .replaceAll(FORMER_FOLDER, project.root)
    .replaceAll(FORMER_HOST, hostname());
  mkdirSync(project.path('.pawl'));
  makeDatabase(project.database, text);
  for (const { path, text: list } of project.rows(
    'SELECT task_list_path AS path, seen_text AS text FROM task_lists WHERE seen_text IS NOT NULL',
  )) {
    project.write(basename(String(path)), String(list));
  }
  return project;
}

export type Columns = ReadonlyMap<string, readonly string[]>;

/** What a migration itself writes about the schema. */
const SCHEMA_NOTES: Readonly<Record<string, readonly string[]>> = {
  store_meta: ['fingerprint', 'generation', 'min_reader', 'min_writer', 'schema_version'],
};

/** Every table and column that holds what people and agents did. */
export function columnsOf(database: string): Columns {
  return reading(database, (open) => {
    const tables = open.prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' " +
        "AND name NOT IN ('migration_history', 'sqlite_schema') ORDER BY name",
    );
    return new Map(
      tables.all().map(({ name }) => {
        const table = String(name);
        const all = open.prepare('SELECT name FROM pragma_table_info(?)').all(table);
        const columns = all.map((column) => String(column['name']));
        return [table, columns.filter((column) => SCHEMA_NOTES[table]?.includes(column) !== true)];
      }),
    );
  });
}

/** How many rows each table has, and a checksum of what is in these columns. */
export function contentOf(database: string, columns: Columns): Readonly<Record<string, string>> {
  return reading(database, (open) => {
    const sums = [...columns].map(([table, names]) => {
      const terms = names.map((name) => `quote("${name}")`).join(" || ',' || ");
      const rest = table === 'sqlite_sequence' ? "WHERE name <> 'migration_history' " : '';
      const rows = open.prepare(`SELECT ${terms} AS row FROM "${table}" ${rest}ORDER BY 1`).all();
      const hash = createHash('sha256').update(JSON.stringify(rows)).digest('hex');
      return [table, `${rows.length} rows ${hash}`];
    });
    return Object.fromEntries(sums) as Readonly<Record<string, string>>;
  });
}

function reading<T>(path: string, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
  try {
    return work(database);
  } finally {
    database.close();
  }
}
