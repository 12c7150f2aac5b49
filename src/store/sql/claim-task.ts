import type { ClaimedTask, ClaimTask } from '../store.ts';
import { readRoom } from './limits.ts';
import { refuseWithoutRoom } from './refuse-without-room.ts';
import { takeTask } from './take-tasks.ts';
import { existingTask } from './task-row.ts';
import type { Verb, VerbContext } from './verb.ts';

/**
 * Claim one task by its `id`, whatever else is ready: for executing exactly this one.
 *
 * @throws PawlError `claims_full`, `label_not_offered`, `lease_held`, `illegal_transition`.
 */
export function* claimTask(ctx: VerbContext, input: ClaimTask): Verb<ClaimedTask> {
  const task = yield* existingTask(input.id);
  if (task.status === 'queued') {
    const agent = task.agent ?? input.defaultAgent;
    yield* refuseWithoutRoom({ ...task, agent }, yield* readRoom(input));
  }
  return yield* takeTask(ctx, task, input);
}
