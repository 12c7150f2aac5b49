import { afterEach, describe, expect, it } from 'vitest';
import { PlanningBench } from '../../../test/support/planning-bench.ts';
import type { Directives } from '../directives.ts';
import { planMigration } from '../plan.ts';

const bench = new PlanningBench();
afterEach(() => bench.close());

interface Corner {
  readonly what: string;
  readonly was: readonly string[];
  readonly rows?: readonly string[];
  readonly is: readonly string[];
  readonly directives?: Directives;
  readonly kinds: readonly string[];
  readonly holds?: readonly [sql: string, rows: unknown];
}

const P = 'CREATE TABLE p (k)';
const V = 'CREATE TABLE v (k)';
const DROP_V: Directives = { droppedTables: [{ table: 'v', since: '2' }] };

const CORNERS: readonly Corner[] = [
  {
    what: 'columns that are named as the number of a row is',
    was: ['CREATE TABLE a (rowid TEXT, b)'],
    rows: ["INSERT INTO a (_rowid_, rowid, b) VALUES (7, 'x', 1), (9, 'y', 2)"],
    is: ['CREATE TABLE a (rowid TEXT, b DEFAULT 4)'],
    kinds: ['rebuild-table'],
    holds: [
      'SELECT _rowid_ AS r, rowid AS c FROM a',
      [
        [7, 'x'],
        [9, 'y'],
      ],
    ],
  },
  {
    what: 'a parent that is renamed, its key too, and both sides get another type',
    was: ['CREATE TABLE p (k TEXT PRIMARY KEY)', 'CREATE TABLE c (k TEXT REFERENCES p (k))'],
    rows: ["INSERT INTO p VALUES ('1'), ('2')", "INSERT INTO c VALUES ('1'), (NULL)"],
    is: ['CREATE TABLE q (n INTEGER PRIMARY KEY)', 'CREATE TABLE c (k INTEGER REFERENCES q (n))'],
    directives: {
      renamedTables: [{ table: 'q', renamedFrom: ['p'] }],
      renamedColumns: [{ table: 'q', column: 'n', renamedFrom: ['k'] }],
    },
    kinds: ['rename-table', 'rename-column', 'rebuild-table', 'rebuild-table'],
    holds: [
      'SELECT k, typeof(k) FROM c',
      [
        [1, 'integer'],
        [null, 'null'],
      ],
    ],
  },
  {
    what: 'a table that refers to itself',
    was: ['CREATE TABLE a (id INTEGER PRIMARY KEY, up REFERENCES a ON DELETE CASCADE, x TEXT)'],
    rows: ["INSERT INTO a VALUES (1, NULL, '5'), (2, 1, '6')"],
    is: ['CREATE TABLE a (id INTEGER PRIMARY KEY, up REFERENCES a ON DELETE CASCADE, x INTEGER)'],
    kinds: ['rebuild-table'],
    holds: ['SELECT "table" FROM pragma_foreign_key_list(\'a\')', [['a']]],
  },
  {
    what: 'an empty table with a counter, renamed and made anew',
    was: ['CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT)'],
    rows: ["INSERT INTO a (x) VALUES ('1'), ('2')", 'DELETE FROM a'],
    is: ['CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT, x INTEGER)'],
    directives: { renamedTables: [{ table: 'b', renamedFrom: ['a'] }] },
    kinds: ['rename-table', 'rebuild-table'],
    holds: ['SELECT name, seq FROM sqlite_sequence', [['b', 2]]],
  },
  {
    what: 'the number of a row that becomes its key',
    was: ['CREATE TABLE a (x)'],
    rows: ['INSERT INTO a (rowid, x) VALUES (3, 1), (8, 2)'],
    is: ['CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, x)'],
    kinds: ['rebuild-table'],
    holds: [
      'SELECT id, x FROM a',
      [
        [3, 1],
        [8, 2],
      ],
    ],
  },
  {
    what: 'generated columns that read each other, against their order',
    was: ['CREATE TABLE a (x TEXT)'],
    rows: ["INSERT INTO a VALUES ('5')"],
    is: ['CREATE TABLE a (h AS (g + 1) STORED, g AS (x + 1), x INTEGER, CHECK (h > 6))'],
    kinds: ['rebuild-table'],
    holds: ['SELECT h, g, x FROM a', [[7, 6, 5]]],
  },
  {
    what: 'a view that becomes a table',
    was: [P, 'CREATE VIEW v AS SELECT k FROM p'],
    is: [P, V],
    kinds: ['drop-view', 'create-table'],
  },
  {
    what: 'a table that becomes a view',
    was: [P, V, 'CREATE INDEX i ON v (k)'],
    is: [P, 'CREATE VIEW v AS SELECT k FROM p'],
    directives: DROP_V,
    kinds: ['drop-table', 'create-view'],
  },
  {
    what: 'the name of an index that goes to another table',
    was: [P, V, 'CREATE INDEX i ON v (k)'],
    is: [P, V, 'CREATE INDEX i ON p (k)'],
    kinds: ['drop-index', 'create-index'],
  },
  {
    what: 'the name of a trigger that goes to another table',
    was: [P, V, 'CREATE TRIGGER r AFTER INSERT ON v BEGIN SELECT 1; END'],
    is: [P, 'CREATE TRIGGER r AFTER INSERT ON p BEGIN SELECT 1; END'],
    directives: DROP_V,
    kinds: ['set-aside', 'drop-table', 'create-trigger'],
  },
  {
    what: 'a view with triggers that changes',
    was: [
      P,
      'CREATE VIEW w AS SELECT k FROM p',
      'CREATE TRIGGER r INSTEAD OF INSERT ON w BEGIN SELECT 1; END',
    ],
    is: [
      P,
      'CREATE VIEW w AS SELECT k, 1 FROM p',
      'CREATE TRIGGER r INSTEAD OF INSERT ON w BEGIN SELECT 1; END',
    ],
    kinds: ['set-aside', 'drop-view', 'create-view', 'put-back'],
    holds: ["SELECT name FROM sqlite_schema WHERE type = 'trigger'", [['r']]],
  },
  {
    what: 'everything that can be done in place, at once',
    was: ["CREATE TABLE a (x TEXT, y TEXT, CONSTRAINT c CHECK (y <> ''))"],
    rows: ["INSERT INTO a VALUES ('a', 'b')"],
    is: ['CREATE TABLE a (x TEXT NOT NULL, z INT NOT NULL DEFAULT 2, CONSTRAINT d CHECK (z > 1))'],
    directives: { droppedColumns: [{ table: 'a', column: 'y', since: '2' }] },
    kinds: ['drop-check', 'drop-column', 'add-column', 'set-not-null', 'add-check'],
    holds: ['SELECT x, z FROM a', [['a', 2]]],
  },
];

describe('a plan goes right with', () => {
  it.each(CORNERS)('$what', ({ was, rows = [], is, directives, kinds, holds }) => {
    bench.begin(was);
    bench.run(...rows);
    const { plan, closed, fault } = bench.migrate(is, directives);
    expect([plan.refusals, closed, fault]).toEqual([[], [], null]);
    expect(plan.steps.map(({ kind }) => kind)).toEqual(kinds);
    if (holds !== undefined) expect(bench.rows(holds[0])).toEqual(holds[1]);
    expect(bench.rows('PRAGMA integrity_check')).toEqual([['ok']]);
  });
});

it('a schema that was written by hand is ours when it says the same', () => {
  const byHand =
    'CREATE TABLE [a b] (id integer primary key autoincrement /* the key */, `x` text not null ' +
    "default 'q' unique, -- one of a kind\n y int references [a b](id) check (y <> 3))";
  bench.begin([byHand]);
  bench.forget();
  const { steps, from, to } = bench.plan([
    `CREATE TABLE "a b" (id INTEGER PRIMARY KEY AUTOINCREMENT, y INT, x TEXT NOT NULL DEFAULT 'q',
      CONSTRAINT u UNIQUE (x), CHECK (y <> 3),
      CONSTRAINT f FOREIGN KEY (y) REFERENCES "a b" (id) ON DELETE NO ACTION)`,
  ]);
  expect([steps, from]).toEqual([[], to]);
});

it('a difference that no step serves is refused, never passed over', () => {
  bench.begin(['CREATE TABLE a (x TEXT)']);
  const wanted = bench.dialect.pristine(['CREATE TABLE a (x TEXT, y TEXT)']);
  const live = bench.dialect.pristine(['CREATE TABLE a (x TEXT)']);
  const idle = { ...bench.dialect, alter: () => [] };
  const input = { live, wanted, before: live, directives: {} };
  expect(planMigration(bench.dialect, input).refusals).toEqual([]);
  const { refusals, steps } = planMigration(idle, input);
  expect([refusals.map(({ code, object }) => `${code} ${object}`), steps]).toEqual([
    ['change_not_supported a'],
    [],
  ]);
});
