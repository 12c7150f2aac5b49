import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { edited, OFFICE, PlanningBench, without } from '../../../test/support/planning-bench.ts';
import type { Drift } from '../plan-model.ts';

const bench = new PlanningBench();
beforeEach(() => {
  bench.begin();
});
afterEach(() => bench.close());

const REBUILT = edited("DEFAULT 'open'", "DEFAULT 'done'");
const fates = (drift: readonly Drift[]): readonly string[] =>
  drift.map(({ kind, object, fate }) => `${kind} ${object} ${fate}`);

describe('what somebody else put into the database', () => {
  const THEIRS = [
    'CREATE TABLE their_tag (task_id REFERENCES task (id) ON DELETE CASCADE, tag TEXT)',
    'INSERT INTO their_tag SELECT id, title FROM task',
    "ALTER TABLE task ADD COLUMN their_mark TEXT CHECK (their_mark <> 5) DEFAULT 'm'",
    'CREATE UNIQUE INDEX their_index ON task (their_mark, id) WHERE id > 3',
    'CREATE VIEW their_view AS SELECT title, their_mark FROM task',
    'CREATE TRIGGER their_trigger AFTER UPDATE ON task BEGIN ' +
      "INSERT INTO journal (line) VALUES ('theirs'); END",
  ];
  const NAMED = [
    'table their_tag kept',
    'column task.their_mark kept',
    'index their_index kept',
    'view their_view kept',
    'trigger their_trigger kept',
  ];

  it('is named, and is no reason for a step', () => {
    bench.run(...THEIRS);
    const { steps, drift, from, to } = bench.plan(OFFICE);
    expect([steps, fates(drift)]).toEqual([[], NAMED]);
    expect(from).toBe(to);
  });

  it('is named without a record, too', () => {
    bench.run(...THEIRS);
    bench.forget();
    expect(fates(bench.plan(OFFICE).drift)).toEqual(NAMED);
  });

  it('survives that its table is made anew', () => {
    bench.run(...THEIRS);
    const { fault } = bench.migrate(REBUILT);
    expect(fault).toBeNull();
    expect(bench.value("SELECT count(*) FROM task WHERE their_mark = 'm'")).toBe(20);
    expect(bench.value('SELECT count(*) FROM their_tag')).toBe(20);
    expect(bench.value("SELECT sql FROM sqlite_schema WHERE name = 'their_index'")).toContain(
      'WHERE id > 3',
    );
    bench.run("UPDATE task SET their_mark = 'n' WHERE id = 1");
    expect(bench.value("SELECT count(*) FROM journal WHERE line = 'theirs'")).toBe(1);
    expect(bench.value('SELECT count(*) FROM their_view')).toBe(20);
    expect(() => bench.run('UPDATE task SET their_mark = 5')).toThrow(/CHECK/);
  });

  it('follows a rename, as the engine itself rewrites it', () => {
    bench.run(...THEIRS, 'CREATE VIEW their_broken AS SELECT * FROM nowhere');
    const schema = OFFICE.map((text) => text.replaceAll(/\btask\b/g, 'job'));
    const directives = { renamedTables: [{ table: 'job', renamedFrom: ['task'] }] };
    const { plan, fault } = bench.migrate(schema, directives);
    expect([plan.refusals, fault]).toEqual([[], null]);
    expect(bench.value('SELECT count(*) FROM their_view')).toBe(20);
    expect(bench.value('SELECT "table" FROM pragma_foreign_key_list(\'their_tag\')')).toBe('job');
    expect(bench.value("SELECT count(*) FROM sqlite_schema WHERE name = 'their_broken'")).toBe(1);
  });

  it('is warned of when no row of ours is taken with it', () => {
    bench.run('CREATE TABLE other (id INTEGER PRIMARY KEY)');
    const schema = [...OFFICE, 'CREATE TABLE other (id INTEGER PRIMARY KEY)'];
    bench.run("ALTER TABLE other ADD COLUMN must TEXT NOT NULL DEFAULT ''");
    expect(fates(bench.plan(schema).drift)).toEqual(['column other.must kept']);
    bench.run(
      'DROP TABLE other',
      'CREATE TABLE other (id INTEGER PRIMARY KEY, must TEXT NOT NULL)',
    );
    expect(fates(bench.plan(schema).drift)).toEqual(['column other.must harmful']);
  });

  it('goes or breaks only with what the release takes away, and that is said', () => {
    bench.run(
      'CREATE INDEX their_index ON project (note)',
      'CREATE VIEW their_view AS SELECT note FROM project',
    );
    const { plan, fault } = bench.migrate(edited('    note TEXT,\n', ''), {
      droppedColumns: [{ table: 'project', column: 'note', since: '2' }],
    });
    expect(fault).toBeNull();
    expect(fates(plan.drift)).toEqual(['index their_index gone', 'view their_view broken']);
  });

  it('may be a search index, with triggers on our table that feed it', () => {
    bench.run(
      'CREATE VIRTUAL TABLE their_search ' +
        "USING fts5 (title, content = 'task', content_rowid = 'id')",
      "INSERT INTO their_search (their_search) VALUES ('rebuild')",
      'CREATE TRIGGER their_feed AFTER INSERT ON task BEGIN ' +
        'INSERT INTO their_search (rowid, title) VALUES (NEW.id, NEW.title); END',
    );
    const { plan, fault } = bench.migrate(REBUILT);
    expect([plan.refusals, fault]).toEqual([[], null]);
    bench.run("INSERT INTO task (project_id, title) VALUES (1, 'found')");
    const found = "SELECT count(*) FROM their_search WHERE their_search MATCH 'found'";
    expect(bench.value(found)).toBe(1);
    expect(bench.value("SELECT count(*) FROM their_search WHERE their_search MATCH 'task'")).toBe(
      20,
    );
  });

  it('keeps a table from being dropped that it refers to', () => {
    bench.run('CREATE TABLE their_tag (line REFERENCES journal (line))');
    const schema = without('journal');
    const droppedTables = [{ table: 'journal', since: '2' }];
    const [refusal] = bench.plan(schema, { droppedTables }).refusals;
    expect(refusal).toMatchObject({ code: 'change_not_supported', object: 'journal' });
  });

  it('that has the name of something new of ours is not made ours', () => {
    bench.run(
      'CREATE TABLE tag (theirs INTEGER)',
      'ALTER TABLE task ADD COLUMN hours TEXT',
      'CREATE VIEW late AS SELECT 1 AS a',
    );
    const schema = [
      ...edited('effort TEXT,', 'effort TEXT, hours INTEGER,'),
      'CREATE TABLE tag (a TEXT)',
      'CREATE VIEW late AS SELECT a FROM tag',
    ];
    const { refusals } = bench.plan(schema);
    expect(refusals.map(({ code, object }) => `${code} ${object}`)).toEqual([
      'change_not_supported tag',
      'change_not_supported task.hours',
      'change_not_supported late',
    ]);
    bench.forget();
    expect(bench.plan(schema).refusals, 'without a record it may be ours').toEqual([]);
  });

  it('that is what we declare anew, to the letter, becomes ours', () => {
    bench.run('CREATE TABLE tag (a TEXT)', 'CREATE INDEX tags ON tag (a)');
    const schema = [...OFFICE, 'CREATE TABLE tag (a text)', 'CREATE INDEX tags ON tag ("a")'];
    const { steps, refusals, drift } = bench.plan(schema);
    expect([steps, refusals, drift]).toEqual([[], [], []]);
  });

  it('that has a name we want is refused, in the words of the engine', () => {
    bench.run('CREATE VIEW tag AS SELECT 1 AS a');
    const [refusal] = bench.plan([...OFFICE, 'CREATE TABLE tag (a TEXT)']).refusals;
    expect(refusal).toMatchObject({ code: 'change_not_supported', object: 'tag' });
    expect(refusal?.message).toContain('view tag already exists');
  });
});

describe('what was done to ours by hand', () => {
  it('is put right, and said', () => {
    bench.run('DROP INDEX task_title', 'DROP VIEW open_step', 'DROP TRIGGER task_noted');
    bench.run('CREATE VIEW open_step AS SELECT 1 AS line');
    const { plan, fault } = bench.migrate(OFFICE);
    expect(fault).toBeNull();
    expect(fates(plan.drift)).toEqual([
      'index task_title mended',
      'view open_step mended',
      'trigger task_noted mended',
    ]);
  });

  it('is a loss when it held rows', () => {
    bench.run('ALTER TABLE project DROP COLUMN note', 'DROP TABLE journal');
    const { plan } = bench.migrate(OFFICE);
    expect(fates(plan.drift)).toEqual(['column project.note emptied', 'table journal emptied']);
  });

  it('without a record nothing can be missing', () => {
    bench.run('DROP INDEX task_title');
    bench.forget();
    const { drift, steps } = bench.plan(OFFICE);
    expect([drift, steps.map(({ kind }) => kind)]).toEqual([[], ['create-index']]);
  });
});
