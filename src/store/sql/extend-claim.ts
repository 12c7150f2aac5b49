import type { ExtendClaim, ExtendedClaim } from '../claims.ts';
import type { EndRequest } from '../store.ts';
import {
  claimedOf,
  extendLease,
  holderOf,
  keepProgress,
  meantAttempt,
  noteClient,
} from './client-claim.ts';
import { refusalError } from './refusal.ts';
import type { Verb, VerbContext } from './verb.ts';

/**
 * A client is still at its task. It extends its own lease only: inside an executor's attempt, or
 * while its work is verified, a process of ours does that.
 *
 * @throws PawlError `stale_fence`, `claim_needed`.
 */
export function* extendClaim(ctx: VerbContext, input: ExtendClaim): Verb<ExtendedClaim> {
  yield* noteClient(ctx, input.client);
  const meant = yield* meantAttempt(input.ref, input.client);
  if (!meant.stands) {
    const { fence, task } = meant;
    const details = { fence, currentFence: task.fence, status: task.status };
    const message = 'the attempt is over, the claim is worth nothing any more';
    throw yield* refusalError({ code: 'stale_fence', message, details }, task);
  }
  const heldBy = holderOf(meant);
  yield* keepProgress(ctx, meant.task, input.progress);
  const task =
    heldBy === 'client' ? yield* extendLease(ctx, meant.task, input.leaseMs) : meant.task;
  const request = task.endRequest;
  return {
    claimed: claimedOf(task),
    epoch: meant.epoch,
    heldBy,
    endRequest:
      request === null ? null : { id: task.id, ...(JSON.parse(request) as Omit<EndRequest, 'id'>) },
  };
}
