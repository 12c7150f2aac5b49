import type { ClaimedTask, ClaimNext } from '../store.ts';
import { claimNext } from './claim-next.ts';
import type { Verb, VerbContext } from './verb.ts';

/** Claims that differ in nothing but how many tasks they want are one claim. */
export function sameClaim({ max: _, ...input }: ClaimNext): string {
  return JSON.stringify(input);
}

/**
 * Several such claims as one: the first gets the first tasks, as if they came one after the other.
 */
export function* claimTogether(
  ctx: VerbContext,
  inputs: readonly ClaimNext[],
): Verb<readonly (readonly ClaimedTask[])[]> {
  const [first] = inputs;
  if (first === undefined) return [];
  const max = inputs.reduce((sum, input) => sum + input.max, 0);
  const claimed = yield* claimNext(ctx, { ...first, max });
  let at = 0;
  return inputs.map((input) => {
    const share = claimed.slice(at, at + input.max);
    at += input.max;
    return share;
  });
}
