import { DatabaseSync } from 'node:sqlite';

interface StoredObject {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A database as SQL that makes it again: reviewed and merged like any text. */
export function databaseText(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const objects = database
      .prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY rowid')
      .all() as unknown as readonly StoredObject[];
    const ours = objects.filter(({ sql, name }) => sql !== null && !name.startsWith('sqlite_'));
    const tables = ours.filter(({ type }) => type === 'table').map(({ name }) => name);
    const counted = objects.some(({ name }) => name === 'sqlite_sequence');
    return [
      ...ours.filter(({ type }) => type === 'table').map(({ sql }) => `${sql};`),
      ...tables.flatMap((table) => rowTexts(database, table)),
      ...(counted ? ['DELETE FROM sqlite_sequence;'] : []),
      ...(counted ? rowTexts(database, 'sqlite_sequence') : []),
      ...ours.filter(({ type }) => type !== 'table').map(({ sql }) => `${sql};`),
      ...['application_id', 'user_version', 'schema_version'].map(
        (mark) => `PRAGMA ${mark} = ${database.prepare(`PRAGMA ${mark}`).get()?.[mark]};`,
      ),
      '',
    ].join('\n');
  } finally {
    database.close();
  }
}

function rowTexts(database: DatabaseSync, table: string): readonly string[] {
  const columns = database.prepare('SELECT name, hidden FROM pragma_table_xinfo(?)').all(table);
  const names = columns.filter(({ hidden }) => hidden === 0).map(({ name }) => String(name));
  const values = names.map((name) => `quote(${quoted(name)})`).join(" || ', ' || ");
  const rows = database
    .prepare(`SELECT ${values} AS row FROM ${quoted(table)} ORDER BY rowid`)
    .all()
    .map(({ row }) => `(${row})`);
  if (rows.length === 0) return [];
  const into = `INSERT INTO ${quoted(table)} (${names.map(quoted).join(', ')}) VALUES`;
  return [`${into}\n${rows.join(',\n')};`];
}

/** Make the database of such a text, with the write-ahead log that every store has. */
export function makeDatabase(path: string, text: string): void {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  try {
    database.exec('PRAGMA journal_mode = WAL; BEGIN');
    database.exec(text);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}
