import type { ClaimedTask, ClaimNext } from '../store.ts';
import { claimNext } from './claim-next.ts';
import type { Verb, VerbContext } from './verb.ts';

/** Claims that differ in nothing but how many tasks they want are one claim. */
export function sameClaim({ max: _, ...input }: ClaimNext): string {
  return JSON.stringify(input);
}

/** Several such claims as one. */
export function* claimTogether(
  ctx: VerbContext,
  inputs: readonly ClaimNext[],
): Verb<readonly (readonly ClaimedTask[])[]> {
  const [first] = inputs;
  if (first === undefined) return [];
  const max = inputs.reduce((sum, input) => sum + input.max, 0);
  return sharesOf(inputs, yield* claimNext(ctx, { ...first, max }));
}

/** The first claim gets the first tasks, as if they came one after the other. */
export function sharesOf<T>(
  inputs: readonly Pick<ClaimNext, 'max'>[],
  claimed: readonly T[],
): readonly (readonly T[])[] {
  let at = 0;
  return inputs.map(({ max }) => {
    const share = claimed.slice(at, at + max);
    at += max;
    return share;
  });
}
