import { type OperationContext, operation, underSignal } from './operation.ts';
import { type PlannedBreakdown, plannedOf } from './plan-breakdown.ts';
import { planOf, requestOf, type SubtaskWish } from './subtask-wish.ts';

export interface AddSubtasks {
  /** Exactly; see `resolveBreakdown`. */
  readonly parentTaskId: string;
  readonly subtasks: readonly SubtaskWish[];
  readonly requestKey?: string | null;
  readonly signal?: AbortSignal;
}

/**
 * Add subtasks to a breakdown, behind those that it has. They may depend on these, and on each
 * other. All are added or none.
 *
 * @throws PawlError `breakdown_not_found`, `breakdown_archived`, `plan_invalid`, `key_reused`.
 */
export async function addSubtasks(
  ctx: OperationContext,
  { parentTaskId, subtasks, requestKey, signal }: AddSubtasks,
): Promise<PlannedBreakdown> {
  const span = { operation: 'add-subtasks', breakdown: parentTaskId };
  return await operation(ctx, span, async () => {
    const plans = subtasks.map(planOf);
    const enqueued = await underSignal(ctx, signal).store.addSubtasks(
      { parentTaskId, subtasks: plans },
      requestOf('add-subtasks', requestKey, { parentTaskId, subtasks }),
    );
    ctx.log.info('breakdown.planned', { breakdown: parentTaskId, added: plans.length });
    return await plannedOf(ctx, enqueued);
  });
}
