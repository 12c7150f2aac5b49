import { invariant } from '../../domain/errors.ts';
import type { Shared } from '../sql/driver.ts';
import { inStep } from '../sql/in-step.ts';
import type { Verb, VerbContext } from '../sql/verb.ts';

/** A call that waits for its transaction. */
export interface Waiting {
  readonly verb: (ctx: VerbContext) => Verb<unknown>;
  readonly shared: Shared | undefined;
}

/**
 * What waits longest, with all that can be done together with it: calls that are done as one, and
 * of each kind of them one such group, side by side.
 */
export function portionOf<T extends Waiting>(waiting: readonly T[], most: number): readonly T[] {
  const [first] = waiting;
  if (first?.shared === undefined) return waiting.slice(0, Math.min(1, most));
  const keys = new Map<Shared['all'], string>();
  const joins = ({ shared }: T): boolean => {
    if (shared === undefined) return false;
    const key = keys.get(shared.all) ?? shared.key;
    keys.set(shared.all, key);
    return key === shared.key;
  };
  return waiting.filter(joins).slice(0, most);
}

/** The verb that does a whole portion; its value has each one's, in their order. */
export function* verbOf(
  portion: readonly Waiting[],
  context: VerbContext,
): Verb<readonly unknown[]> {
  const [first] = portion;
  invariant(first !== undefined, 'a portion is not empty');
  if (portion.length === 1) return [yield* first.verb(context)];
  const groups = new Map<Shared['all'], number[]>();
  for (const [place, { shared }] of portion.entries()) {
    invariant(shared !== undefined, 'only calls that are shared are done together');
    groups.set(shared.all, [...(groups.get(shared.all) ?? []), place]);
  }
  const values = yield* inStep(
    [...groups].map(([all, places]) =>
      all(
        context,
        places.map((place) => portion[place]?.shared?.input as never),
      ),
    ),
  );
  const results: unknown[] = [];
  for (const [at, places] of [...groups.values()].entries()) {
    for (const [nth, place] of places.entries()) results[place] = values[at]?.[nth];
  }
  return results;
}
