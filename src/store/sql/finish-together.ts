import type { FinishAttempt, Finished } from '../store.ts';
import { finishAttempt } from './finish-attempt.ts';
import { inStep } from './in-step.ts';
import type { Verb, VerbContext } from './verb.ts';

/** Several attempts that end at the same moment. */
export function* finishTogether(
  ctx: VerbContext,
  inputs: readonly FinishAttempt[],
): Verb<readonly Finished[]> {
  return yield* inStep(inputs.map((input) => finishAttempt(ctx, input)));
}
