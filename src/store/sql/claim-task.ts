import type { ClaimedTask, ClaimTask } from '../store.ts';
import { takeTask } from './claim-next.ts';
import { existingTask } from './task-row.ts';
import type { Verb, VerbContext } from './verb.ts';

/** Claim one task by its `id`, whatever else is ready: for executing exactly this one. */
export function* claimTask(ctx: VerbContext, input: ClaimTask): Verb<ClaimedTask> {
  const task = yield* existingTask(input.id);
  return yield* takeTask(ctx, task, input);
}
