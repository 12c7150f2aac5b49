import { checkBreakdown } from './check-breakdown.ts';
import { type CheckedSubtasks, checkSubtasks } from './check-subtasks.ts';
import { planError } from './plan-faults.ts';
import type { BreakdownPlan, CheckedBreakdown } from './plan-model.ts';

const NOTHING_THERE = { taskIds: new Set<string>(), taken: new Set<string>() };

/**
 * Look at a plan of which nothing is stored yet.
 *
 * @throws PawlError `plan_invalid` with every fault in its details.
 */
export function checkNewBreakdown(
  plan: BreakdownPlan,
  { mayBeEmpty = false }: { readonly mayBeEmpty?: boolean } = {},
): { readonly breakdown: CheckedBreakdown } & Pick<CheckedSubtasks, 'subtasks' | 'notes'> {
  const { breakdown, faults } = checkBreakdown(plan);
  const isEmpty = mayBeEmpty && plan.subtasks.length === 0;
  const checked = isEmpty
    ? { subtasks: [], faults: [], notes: [] }
    : checkSubtasks(plan.subtasks, NOTHING_THERE);
  const all = [...faults, ...checked.faults];
  if (all.length > 0) throw planError(all);
  return { breakdown, subtasks: checked.subtasks, notes: checked.notes };
}
