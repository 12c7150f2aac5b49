import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { edited, OFFICE, PlanningBench } from '../../../test/support/planning-bench.ts';

const bench = new PlanningBench();
const naive = new PlanningBench();
beforeEach(() => {
  bench.begin();
  naive.begin();
});
afterEach(() => {
  bench.close();
  naive.close();
});

/** A change that no engine makes in place. */
const REBUILT = edited("DEFAULT 'open'", "DEFAULT 'done'");

const [, TASK = ''] = OFFICE;
const COLUMNS = 'id, project_id, title, state, effort';
const CREATE = TASK.replace('TABLE task', 'TABLE new_task').replace("'open',", "'done',");
const COPY = `INSERT INTO new_task (${COLUMNS}) SELECT ${COLUMNS} FROM task`;
const SWAP = [CREATE, COPY, 'DROP TABLE task', 'ALTER TABLE new_task RENAME TO task'];
const ONLOOKERS = [
  'DROP TRIGGER task_noted',
  'DROP TRIGGER project_ended',
  'DROP VIEW open_step',
  'DROP VIEW open_task',
];

const steps = (of: PlanningBench): unknown => of.value('SELECT count(*) FROM step');

describe('what careless tools do to a table that must be made anew, and this one does not', () => {
  it('rows that refer to it are not deleted with it', () => {
    naive.run('BEGIN', 'PRAGMA foreign_keys = OFF', ...ONLOOKERS, ...SWAP, 'COMMIT');
    expect(steps(naive), 'inside a transaction the pragma is without effect').toBe(0);

    expect(bench.migrate(REBUILT).fault).toBeNull();
    expect(steps(bench)).toBe(40);
  });

  it('that foreign keys are deferred does not save these rows', () => {
    naive.run('BEGIN', 'PRAGMA defer_foreign_keys = ON', ...ONLOOKERS, ...SWAP, 'COMMIT');
    expect(steps(naive)).toBe(0);

    expect(bench.migrate(REBUILT).fault).toBeNull();
    expect(steps(bench)).toBe(40);
  });

  it('its triggers, and those that mention it, are there and fire', () => {
    naive.run('PRAGMA foreign_keys = OFF', ...ONLOOKERS, ...SWAP);
    naive.run("UPDATE task SET state = 'done' WHERE id = 1");
    expect(naive.value("SELECT count(*) FROM journal WHERE line LIKE 'Task%'")).toBe(0);

    bench.migrate(REBUILT);
    bench.run("UPDATE task SET state = 'done' WHERE id = 1");
    expect(bench.value("SELECT count(*) FROM journal WHERE line LIKE 'Task%'")).toBe(1);
    bench.run("UPDATE task SET state = 'open'", 'DELETE FROM journal');
    bench.run('PRAGMA foreign_keys = OFF', 'DELETE FROM project WHERE id = 2');
    expect(bench.value('SELECT count(*) FROM journal')).toBe(10);
  });

  it('a view that reads it does not stand in the way', () => {
    naive.run('PRAGMA foreign_keys = OFF', 'DROP TRIGGER task_noted', 'DROP TRIGGER project_ended');
    expect(() => naive.run(...SWAP)).toThrow(/error in view open_task: no such table: main.task/);
    expect(naive.value("SELECT count(*) FROM sqlite_schema WHERE name = 'task'")).toBe(0);

    expect(bench.migrate(REBUILT).fault).toBeNull();
    expect(bench.value('SELECT count(*) FROM open_step')).toBe(40);
  });

  it('a number that was given to a row is not given to another', () => {
    naive.run('PRAGMA foreign_keys = OFF', ...ONLOOKERS, ...SWAP);
    const add = "INSERT INTO task (project_id, title) VALUES (1, 'new') RETURNING id";
    expect(naive.value(add)).toBe(21);

    bench.migrate(REBUILT);
    expect(bench.value(add)).toBe(23);
  });

  it('a counter is kept when no row is left', () => {
    bench.run('DELETE FROM task');
    bench.migrate(REBUILT);
    expect(bench.value("INSERT INTO task (project_id, title) VALUES (1, 'a') RETURNING id")).toBe(
      23,
    );
  });

  it('rows without a key keep their numbers', () => {
    const made = 'CREATE TABLE new_journal (line TEXT, weight INTEGER DEFAULT 3)';
    naive.run(made, 'INSERT INTO new_journal (line, weight) SELECT line, weight FROM journal');
    expect(naive.rows('SELECT rowid FROM new_journal')).toEqual([[1], [2]]);

    bench.migrate(edited('weight INTEGER', 'weight INTEGER DEFAULT 3'));
    expect(bench.rows('SELECT rowid FROM journal')).toEqual([[5], [9]]);
  });

  it('an index of an expression is that expression again, and is used', () => {
    naive.run('DROP INDEX task_title');
    expect(() => naive.run('CREATE INDEX task_title ON task ("lower(title)")')).toThrow(
      /no such column/,
    );

    bench.migrate(REBUILT);
    const plan = bench.rows("EXPLAIN QUERY PLAN SELECT * FROM task WHERE lower(title) = 'x'");
    expect(JSON.stringify(plan)).toContain('USING INDEX task_title');
    const partial = bench.rows(
      "EXPLAIN QUERY PLAN SELECT id FROM task WHERE project_id = 1 AND state = 'open'",
    );
    expect(JSON.stringify(partial)).toContain('task_open');
  });

  it('the keys of other tables still refer to it by its name', () => {
    const parent = 'SELECT "table" FROM pragma_foreign_key_list(\'step\')';
    naive.run('PRAGMA foreign_keys = OFF', ...ONLOOKERS, 'ALTER TABLE task RENAME TO task_old');
    naive.run(TASK, `INSERT INTO task (${COLUMNS}) SELECT ${COLUMNS} FROM task_old`);
    naive.run('DROP TABLE task_old');
    expect(naive.value(parent), 'the old one was renamed first').toBe('task_old');

    bench.migrate(REBUILT);
    expect(bench.value(parent)).toBe('task');
  });

  it('no text is left in a column of whole numbers', () => {
    const journal = 'CREATE TABLE new_journal (line INTEGER, weight INTEGER)';
    naive.run(journal, 'INSERT INTO new_journal SELECT * FROM journal');
    expect(naive.rows('SELECT DISTINCT typeof(line) FROM new_journal')).toEqual([['text']]);

    const numbers = edited('journal (line TEXT', 'journal (line INTEGER');
    const { closed } = bench.migrate(numbers);
    expect(closed).toEqual(['rows of journal hold what is no integer in line']);
    expect(bench.value('SELECT typeof(line) FROM journal')).toBe('text');

    bench.run(
      "UPDATE journal SET line = '12' WHERE rowid = 5",
      'DELETE FROM journal WHERE rowid = 9',
    );
    expect(bench.migrate(numbers).closed).toEqual([]);
    expect(bench.rows('SELECT line, typeof(line) FROM journal')).toEqual([[12, 'integer']]);
  });

  it('a name that reads like a keyword, or is odd, is no trouble', () => {
    const odd = [
      'CREATE TABLE "order" ("group" INTEGER PRIMARY KEY, "say ""hi""" TEXT, "Größe" INTEGER)',
      'CREATE INDEX "in dex" ON "order" ("say ""hi""", "Größe") WHERE "group" > 0',
      'CREATE VIEW "select" AS SELECT "group" FROM "order"',
    ];
    const other = new PlanningBench();
    other.begin(odd);
    other.run('INSERT INTO "order" VALUES (1, \'a\', 2)');
    const { plan, fault } = other.migrate(edited('"Größe" INTEGER', '"Größe" TEXT', odd));
    expect([plan.refusals, fault]).toEqual([[], null]);
    expect(other.rows('SELECT "say ""hi""", "Größe" FROM "order"')).toEqual([['a', '2']]);
    other.close();
  });
});
