import { invariant } from '../../domain/errors.ts';
import type { Shared } from '../sql/driver.ts';
import type { Verb, VerbContext } from '../sql/verb.ts';

/** A call that waits for its transaction. */
export interface Waiting {
  readonly verb: (ctx: VerbContext) => Verb<unknown>;
  readonly shared: Shared | undefined;
}

/** What waits longest, with all that can be done as one with it. */
export function portionOf<T extends Waiting>(waiting: readonly T[], most: number): readonly T[] {
  const shared = waiting[0]?.shared;
  if (shared === undefined) return waiting.slice(0, Math.min(1, most));
  const isAlike = (call: T): boolean =>
    call.shared?.all === shared.all && call.shared.key === shared.key;
  const other = shared.overtakes
    ? -1
    : waiting.findIndex(({ shared: one }) => one?.all !== shared.all);
  const within = other === -1 ? waiting : waiting.slice(0, other);
  return within.filter(isAlike).slice(0, most);
}

/** The verb that does a whole portion; its value has each one's, in their order. */
export function* verbOf(
  portion: readonly Waiting[],
  context: VerbContext,
): Verb<readonly unknown[]> {
  const [first] = portion;
  invariant(first !== undefined, 'a portion is not empty');
  if (first.shared === undefined || portion.length === 1) return [yield* first.verb(context)];
  return yield* first.shared.all(
    context,
    portion.map(({ shared }) => shared?.input as never),
  );
}
