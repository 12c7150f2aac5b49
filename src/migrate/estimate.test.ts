import { describe, expect, it } from 'vitest';
import { type Costs, estimateOf } from './estimate.ts';
import type { Plan, Step } from './plan-model.ts';

const step = (kind: string, rowsOf: string | null, more: Partial<Step> = {}): Step => ({
  ...{ kind, object: 'x', class: 'additive', statements: ['SQL'], gates: [], rowsOf },
  ...more,
});

const planOf = (steps: readonly Step[], rowsKept: Plan['rowsKept'] = []): Plan => ({
  ...{ from: 'a', to: 'b', steps, refusals: [], drift: [], rowsKept },
});

const costs = (rows: Readonly<Record<string, number>>, more: Partial<Costs> = {}): Costs => ({
  ...{ rows: new Map(Object.entries(rows)), bytes: 80_000_000, hasLog: true },
  ...more,
});

describe('an estimate', () => {
  it('is nothing for a plan without steps', () => {
    expect(estimateOf(planOf([]), costs({ t: 5 }))).toMatchObject({ totalMs: 0, backupMs: 0 });
  });

  it('adds up the steps and the backup', () => {
    const steps = [step('add-column', null), step('rebuild-table', 't')];
    const estimate = estimateOf(planOf(steps), costs({ t: 60_000 }));
    expect(estimate.steps).toEqual([
      { rows: null, ms: 1 },
      { rows: 60_000, ms: 1001 },
    ]);
    expect(estimate).toMatchObject({ backupMs: 1000, totalMs: 2002, bytes: 80_000_000 });
  });

  it('takes a rebuild for dearer than an index, an index for dearer than a look', () => {
    const steps = ['rebuild-table', 'create-index', 'add-check'].map((kind) => step(kind, 't'));
    const [rebuild, index, look] = estimateOf(planOf(steps), costs({ t: 1_000_000 })).steps;
    expect(rebuild?.ms).toBeGreaterThan(index?.ms ?? 0);
    expect(index?.ms).toBeGreaterThan(look?.ms ?? 0);
  });

  it('counts what a gate reads, twice', () => {
    const gates = [{ about: 'rows are wrong', select: 'SELECT 1' }];
    const [without] = estimateOf(planOf([step('add-check', 't')]), costs({ t: 1e7 })).steps;
    const gated = planOf([step('add-check', 't', { gates })]);
    expect(estimateOf(gated, costs({ t: 1e7 })).steps[0]?.ms).toBe((without?.ms ?? 0) + 4000);
  });

  it('finds the rows of a table that the plan renames', () => {
    const plan = planOf([step('rebuild-table', 'later')], [{ before: 'early', after: 'later' }]);
    expect(estimateOf(plan, costs({ early: 7 })).steps).toMatchObject([{ rows: 7 }]);
  });

  it('copies nothing without rows; without a log, readers wait for the commit', () => {
    const plan = planOf([step('add-column', null)]);
    expect(estimateOf(plan, costs({ t: 0 }, { hasLog: false }))).toMatchObject({
      ...{ writers: 'wait', readers: 'wait_for_commit', backupMs: 0 },
    });
    expect(estimateOf(plan, costs({ t: 1 }))).toMatchObject({ readers: 'go_on' });
  });
});
