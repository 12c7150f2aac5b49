import { checkNewBreakdown } from '../domain/breakdown/check-new-breakdown.ts';
import type { PlanNote } from '../domain/breakdown/plan-model.ts';
import { PawlError } from '../domain/errors.ts';
import type { EnqueuedBreakdown } from '../store/breakdowns.ts';
import { type BreakdownView, breakdownView } from './breakdown-view.ts';
import { type OperationContext, operation, underSignal } from './operation.ts';
import { type BreakdownWish, planOf, requestOf } from './subtask-wish.ts';

export interface PlanBreakdown {
  readonly plan: BreakdownWish;
  readonly sessionId?: string | null;
  /** Default: `plan`. */
  readonly source?: string;
  /** With the same key and plan again nothing is stored twice: the first answer is given. */
  readonly requestKey?: string | null;
  readonly signal?: AbortSignal;
}

export interface PlannedBreakdown {
  readonly breakdown: BreakdownView;
  readonly subtasks: readonly PlannedSubtask[];
  readonly notes: readonly PlanNote[];
}

export interface PlannedSubtask {
  /** As the plan named it. */
  readonly key: string | null;
  /** Unique over all lists. */
  readonly id: string;
  /** Unique in the breakdown. */
  readonly taskId: string;
  readonly title: string;
  readonly specialistType: string | null;
  /** Task ids. */
  readonly dependencies: readonly string[];
}

/**
 * Store a plan: the breakdown with all its subtasks and their order, or nothing at all. Nobody
 * executes it by this; agents may claim its ready subtasks at once.
 *
 * @throws PawlError `plan_invalid` with every fault, its place and remedy in `details.faults`;
 *   `breakdown_exists`; `key_reused`; `aborted`.
 */
export async function planBreakdown(
  ctx: OperationContext,
  input: PlanBreakdown,
): Promise<PlannedBreakdown> {
  const { plan, sessionId = null, source = 'plan', requestKey, signal } = input;
  return await operation(ctx, { operation: 'plan-breakdown' }, async () => {
    const subtasks = (plan.subtasks ?? []).map(planOf);
    const enqueued = await underSignal(ctx, signal).store.enqueueBreakdown(
      { plan: { ...plan, subtasks }, source, sessionId },
      requestOf('plan-breakdown', requestKey, { plan, sessionId, source }),
    );
    const { parentTaskId, listId } = enqueued;
    ctx.log.info('breakdown.planned', { breakdown: parentTaskId, list: listId });
    return await plannedOf(ctx, enqueued);
  });
}

/**
 * Look at a plan for which there is no store yet.
 *
 * @throws PawlError `plan_invalid`, as storing it would.
 */
export function checkPlan(plan: BreakdownWish): void {
  checkNewBreakdown({ ...plan, subtasks: plan.subtasks.map(planOf) });
}

/** What was stored, beside the breakdown as it is now. */
export async function plannedOf(
  { store }: OperationContext,
  { parentTaskId, subtasks, notes }: EnqueuedBreakdown,
): Promise<PlannedBreakdown> {
  const now = await store.breakdown(parentTaskId);
  if (now === null) throw new PawlError('breakdown_not_found', `${parentTaskId} is gone`);
  return { breakdown: breakdownView(now), subtasks, notes };
}
