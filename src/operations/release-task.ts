import type { ClaimContext } from './claim-context.ts';
import { completeTask, type TaskCompletion } from './complete-task.ts';
import type { NamedClaim } from './meant-claim.ts';

export interface ReleaseTask extends NamedClaim {
  readonly reason: string;
  readonly signal?: AbortSignal;
}

/**
 * Give a task back that one holds: it is queued again, and charged nothing.
 *
 * @throws PawlError as `completeTask` does.
 */
export async function releaseTask(
  ctx: ClaimContext,
  { reason, ...named }: ReleaseTask,
): Promise<TaskCompletion> {
  return await completeTask(ctx, { ...named, summary: reason, nextAction: 'release' });
}
