import type { Declaration } from '../../src/migrate/sqlite/declared-schema.ts';

/** The library as `makeLibrary` makes it, and what later releases declare. */
const AUTHOR = 'CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT';
const BOOK = `CREATE TABLE book (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  author_id INTEGER NOT NULL REFERENCES author (id) ON DELETE CASCADE,
  title TEXT NOT NULL
) STRICT`;
const LOAN = `CREATE TABLE loan (
  id INTEGER PRIMARY KEY,
  book_id INTEGER NOT NULL REFERENCES book (id) ON DELETE CASCADE,
  due TEXT
) STRICT`;
const REST = [
  "CREATE INDEX book_title ON book (lower(title)) WHERE title <> ''",
  'CREATE VIEW borrowed AS SELECT title, due FROM loan JOIN book ON book.id = loan.book_id',
  'CREATE TABLE journal (line TEXT) STRICT',
  `CREATE TRIGGER book_added AFTER INSERT ON book BEGIN
    INSERT INTO journal (line) VALUES ('added ' || NEW.title);
  END`,
];
export const FIRST: Declaration = { schema: [AUTHOR, BOOK, LOAN, ...REST] };
export const ADDED: Declaration = {
  schema: [
    AUTHOR,
    BOOK,
    LOAN.replace('due TEXT', "due TEXT, note TEXT NOT NULL DEFAULT ''"),
    ...REST,
  ],
};
/** Another type, a unique constraint and another action: none of it can be done in place. */
export const REBUILT: Declaration = {
  schema: [
    AUTHOR,
    BOOK.replace('CASCADE', 'RESTRICT').replace('TEXT NOT NULL', 'TEXT NOT NULL UNIQUE'),
    LOAN,
    ...REST,
  ],
};
export const RENAMED: Declaration = {
  schema: [AUTHOR, BOOK, LOAN, ...REST].map((text) => text.replaceAll(/\btitle\b/g, 'name')),
  directives: { renamedColumns: [{ table: 'book', column: 'name', renamedFrom: ['title'] }] },
};
