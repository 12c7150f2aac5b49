import { describe, expect, it } from 'vitest';
import { isPawlError } from '../errors.ts';
import { checkBreakdown } from './check-breakdown.ts';
import { checkSubtasks } from './check-subtasks.ts';
import { complexityOf } from './complexity.ts';
import { nameSubtasks, parentId } from './name-subtasks.ts';
import { planError } from './plan-faults.ts';
import { PLAN_LIMITS } from './plan-limits.ts';
import type { SubtaskPlan } from './plan-model.ts';

const NOTHING = { taskIds: new Set<string>(), taken: new Set<string>() };
const faultsOf = (plans: readonly unknown[], known = NOTHING) =>
  checkSubtasks(plans as readonly SubtaskPlan[], known).faults.map(
    ({ code, index, field }) => `${code} ${index} ${field}`,
  );

describe('a plan', () => {
  it('is taken with keys, ids, and what is there already as dependencies', () => {
    const known = { taskIds: new Set(['old']), taken: new Set(['old', 'gone']) };
    const plans = [
      { key: 'a', title: ' A ' },
      { key: 'b', taskId: 'b_1', title: 'B', dependencies: ['a', 'old', 'a'] },
      { title: 'C', dependencies: ['b_1', 'b'], specialistType: 'Security Expert' },
    ];
    const { subtasks, faults } = checkSubtasks(plans, known);
    expect(faults).toEqual([]);
    expect(subtasks.map(({ dependencies }) => dependencies)).toEqual([[], [0, 'old'], [1]]);
    const named = nameSubtasks(subtasks, known.taken, () => 0.5);
    expect(named).toMatchObject([
      { taskId: 'subtask_800000', title: 'A', description: 'A', priority: 'P2' },
      { taskId: 'b_1', dependencies: ['subtask_800000', 'old'] },
      { taskId: 'security_expert_800000', dependencies: ['b_1'] },
    ]);
  });

  it('is refused with every fault, each at its place', () => {
    expect(
      faultsOf([
        { title: '', key: 'a b' },
        { title: 'x'.repeat(501), taskId: 't', dependencies: ['t'] },
        { title: 'B', taskId: 't', dependencies: ['nobody'] },
        { title: 3, key: 'k', acceptance: 'no list' },
        { title: 'D', key: 'k', dependencies: ['k'], labels: [1], timeoutMs: 0.5 },
        { title: 'nul \0', description: '\ud800', onDepFailure: 'never', verify: [] },
        null,
      ]),
    ).toEqual([
      ...['id_invalid 0 key', 'id_duplicate 2 taskId', 'key_duplicate 4 key'],
      ...['text_missing 0 title', 'text_too_long 1 title', 'dependency_ambiguous 1 dependencies'],
      ...['dependency_unknown 2 dependencies', 'text_invalid 3 title'],
      ...['text_invalid 3 acceptance', 'text_invalid 4 labels', 'timeout_invalid 4 timeoutMs'],
      ...['dependency_ambiguous 4 dependencies', 'text_invalid 5 title'],
      ...['text_invalid 5 description', 'policy_unknown 5 onDepFailure', 'text_missing 6 title'],
    ]);
  });

  it('is refused with the path of a cycle, in the names that its planner gave', () => {
    const plans = [
      { key: 'a', title: 'A', dependencies: ['c'] },
      { title: 'B', dependencies: ['a'] },
      { taskId: 'c', title: 'C', dependencies: ['a'] },
    ];
    const { faults } = checkSubtasks(plans, NOTHING);
    expect(faults).toMatchObject([
      { code: 'dependency_cycle', message: 'a waits for c waits for a' },
    ]);
  });

  it('tells what a mistyped dependency may mean, and what is archived', () => {
    const known = { taskIds: new Set(['architect_1']), taken: new Set(['gone', 'architect_1']) };
    const plans = [{ title: 'A', dependencies: ['architect_2', 'gone'] }];
    const { faults } = checkSubtasks(plans, known);
    expect(faults).toMatchObject([
      { remedy: 'Did you mean architect_1?' },
      { message: 'gone is archived' },
    ]);
  });

  it('has limits, and none of them is off by one', () => {
    const many = (count: number) => Array.from({ length: count }, () => ({ title: 'x' }));
    expect(faultsOf([])).toEqual(['plan_empty null subtasks']);
    expect(faultsOf(many(PLAN_LIMITS.subtasksMax))).toEqual([]);
    expect(faultsOf(many(PLAN_LIMITS.subtasksMax + 1))).toEqual(['too_many null subtasks']);
    const taken = new Set(
      Array.from({ length: PLAN_LIMITS.breakdownTasksMax - 1 }, (_, at) => `T${at}`),
    );
    expect(faultsOf(many(1), { taskIds: taken, taken })).toEqual([]);
    expect(faultsOf(many(2), { taskIds: taken, taken })).toEqual(['too_many null subtasks']);
    expect(faultsOf([{ title: 'x'.repeat(PLAN_LIMITS.titleLengthMax) }])).toEqual([]);
  });

  it('takes the complexity words of both eras, however they are written', () => {
    expect(['Trivial', 'very complex', 'VERY-COMPLEX', 'odd'].map(complexityOf)).toEqual([
      ...['trivial', 'very_complex', 'very_complex', null],
    ]);
    const { breakdown, faults } = checkBreakdown({ description: `${'x'.repeat(600)}\nmore` });
    expect(faults).toEqual([]);
    expect(breakdown.title).toHaveLength(PLAN_LIMITS.titleLengthMax);
    expect(checkBreakdown({}).faults).toMatchObject([{ field: 'description' }]);
    expect(checkBreakdown({ title: 'T' }).breakdown.description).toBe('T');
  });

  it('is refused by an error that names the first fault and counts the others', () => {
    const { faults } = checkSubtasks([{ key: 'a', title: '' }, { title: '' }], NOTHING);
    const error = planError(faults);
    expect(error.message).toBe('subtask 1 (a), title: is missing (and 1 more)');
    expect(isPawlError(error, 'plan_invalid')).toBe(true);
    expect(error.details).toMatchObject({ faultCount: 2 });
  });
});

it('ids are found with any chance, also where it stands still', () => {
  const untitled = Array.from({ length: 3 }, () => ({ title: 'x' }));
  const { subtasks } = checkSubtasks(untitled, NOTHING);
  const ids = nameSubtasks(subtasks, new Set(['subtask_ffffff']), () => 0.999_999_99).map(
    ({ taskId }) => taskId,
  );
  expect(ids).toEqual(['subtask_000000', 'subtask_000001', 'subtask_000002']);
  expect([parentId(0, 0), parentId(0.5, 1)]).toEqual(['task_00000000', 'task_80000001']);
});
