import { expect, it } from 'vitest';
import { fingerprintOf } from '../catalogue.ts';
import { pristine } from './scratch.ts';
import { tableTextOf } from './table-text.ts';
import { fold } from './tokens.ts';

const same = (left: readonly string[], right: readonly string[]): boolean =>
  fingerprintOf(pristine(left), fold) === fingerprintOf(pristine(right), fold);

const P = 'CREATE TABLE p (id INTEGER PRIMARY KEY)';

it.each([
  ['a constraint beside its column or below', 'a UNIQUE', 'a, UNIQUE (a)'],
  ['a key beside its column or below', 'a REFERENCES p', 'a, FOREIGN KEY (a) REFERENCES p (id)'],
  ['an action that is the default', 'a REFERENCES p ON DELETE NO ACTION', 'a REFERENCES p'],
  ['clauses in another order', "a TEXT NOT NULL DEFAULT 'x'", "a TEXT DEFAULT 'x' NOT NULL"],
  ['columns in another order', 'a TEXT, b', 'b, a text'],
  ['a bracket around a default', 'a DEFAULT (5)', 'a DEFAULT 5'],
  ['a name of what no message names', 'a CONSTRAINT one UNIQUE', 'a CONSTRAINT two UNIQUE'],
])('%s: the same schema', (_, left, right) => {
  expect(same([P, `CREATE TABLE t (${left})`], [P, `CREATE TABLE t (${right})`])).toBe(true);
});

it.each([
  ['a type', 'a TEXT', 'a INTEGER'],
  ['a default', 'a DEFAULT 5', "a DEFAULT '5'"],
  ['no default and null', 'a DEFAULT NULL', 'a'],
  ['a collation', 'a TEXT COLLATE nocase', 'a TEXT'],
  ['a check', 'a CHECK (a > 1)', 'a CHECK (a > 2)'],
  ['the name of a check', 'a CONSTRAINT b CHECK (a > 1)', 'a CONSTRAINT c CHECK (a > 1)'],
  ['stored or not', 'a, b AS (a) STORED', 'a, b AS (a) VIRTUAL'],
  ['an expression', 'a, b AS (a + 1)', 'a, b AS (a + 2)'],
  ['an action', 'a REFERENCES p ON DELETE CASCADE', 'a REFERENCES p ON UPDATE CASCADE'],
  ['when a key is looked at', 'a REFERENCES p DEFERRABLE INITIALLY DEFERRED', 'a REFERENCES p'],
  ['a counter', 'a INTEGER PRIMARY KEY AUTOINCREMENT', 'a INTEGER PRIMARY KEY'],
  ['a key that is no row number', 'a INTEGER PRIMARY KEY DESC', 'a INTEGER PRIMARY KEY'],
  ['what is done on conflict', 'a UNIQUE ON CONFLICT REPLACE', 'a UNIQUE'],
  ['the order of a key', 'a, b, PRIMARY KEY (a, b)', 'a, b, PRIMARY KEY (b, a)'],
])('%s: another schema', (_, left, right) => {
  expect(same([P, `CREATE TABLE t (${left})`], [P, `CREATE TABLE t (${right})`])).toBe(false);
});

it.each(['STRICT', 'WITHOUT ROWID', 'STRICT, WITHOUT ROWID'])('%s: another schema', (option) => {
  const table = 'CREATE TABLE t (a TEXT NOT NULL PRIMARY KEY)';
  expect(same([table], [`${table} ${option}`])).toBe(false);
});

it('the text of a table is cut at its commas, whatever stands between them', () => {
  const { columns, constraints } = tableTextOf(
    `CREATE TABLE "t (" ("a, b" TEXT DEFAULT ',' -- one, two
    , c REAL CHECK (c IN (1, 2)) CONSTRAINT d NOT NULL DEFAULT NULL,
    CONSTRAINT "e" FOREIGN KEY (c) REFERENCES p (id) ON DELETE SET NULL, CHECK (c > 0)) STRICT`,
  );
  expect(columns.map(({ name, sql }) => [name, sql])).toEqual([
    ['a, b', '"a, b" TEXT DEFAULT \',\''],
    ['c', 'c REAL CHECK (c IN (1, 2)) CONSTRAINT d NOT NULL DEFAULT NULL'],
  ]);
  const clauses = [...columns, ...constraints].flatMap((part) => part.clauses);
  expect(clauses.map(({ kind, name }) => [kind, name])).toEqual([
    ['default', null],
    ['check', null],
    ['not', 'd'],
    ['default', null],
    ['foreign', 'e'],
    ['check', null],
  ]);
});
