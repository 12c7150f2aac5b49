import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { Plan, Step } from '../../src/migrate/plan-model.ts';
import type { MakePlan } from '../../src/migrate/sqlite/migration-options.ts';
import { migrationHistory } from '../../src/schema/tables/migration-history.ts';
import type { Connection } from '../../src/store/sqlite/connection.ts';
import { ddl } from '../../src/store/sqlite/ddl.ts';

/** A database that is not Pawl's: authors, books and loans, with what a careless rebuild loses. */
export function makeLibrary(
  path: string,
  { loans, journalMode = 'wal' }: { readonly loans: number; readonly journalMode?: string },
): void {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = ${journalMode};
    CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
    CREATE TABLE book (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      author_id INTEGER NOT NULL REFERENCES author (id) ON DELETE CASCADE,
      title TEXT NOT NULL
    ) STRICT;
    CREATE TABLE loan (
      id INTEGER PRIMARY KEY,
      book_id INTEGER NOT NULL REFERENCES book (id) ON DELETE CASCADE,
      due TEXT
    ) STRICT;
    CREATE INDEX book_title ON book (lower(title)) WHERE title <> '';
    CREATE VIEW borrowed AS SELECT title, due FROM loan JOIN book ON book.id = loan.book_id;
    CREATE TABLE journal (line TEXT) STRICT;
    CREATE TRIGGER book_added AFTER INSERT ON book BEGIN
      INSERT INTO journal (line) VALUES ('added ' || NEW.title);
    END;
    INSERT INTO author (id, name) VALUES (1, 'Ada'), (2, 'Bo');
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${loans})
      INSERT INTO book (author_id, title) SELECT 1 + i % 2, 'title ' || i FROM n;
    DELETE FROM book WHERE id = ${loans};
    INSERT INTO loan (book_id, due) SELECT id, 'day ' || id FROM book;`);
  database.close();
}

/** Everything that is stored in some tables, as one checksum. */
export function contentOf(path: string, tables = ['author', 'book', 'loan', 'journal']): string {
  const database = new DatabaseSync(path, { readOnly: true });
  const hash = createHash('sha256');
  for (const table of tables) {
    for (const row of database.prepare(`SELECT rowid, * FROM ${table} ORDER BY rowid`).all()) {
      hash.update(JSON.stringify(row));
    }
  }
  database.close();
  return hash.digest('hex');
}

/** Every object of the schema with its text, and the counter of AUTOINCREMENT. */
export function schemaOf(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true });
  const objects = database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
  const counters = database.prepare('SELECT * FROM sqlite_sequence ORDER BY name').all();
  database.close();
  return JSON.stringify([objects, counters], null, 1);
}

export function rowsOf<R>(path: string, sql: string): readonly R[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare(sql).all();
  database.close();
  return rows as readonly unknown[] as readonly R[];
}

const step = (kind: string, object: string, more: Partial<Step>): Step => ({
  ...{ kind, object, class: 'additive', statements: [], gates: [], rowsOf: null },
  ...more,
});

export const CREATE_HISTORY = step('create-table', 'migration_history', {
  statements: ddl(migrationHistory),
});

export const ADD_COLUMN = step('add-column', 'loan.note', {
  statements: ['ALTER TABLE loan ADD COLUMN note TEXT'],
});

/** The accepted form: what depends on the table is taken away first, and put back at the end. */
export const REBUILD_BOOK = step('rebuild-table', 'book', {
  class: 'rebuild',
  rowsOf: 'book',
  gates: [
    { about: 'books have no title', select: "SELECT id FROM book WHERE title = '' LIMIT 10" },
  ],
  statements: [
    'DROP VIEW borrowed',
    'DROP TRIGGER book_added',
    `CREATE TABLE book_new (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      author_id INTEGER NOT NULL REFERENCES author (id) ON DELETE CASCADE,
      title TEXT NOT NULL CONSTRAINT book_title_given CHECK (title <> '')
    ) STRICT`,
    'INSERT INTO book_new (id, author_id, title) SELECT id, author_id, title FROM book',
    "UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'book') " +
      "WHERE name = 'book_new'",
    'DROP TABLE book',
    'ALTER TABLE book_new RENAME TO book',
    "CREATE INDEX book_title ON book (lower(title)) WHERE title <> ''",
    'CREATE TRIGGER book_added AFTER INSERT ON book BEGIN ' +
      "INSERT INTO journal (line) VALUES ('added ' || NEW.title); END",
    'CREATE VIEW borrowed AS SELECT title, due FROM loan JOIN book ON book.id = loan.book_id',
  ],
});

const KEPT = ['author', 'book', 'loan', 'journal'];

/** Plans these steps until `isDone`; a stand-in for one who compares schemas. */
export function planOf(
  steps: readonly Step[],
  isDone: (schema: string) => boolean,
  more: Partial<Plan> = {},
): MakePlan {
  return (connection) => {
    const schema = schemaText(connection);
    const done = isDone(schema);
    const missing = steps.filter(
      ({ object }) => object !== 'migration_history' || !schema.includes(object),
    );
    const tables = KEPT.filter((name) => schema.includes(`CREATE TABLE ${name} `));
    return {
      from: sha256(schema),
      to: done ? sha256(schema) : sha256(JSON.stringify(steps)),
      steps: done ? [] : missing,
      refusals: [],
      drift: [],
      rowsKept: done ? [] : tables.map((name) => ({ before: name, after: name })),
      ...more,
    };
  };
}

export const planAddition: MakePlan = planOf([CREATE_HISTORY, ADD_COLUMN], (schema) =>
  schema.includes('note TEXT'),
);

export const planRebuild: MakePlan = planOf([CREATE_HISTORY, REBUILD_BOOK], (schema) =>
  /book_title_given.*borrowed/s.test(schema),
);

function schemaText(connection: Connection): string {
  return connection
    .all<{ sql: string | null }>('SELECT sql FROM sqlite_schema ORDER BY rowid')
    .map(({ sql }) => sql)
    .join('\n');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
