import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { edited, OFFICE, PlanningBench, without } from '../../../test/support/planning-bench.ts';
import type { Directives } from '../directives.ts';

const bench = new PlanningBench();
beforeEach(() => {
  bench.begin();
});
afterEach(() => bench.close());

const refused = (schema: readonly string[], directives: Directives = {}): readonly string[] => {
  const { refusals, steps } = bench.plan(schema, directives);
  if (refusals.length > 0) expect(steps, 'a refused plan has no steps').toEqual([]);
  for (const one of refusals) expect(one.remedy).not.toBe('');
  return refusals.map(({ code, object }) => `${code} ${object}`);
};

const NO_NOTE = edited('    note TEXT,\n', '');
const REMARK = edited('note TEXT', 'remark TEXT');
const renamed = (...renamedFrom: readonly string[]): Directives => ({
  renamedColumns: [{ table: 'project', column: 'remark', renamedFrom }],
});

describe('what is ours and is no longer declared', () => {
  it('is never dropped without a directive', () => {
    expect(refused(NO_NOTE)).toEqual(['unexplained_drop project.note']);
    const schema = without('TABLE journal', without('task_noted'));
    expect(refused(schema)).toEqual(['unexplained_drop journal']);
  });

  it('is never taken for a rename when something like it is new', () => {
    expect(refused(REMARK)).toEqual(['unexplained_rename project.note']);
    const schema = OFFICE.map((text) => text.replaceAll('journal', 'diary'));
    expect(refused(schema)).toEqual(['unexplained_rename journal']);
  });

  it('is dropped when a directive says so, with its rows', () => {
    const schema = without('TABLE journal', without('task_noted'));
    const droppedTables = [{ table: 'journal', since: '2' }];
    const { plan, fault } = bench.migrate(schema, { droppedTables });
    expect(fault).toBeNull();
    expect(plan.steps.map((one) => [one.kind, one.class])).toContainEqual([
      'drop-table',
      'destructive',
    ]);
    expect(plan.rowsKept.map(({ before }) => before)).not.toContain('journal');
  });

  it('without a record it is somebody else’s, but for what a directive names', () => {
    bench.forget();
    expect(refused(NO_NOTE)).toEqual([]);
    expect(bench.plan(NO_NOTE).drift.map(({ object }) => object)).toEqual(['project.note']);
    const droppedColumns = [{ table: 'project', column: 'note', since: '2' }];
    const { steps, drift } = bench.plan(NO_NOTE, { droppedColumns });
    expect(steps.map(({ kind }) => kind)).toContain('drop-column');
    expect(drift).toEqual([]);
  });

  it('so is an index: one that a directive names goes, until there is a record', () => {
    bench.forget();
    const schema = without('INDEX task_title');
    expect(bench.plan(schema).drift.map(({ object }) => object)).toEqual(['task_title']);
    const droppedIndexes = [{ index: 'task_title', since: '2' }];
    const { plan, fault } = bench.migrate(schema, { droppedIndexes });
    expect([plan.steps.map(({ object }) => object), plan.drift, fault]).toEqual([
      ...[['task_title'], [], null],
    ]);
    bench.run('CREATE INDEX task_title ON task (title)');
    expect(bench.plan(schema, { droppedIndexes }).drift.map(({ fate }) => fate)).toEqual(['kept']);
  });

  it('a drop that was done does not touch what somebody made later under that name', () => {
    const droppedColumns = [{ table: 'project', column: 'note', since: '2' }];
    bench.migrate(NO_NOTE, { droppedColumns });
    bench.run('ALTER TABLE project ADD COLUMN note TEXT');
    const { steps, drift } = bench.plan(NO_NOTE, { droppedColumns });
    expect([steps, drift.map(({ fate }) => fate)]).toEqual([[], ['kept']]);
  });
});

describe('a rename', () => {
  it('keeps the values, is done once, and asks for nothing afterwards', () => {
    bench.run("UPDATE project SET note = 'n' || id");
    bench.migrate(REMARK, renamed('note'));
    expect(bench.rows('SELECT remark FROM project')).toEqual([['n1'], ['n2']]);
    expect(bench.plan(REMARK, renamed('note')).steps).toEqual([]);
  });

  it('knows every name a column had', () => {
    const { steps } = bench.plan(REMARK, renamed('comment', 'note'));
    expect(steps.map(({ object }) => object)).toEqual(['project.remark']);
  });

  it('of a table and of its column, with a change that makes it anew, is one plan', () => {
    const schema = OFFICE.map((text) =>
      text.replaceAll(/\btask\b/g, 'job').replaceAll(/\beffort TEXT\b/g, 'hours INTEGER NOT NULL'),
    );
    const { plan, fault } = bench.migrate(schema, {
      renamedTables: [{ table: 'job', renamedFrom: ['task'] }],
      renamedColumns: [{ table: 'job', column: 'hours', renamedFrom: ['effort'] }],
    });
    expect([plan.refusals, fault]).toEqual([[], null]);
    expect(bench.value('SELECT sum(hours) FROM job')).toBe(210);
    expect(bench.value('SELECT count(*) FROM step')).toBe(40);
    expect(plan.rowsKept).toContainEqual({ before: 'task', after: 'job' });
  });

  it('is refused when the database has both names', () => {
    bench.run('ALTER TABLE project ADD COLUMN remark TEXT');
    expect(refused(REMARK, renamed('note'))).toEqual([
      'directive_conflict project.remark',
      'unexplained_drop project.note',
    ]);
  });

  it('gives its old name free in the same release', () => {
    const schema = edited('note TEXT', 'remark TEXT, note INTEGER');
    bench.run("UPDATE project SET note = 'old'");
    expect(bench.migrate(schema, renamed('note')).fault).toBeNull();
    expect(bench.rows('SELECT DISTINCT note, remark FROM project')).toEqual([[null, 'old']]);
  });
});

describe('a directive is refused that', () => {
  const WRONG: readonly (readonly [string, Directives, readonly string[]])[] = [
    ['renames to what is not declared', renamed('note'), ['directive_unused project.remark']],
    [
      'drops what is declared',
      {
        droppedTables: [{ table: 'journal', since: '2' }],
        droppedColumns: [{ table: 'project', column: 'note', since: '2' }],
      },
      ['directive_conflict journal', 'directive_conflict project.note'],
    ],
    [
      'fills or converts what is not declared',
      {
        backfills: [{ table: 'project', column: 'size', expression: '1' }],
        conversions: [{ table: 'nowhere', column: 'size', expression: '1' }],
      },
      ['directive_unused project.size', 'directive_unused nowhere.size'],
    ],
    [
      'changes two names for each other',
      {
        renamedColumns: [
          { table: 'project', column: 'name', renamedFrom: ['note'] },
          { table: 'project', column: 'note', renamedFrom: ['name'] },
        ],
      },
      ['directive_conflict project.name', 'directive_conflict project.note'],
    ],
    [
      'renames one thing twice',
      {
        renamedColumns: [
          { table: 'project', column: 'name', renamedFrom: ['title'] },
          { table: 'project', column: 'note', renamedFrom: ['title'] },
        ],
      },
      ['directive_conflict project.title'],
    ],
  ];
  it.each(WRONG)('%s', (_, directives, refusals) => {
    expect(refused(OFFICE, directives)).toEqual(refusals);
  });
});

it('a plan is the same for the same input, byte for byte', () => {
  const directives = renamed('note');
  const schema = edited("DEFAULT 'open'", "DEFAULT 'done'", REMARK);
  const [first, second] = [bench.plan(schema, directives), bench.plan(schema, directives)];
  expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  expect(first.from).not.toBe(first.to);
});

it('a declaration that the engine does not take, or would trip over, is named at once', () => {
  const { dialect } = bench;
  expect(() => dialect.pristine(['CREATE TABLE a (b TEXT,)'])).toThrow(/syntax error/);
  expect(() => dialect.pristine(['CREATE VIEW a AS SELECT * FROM b'])).toThrow(/a reads what is/);
  const key = 'CREATE TABLE b (c REFERENCES a (d))';
  expect(() => dialect.pristine(['CREATE TABLE a (d)', key])).toThrow(/foreign key mismatch/);
});
