import { CLAIM_LEASE_MS, CLAIM_LEASE_MS_MAX, CLAIM_LEASE_MS_MIN } from '../domain/claim-lease.ts';
import { readClaim } from '../domain/claim-token.ts';
import { PawlError } from '../domain/errors.ts';
import type { ClaimRef } from '../store/claims.ts';
import type { TaskLine } from '../store/store.ts';
import type { Caller, ClaimContext } from './claim-context.ts';
import { resolveTask } from './resolve-task.ts';

/** How a call names the attempt that it is about. One of `claim` and `task` is there. */
export interface NamedClaim {
  readonly caller: Caller;
  /** As it was given by the claim. */
  readonly claim: string | null;
  /** Without a claim: the task, which the caller's client must hold. */
  readonly task: string | null;
  readonly listId: string | null;
}

export interface MeantClaim {
  readonly ref: ClaimRef;
  readonly task: TaskLine;
}

/**
 * The attempt that a call is about.
 *
 * @throws PawlError `usage` when nothing is named, `claim_invalid` when claim and task are two;
 *   `task_not_found`, `task_ambiguous`.
 */
export async function meantClaim(ctx: ClaimContext, named: NamedClaim): Promise<MeantClaim> {
  const { caller, claim, listId } = named;
  const token = claim === null ? null : readClaim(claim);
  const name = token?.id ?? named.task;
  if (name === null) throw new PawlError('usage', 'name the task, or pass its claim');
  const task = await resolveTask(ctx, name, token === null ? listId : null);
  if (token !== null && named.task !== null && named.task !== task.taskId) {
    const other = await resolveTask(ctx, named.task, listId);
    if (other.id !== task.id) {
      throw new PawlError('claim_invalid', `the claim is of ${task.taskId}, not ${other.taskId}`, {
        details: { claimed: task.taskId, task: other.taskId },
      });
    }
  }
  const { id } = task;
  if (token !== null) return { ref: { id, fence: token.fence, epoch: token.epoch }, task };
  const inside = caller.inside?.id === id ? caller.inside.fence : null;
  return { ref: { id, fence: inside, epoch: null }, task };
}

/** @throws PawlError `usage` for a lease outside its bounds. */
export function leaseOf(leaseMs: number | undefined): number {
  const wanted = leaseMs ?? CLAIM_LEASE_MS;
  if (Number.isFinite(wanted) && wanted >= CLAIM_LEASE_MS_MIN && wanted <= CLAIM_LEASE_MS_MAX) {
    return Math.round(wanted);
  }
  const bounds = `${CLAIM_LEASE_MS_MIN / 1000} and ${CLAIM_LEASE_MS_MAX / 1000} seconds`;
  throw new PawlError('usage', `a lease lasts between ${bounds}`, { details: { leaseMs: wanted } });
}
