import { claimText } from '../domain/claim-token.ts';
import { PawlError } from '../domain/errors.ts';
import type { ClaimHolder, Progress } from '../store/claims.ts';
import { type ClaimContext, clientOf } from './claim-context.ts';
import { leaseOf, meantClaim, type NamedClaim } from './meant-claim.ts';
import { operation, underSignal } from './operation.ts';
import { momentOf } from './task-view.ts';

export interface ExtendClaim extends NamedClaim {
  readonly percent?: number | null;
  readonly note?: string | null;
  readonly leaseMs?: number;
  readonly signal?: AbortSignal;
}

export interface ClaimExtended {
  readonly claim: string;
  readonly taskId: string;
  readonly leaseUntil: string | null;
  /** `executor`, `verifier`: a process of ours keeps it meanwhile. */
  readonly heldBy: ClaimHolder;
  /** A person wants it to end: stop working on it. */
  readonly asked: { readonly verb: string; readonly reason: string } | null;
}

export const NOTE_CHARS_MAX = 2_000;

/**
 * Say that the work goes on, and how far it is. Extends the lease; writes no event: the task's row
 * says how far it is.
 *
 * @throws PawlError `stale_fence`, `claim_needed`, `claim_invalid`, `task_not_found`, `usage`.
 */
export async function extendClaim(given: ClaimContext, input: ExtendClaim): Promise<ClaimExtended> {
  const ctx = underSignal(given, input.signal);
  return await operation(ctx, { operation: 'extend-claim' }, async () => {
    const { ref } = await meantClaim(ctx, input);
    const extended = await ctx.store.extendClaim({
      ref,
      client: clientOf(ctx, input.caller),
      leaseMs: leaseOf(input.leaseMs),
      progress: progressOf(input),
    });
    const { claimed, epoch, heldBy, endRequest } = extended;
    // Whoever verified it may be gone by now.
    if (heldBy === 'verifier') await ctx.claims.sweep();
    return {
      claim: claimText({ epoch, id: claimed.id, fence: claimed.fence }),
      taskId: claimed.taskId,
      leaseUntil: momentOf(claimed.leaseUntilMs),
      heldBy,
      asked: endRequest === null ? null : { verb: endRequest.verb, reason: endRequest.reason },
    };
  });
}

/** @throws PawlError `usage` for what is out of bounds. */
export function progressOf({
  percent = null,
  note = null,
}: Pick<ExtendClaim, 'percent' | 'note'>): Progress | null {
  if (percent === null && note === null) return null;
  if (percent !== null && !(percent >= 0 && percent <= 100)) {
    throw new PawlError('usage', 'the percentage lies between 0 and 100', { details: { percent } });
  }
  if (note !== null && note.length > NOTE_CHARS_MAX) {
    throw new PawlError('usage', `a note has at most ${NOTE_CHARS_MAX} characters`);
  }
  return { percent, note };
}
