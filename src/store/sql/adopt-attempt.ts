import { PawlError } from '../../domain/errors.ts';
import { adopt } from '../../domain/transition/adopt.ts';
import type { AdoptAttempt, ClaimedTask } from '../store.ts';
import { existingTask, writeTransition } from './task-row.ts';
import type { Verb, VerbContext } from './verb.ts';

/** Watch over an attempt whose holder is gone. Fence and attempt stay; the term rises. */
export function* adoptAttempt(ctx: VerbContext, input: AdoptAttempt): Verb<ClaimedTask> {
  const task = yield* existingTask(input.id);
  const { overdueMs } = input;
  if (overdueMs !== undefined && (task.leaseUntilMs ?? 0) + overdueMs >= ctx.nowMs) {
    throw new PawlError('lease_held', 'its holder has renewed its lease', {
      details: { holder: task.holderId, leaseUntilMs: task.leaseUntilMs },
    });
  }
  const leaseUntilMs = ctx.nowMs + input.leaseMs;
  const decision = adopt(task, {
    holder: input.holderId,
    fence: input.fence,
    term: input.term,
    nowMs: ctx.nowMs,
  });
  const now = yield* writeTransition(ctx, {
    task,
    decision,
    leaseUntilMs,
    attemptGoesOn: true,
  });
  return {
    id: now.id,
    listId: now.listId,
    taskId: now.taskId,
    agent: now.assignedAgent,
    fence: now.fence,
    term: now.holderTerm,
    attempt: now.claims,
    leaseUntilMs,
  };
}
