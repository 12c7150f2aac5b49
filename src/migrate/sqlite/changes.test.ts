import { afterEach, describe, expect, it } from 'vitest';
import { edited, OFFICE, PlanningBench, without } from '../../../test/support/planning-bench.ts';
import type { Directives } from '../directives.ts';

const bench = new PlanningBench();
afterEach(() => bench.close());

interface Change {
  readonly what: string;
  readonly schema: readonly string[];
  readonly directives?: Directives;
  /** The steps of this engine, but for what is put aside and back. */
  readonly kinds: readonly string[];
  /** Those of an engine before 3.53, where they differ. */
  readonly older?: readonly string[];
  /** What must hold afterwards. */
  readonly holds?: readonly [sql: string, value: unknown];
}

const REBUILD = ['rebuild-table'];
const NOTE = '    note TEXT,\n';

const CHANGES: readonly Change[] = [
  { what: 'nothing', schema: OFFICE, kinds: [] },
  {
    what: 'the way a text is written',
    schema: edited('state IN (', '/* the two */ "state" in ('),
    kinds: [],
  },
  {
    what: 'the order of columns',
    schema: edited('name TEXT NOT NULL,\n    note TEXT,', 'note TEXT,\n    name TEXT NOT NULL,'),
    kinds: [],
  },
  {
    what: 'a new table',
    schema: [...OFFICE, 'CREATE TABLE tag (a TEXT)'],
    kinds: ['create-table'],
  },
  {
    what: 'a new column that may be null',
    schema: edited('note TEXT,', 'note TEXT,\n colour TEXT,'),
    kinds: ['add-column'],
  },
  {
    what: 'a new column with a constant',
    schema: edited('note TEXT,', "colour TEXT NOT NULL DEFAULT 'red',\n note TEXT,"),
    kinds: ['add-column'],
    holds: ["SELECT count(*) FROM project WHERE colour = 'red'", 2],
  },
  {
    what: 'a new column with a default that is computed',
    schema: edited(
      'note TEXT,',
      "made TEXT NOT NULL DEFAULT (strftime('%Y', 'now')),\n note TEXT,",
    ),
    kinds: REBUILD,
    holds: ['SELECT count(*) FROM project WHERE made > 2000', 2],
  },
  {
    what: 'a new column that is filled by a directive',
    schema: edited('note TEXT,', 'size INTEGER NOT NULL,\n note TEXT,'),
    directives: { backfills: [{ table: 'project', column: 'size', expression: 'length(name)' }] },
    kinds: REBUILD,
    holds: ['SELECT sum(size) FROM project', 6],
  },
  {
    what: 'a new column that refers to another table',
    schema: edited(
      "effort TEXT,\n    CONSTRAINT task_state CHECK (state IN ('open', 'done')),",
      'effort TEXT, after_id INTEGER, ' +
        "CONSTRAINT task_state CHECK (state IN ('open', 'done')), " +
        'CONSTRAINT task_after FOREIGN KEY (after_id) REFERENCES task (id) ON DELETE SET NULL,',
    ),
    kinds: ['add-column'],
  },
  {
    what: 'a new column that is computed when read',
    schema: edited('note TEXT,', 'note TEXT,\n size INTEGER GENERATED ALWAYS AS (length(name)),'),
    kinds: ['add-column'],
    holds: ['SELECT sum(size) FROM project', 6],
  },
  {
    what: 'a new column that is computed when written',
    schema: edited('note TEXT,', 'note TEXT,\n size INTEGER AS (length(name)) STORED,'),
    kinds: REBUILD,
    holds: ['SELECT sum(size) FROM project', 6],
  },
  {
    what: 'a dropped column',
    schema: edited(NOTE, ''),
    directives: { droppedColumns: [{ table: 'project', column: 'note', since: '2' }] },
    kinds: ['drop-column'],
  },
  {
    what: 'a renamed column',
    schema: edited('title', 'name_of_it', edited('task_title', 'task_name')),
    directives: {
      renamedColumns: [{ table: 'task', column: 'name_of_it', renamedFrom: ['title'] }],
    },
    kinds: ['rename-column', 'drop-index', 'create-index'],
    holds: ["SELECT count(*) FROM open_task WHERE name_of_it LIKE 'Task %'", 20],
  },
  {
    what: 'a renamed table',
    schema: OFFICE.map((text) => text.replaceAll(/\bproject\b/g, 'effort_of_all')),
    directives: { renamedTables: [{ table: 'effort_of_all', renamedFrom: ['project'] }] },
    kinds: ['rename-table'],
    holds: ["SELECT seq FROM sqlite_sequence WHERE name = 'effort_of_all'", 3],
  },
  {
    what: 'another type',
    schema: edited('effort TEXT', 'effort INTEGER'),
    kinds: REBUILD,
    holds: ["SELECT count(*) FROM task WHERE typeof(effort) = 'integer' AND effort = id", 20],
  },
  {
    what: 'another type, by a directive',
    schema: edited('title TEXT', 'title INTEGER'),
    directives: {
      conversions: [
        { table: 'task', column: 'title', expression: 'CAST(substr(title, 6) AS INT)' },
      ],
    },
    kinds: REBUILD,
    holds: ['SELECT count(*) FROM task WHERE title = id', 20],
  },
  {
    what: 'a column that may no longer be null',
    schema: edited('effort TEXT', 'effort TEXT NOT NULL'),
    kinds: ['set-not-null'],
    older: REBUILD,
  },
  {
    what: 'a column that may no longer be null, filled by a directive',
    schema: edited('note TEXT', 'note TEXT NOT NULL'),
    directives: { backfills: [{ table: 'project', column: 'note', expression: "'none'" }] },
    kinds: REBUILD,
    holds: ["SELECT count(*) FROM project WHERE note = 'none'", 2],
  },
  {
    what: 'a column that may be null',
    schema: edited('title TEXT NOT NULL', 'title TEXT'),
    kinds: ['drop-not-null'],
    older: REBUILD,
  },
  {
    what: 'another default',
    schema: edited("DEFAULT 'open'", "DEFAULT 'done'"),
    kinds: REBUILD,
    holds: ["SELECT count(*) FROM task WHERE state = 'open'", 20],
  },
  {
    what: 'another check of that name',
    schema: edited("('open', 'done')", "('open', 'done', 'late')"),
    kinds: ['drop-check', 'add-check'],
    older: REBUILD,
  },
  {
    what: 'a check that can come out as null',
    schema: edited("CHECK (name <> '')", "CHECK (note <> '')"),
    kinds: REBUILD,
  },
  {
    what: 'a check without a name',
    schema: edited("CONSTRAINT project_name CHECK (name <> '')", "CHECK (name <> '')"),
    kinds: ['drop-check', 'add-check'],
    older: REBUILD,
  },
  {
    what: 'another action of a foreign key',
    schema: edited('REFERENCES project (id) ON DELETE CASCADE', 'REFERENCES project (id)'),
    kinds: REBUILD,
  },
  {
    what: 'another primary key',
    schema: edited('PRIMARY KEY (task_id, place)', 'PRIMARY KEY (place, task_id)'),
    kinds: REBUILD,
  },
  {
    what: 'a unique constraint',
    schema: edited('note TEXT,', 'note TEXT,\n CONSTRAINT project_names UNIQUE (name),'),
    kinds: REBUILD,
  },
  {
    what: 'a strict table',
    schema: edited('weight INTEGER)', 'weight INTEGER) STRICT'),
    kinds: REBUILD,
  },
  {
    what: 'a table with numbered rows',
    schema: edited('STRICT, WITHOUT ROWID', 'STRICT'),
    kinds: REBUILD,
  },
  {
    what: 'another condition of an index',
    schema: edited("(project_id) WHERE state = 'open'", "(project_id) WHERE state = 'done'"),
    kinds: ['drop-index', 'create-index'],
  },
  { what: 'an index that is gone', schema: without('task_title'), kinds: ['drop-index'] },
  {
    what: 'another view',
    schema: edited('SELECT id, title FROM', 'SELECT id, title, effort FROM'),
    kinds: ['drop-view', 'create-view'],
    holds: ['SELECT effort FROM open_task WHERE id = 7', '7'],
  },
  { what: 'a view that is gone', schema: without('open_step'), kinds: ['drop-view'] },
  {
    what: 'another trigger',
    schema: edited("|| ' is '", "|| ' became '"),
    kinds: ['drop-trigger', 'create-trigger'],
  },
  { what: 'a trigger that is gone', schema: without('task_noted'), kinds: ['drop-trigger'] },
];

/** What no change above may touch. */
function facts(of: PlanningBench): readonly unknown[] {
  return [
    of.rows('SELECT count(*) FROM step'),
    of.rows('SELECT rowid, line, weight FROM journal'),
    of.rows("SELECT seq FROM sqlite_sequence WHERE name = 'task'"),
    of.rows('SELECT id, project_id, state FROM task'),
    of.rows('PRAGMA foreign_key_check'),
    of.rows('PRAGMA foreign_keys'),
  ];
}

describe.each([
  { engine: 'this engine', version: undefined },
  { engine: 'an engine of last year', version: '3.51.3' },
])('on $engine', ({ version }) => {
  it.each(CHANGES)('$what: the fewest steps, and nothing else is touched', (change) => {
    bench.begin(OFFICE, version);
    const before = facts(bench);
    const { plan, closed, fault } = bench.migrate(change.schema, change.directives);
    expect([plan.refusals, closed, fault]).toEqual([[], [], null]);
    const kinds = plan.steps
      .map(({ kind }) => kind)
      .filter((kind) => kind !== 'set-aside' && kind !== 'put-back');
    expect(kinds).toEqual(version === undefined ? change.kinds : (change.older ?? change.kinds));
    expect(facts(bench)).toEqual(before);
    if (change.holds !== undefined) expect(bench.value(change.holds[0])).toBe(change.holds[1]);
  });
});
