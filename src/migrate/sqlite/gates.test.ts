import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { edited, OFFICE, PlanningBench } from '../../../test/support/planning-bench.ts';
import { runPlan } from '../../../test/support/run-plan.ts';
import type { Directives } from '../directives.ts';
import { indexParts, isConstant } from './gates.ts';

const bench = new PlanningBench();
beforeEach(() => {
  bench.begin();
});
afterEach(() => bench.close());

interface Closing {
  readonly what: string;
  readonly schema: readonly string[];
  readonly directives?: Directives;
  /** Makes the rows unfit, where they are not. */
  readonly spoil?: string;
  readonly about: string;
  /** Makes the rows fit. */
  readonly cure: string;
  /** What the engine says when nobody asks the gate; null when it would say nothing. */
  readonly harm: RegExp | null;
}

const CLOSED: readonly Closing[] = [
  {
    what: 'nulls where none may be',
    schema: edited('note TEXT,', 'note TEXT NOT NULL,'),
    about: 'rows of project have no note',
    cure: "UPDATE project SET note = ''",
    harm: /constraint failed/,
  },
  {
    what: 'rows for which a new column has no value',
    schema: edited('note TEXT,', 'note TEXT, size INTEGER NOT NULL,'),
    about: 'rows of project have no size',
    cure: 'DELETE FROM project',
    harm: /NOT NULL constraint failed/,
  },
  {
    what: 'duplicates under a new constraint',
    schema: edited('effort TEXT,', 'effort TEXT, CONSTRAINT task_one UNIQUE (project_id),'),
    about: 'rows of task have the same project_id',
    cure: 'DELETE FROM task WHERE id > 2',
    harm: /UNIQUE constraint failed/,
  },
  {
    what: 'duplicates under a new index of an expression, where its condition holds',
    schema: [
      ...OFFICE,
      "CREATE UNIQUE INDEX task_word ON task (substr(title, 1, 4) DESC) WHERE state = 'open'",
    ],
    about: 'rows of task are the same to the index task_word',
    cure: "UPDATE task SET state = 'done' WHERE id > 1",
    harm: /UNIQUE constraint failed/,
  },
  {
    what: 'rows that break a new check of a renamed column',
    schema: edited(
      "CONSTRAINT task_state CHECK (state IN ('open', 'done')),",
      "CONSTRAINT task_state CHECK (state IN ('open', 'done')),\n" +
        "CONSTRAINT task_hours CHECK (hours <> '7'),",
      edited('effort TEXT', 'hours TEXT'),
    ),
    directives: { renamedColumns: [{ table: 'task', column: 'hours', renamedFrom: ['effort'] }] },
    about: 'rows of task break the check task_hours',
    cure: 'DELETE FROM task WHERE id = 7',
    harm: /CHECK constraint failed/,
  },
  {
    what: 'rows that would refer to nothing',
    schema: edited(
      'journal (line TEXT, weight INTEGER)',
      'journal (line TEXT, weight INTEGER, FOREIGN KEY (weight) REFERENCES task (id))',
    ),
    spoil: 'UPDATE journal SET weight = 99 WHERE rowid = 5',
    about: 'rows of journal refer to rows of task that are not there',
    cure: 'UPDATE journal SET weight = 1 WHERE weight = 99',
    harm: /orphans/,
  },
  {
    what: 'values that a strict table does not hold',
    schema: edited('weight INTEGER)', 'weight INTEGER) STRICT'),
    spoil: "UPDATE journal SET weight = 'heavy' WHERE rowid = 5",
    about: 'rows of journal hold what is no integer in weight',
    cure: "UPDATE journal SET weight = 3 WHERE weight = 'heavy'",
    harm: /cannot store TEXT value in INTEGER column/,
  },
  {
    what: 'values that another type would change without a word',
    schema: edited('title TEXT', 'title INTEGER'),
    about: 'rows of task hold what is no integer in title',
    cure: 'UPDATE task SET title = id',
    harm: null,
  },
  {
    what: 'values that a directive makes unfit',
    schema: edited('title TEXT', 'title INTEGER'),
    directives: { conversions: [{ table: 'task', column: 'title', expression: "title || 'x'" }] },
    about: 'rows of task hold what is no integer in title',
    cure: 'DELETE FROM task',
    harm: null,
  },
  {
    what: 'values that are written in a column that is to be computed',
    schema: edited('effort TEXT', 'effort TEXT AS (title)'),
    about: 'rows of task hold in effort what is not computed',
    cure: 'UPDATE task SET effort = title',
    harm: null,
  },
];

describe('a gate is closed by', () => {
  it.each(CLOSED)(
    '$what, and opens when they are gone',
    ({ schema, directives, spoil, about, cure, harm }) => {
      bench.run(...(spoil === undefined ? [] : [spoil]));
      const before = bench.rows('SELECT sql FROM sqlite_schema');
      const closed = bench.migrate(schema, directives);
      expect([closed.plan.refusals, closed.closed]).toEqual([[], [about]]);
      expect(bench.rows('SELECT sql FROM sqlite_schema')).toEqual(before);

      if (harm !== null) {
        expect(runPlan(bench.connection, closed.plan, true).fault).toMatch(harm);
      }
      bench.run(cure);
      const open = bench.migrate(schema, directives);
      expect([open.closed, open.fault]).toEqual([[], null]);
    },
  );

  it('ten rows at the most are shown, by their key', () => {
    const [step] = bench
      .plan(edited('title TEXT', 'title INTEGER'))
      .steps.filter(({ gates }) => gates.length > 0);
    const rows = bench.rows(step?.gates[0]?.select ?? '');
    expect(rows).toEqual(Array.from({ length: 10 }, (_, at) => [at + 1]));
  });

  it('a change that only loosens asks nothing', () => {
    const { steps } = bench.plan(edited('title TEXT NOT NULL', 'title TEXT'));
    expect(steps.flatMap(({ gates }) => gates)).toEqual([]);
  });
});

describe('the text of an index', () => {
  it('is cut into its terms and its condition', () => {
    const sql = 'CREATE UNIQUE INDEX i ON t (lower(a, b) COLLATE nocase DESC, c asc) WHERE (c) > 0';
    expect(indexParts(sql)).toEqual({
      terms: ['lower(a, b) COLLATE nocase', 'c'],
      where: '(c) > 0',
    });
  });
});

describe('a default', () => {
  it.each(['1', '-1', "'a'", 'null', 'true', "x'01'"])('%s is one value', (text) => {
    expect(isConstant(text)).toBe(true);
  });
  it.each(['current_timestamp', '1 + 1', "lower('A')", '- - 1', ''])('%s is none', (text) => {
    expect(isConstant(text)).toBe(false);
  });
});
