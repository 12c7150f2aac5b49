import { expect, it } from 'vitest';
import { EMPTY_CATALOGUE, fingerprintOf } from './catalogue.ts';
import { type Plan, STEP_CLASSES, type StepClass } from './plan-model.ts';
import { OBJECTION_CODES, objectionsTo, UNATTENDED } from './policy.ts';

const plan = (change: Partial<Plan> = {}): Plan => {
  const same = fingerprintOf(EMPTY_CATALOGUE, (name) => name);
  return { from: same, to: same, steps: [], refusals: [], drift: [], rowsKept: [], ...change };
};

const step = (risk: StepClass): Plan['steps'][number] => ({
  ...{ kind: 'some-step', object: 'task', class: risk, statements: [], gates: [], rowsOf: null },
});

it('everything that is harmless, guarded or said in code may happen unattended', () => {
  expect(objectionsTo(plan({ steps: STEP_CLASSES.map(step) }))).toEqual([]);
});

it('a narrower policy objects to each step it does not allow', () => {
  const policy = { ...UNATTENDED, classes: ['additive'] as const };
  const found = objectionsTo(plan({ steps: STEP_CLASSES.map(step) }), policy);
  expect(found).toHaveLength(STEP_CLASSES.length - 1);
  expect(new Set(found.map(({ code }) => code))).toEqual(new Set(['class_not_allowed']));
});

it('a refused plan is never run, and a loss by hand is a person’s affair', () => {
  const refusal = { code: 'unexplained_drop', object: 'a', message: 'b', remedy: 'c' } as const;
  const drift = { kind: 'table', object: 'd', message: 'e', fate: 'emptied' } as const;
  const found = objectionsTo(plan({ refusals: [refusal], drift: [drift] }));
  expect(found.map(({ code, object }) => `${code} ${object}`)).toEqual([
    'plan_refused a',
    'rows_lost d',
  ]);
  expect(objectionsTo(plan({ drift: [drift] }), { ...UNATTENDED, emptied: true })).toEqual([]);
  for (const { code, remedy } of found) {
    expect(OBJECTION_CODES).toContain(code);
    expect(remedy).not.toBe('');
  }
});
