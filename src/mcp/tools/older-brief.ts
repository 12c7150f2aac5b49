import type { OlderLook, OlderPlan } from '../../operations/older-store.ts';
import { underSignal } from '../../operations/operation.ts';
import { shortText } from '../concise.ts';
import type { Desk } from '../tool.ts';

export const LEGACY_HINT =
  'Tasks with source "legacy" are still only in .task_orchestrator; claiming or changing one ' +
  'takes its breakdown over.';

const PLANS_MAX = 20;
const TEXT_CHARS_MAX = 160;

/** What only the older store of the project has; nothing where it has nothing. */
export function olderBrief({ plans, trouble }: Pick<OlderLook, 'plans' | 'trouble'>): object {
  if (plans.length === 0) return troubleBrief(trouble);
  const legacy = {
    tasks: plans.reduce((total, { tasks }) => total + tasks.length, 0),
    plans: plans.slice(0, PLANS_MAX).map(planBrief),
    ...(plans.length > PLANS_MAX ? { more_plans: plans.length - PLANS_MAX } : {}),
    next:
      'They are still only in .task_orchestrator: orchestrator_query_tasks lists them, ' +
      'orchestrator_execute_task or orchestrator_claim_next {"parent_task_id"} takes one over ' +
      'with its breakdown.',
  };
  return { legacy, ...troubleBrief(trouble) };
}

/** What is wrong with the older store, for an answer that does not fail for it. */
export async function olderTrouble({ workspace, signal }: Desk): Promise<object> {
  return troubleBrief((await underSignal(workspace, signal).older?.look())?.trouble ?? null);
}

function troubleBrief(trouble: OlderLook['trouble']): object {
  if (trouble === null) return {};
  const { code, message, remedy: next } = trouble;
  return { legacy_trouble: { code, message, next } };
}

function planBrief({ parentTaskId, title, tasks }: OlderPlan): object {
  const states = Map.groupBy(tasks, ({ state }) => state);
  const counts = Object.fromEntries([...states].map(([state, own]) => [state, own.length]));
  return { parent_task_id: parentTaskId, title: shortText(title, TEXT_CHARS_MAX), counts };
}
