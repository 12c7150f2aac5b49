import { type Asked, answerTo, type Statement, statementsOf, type Verb } from './verb.ts';

interface Running<T> {
  readonly place: number;
  readonly verb: Verb<T>;
  step: IteratorResult<Asked, T>;
}

/**
 * Several verbs as one, side by side: what they ask at the same moment is asked together. One that
 * asks for more than its own rows (a statement that is not `inSets`) stands still until the others
 * are done, and is then run to its end by itself, one such after the other.
 *
 * For verbs each of which first reads and then writes rows that are its own; one that finds its row
 * changed by another throws, and nothing of them all is kept.
 */
export function* inStep<T>(verbs: readonly Verb<T>[]): Verb<readonly T[]> {
  const results: T[] = [];
  const alone: Running<T>[] = [];
  let running: Running<T>[] = verbs.map((verb, place) => ({ place, verb, step: verb.next() }));
  for (;;) {
    const asking: Running<T>[] = [];
    for (const one of running) {
      if (one.step.done === true) results[one.place] = one.step.value;
      else if (askedBy(one).every(({ inSets }) => inSets === true)) asking.push(one);
      else alone.push(one);
    }
    if (asking.length === 0) break;
    const asked = asking.flatMap(askedBy);
    const isLast = alone.length === 0 && asking.every(({ step }) => isLastOf(step));
    tell(asking, (yield isLast ? { last: asked } : asked) as readonly unknown[]);
    running = asking;
  }
  for (const one of alone) results[one.place] = yield* onward(one);
  return results;
}

/** Several verbs as one, one after the other; each begins when the one before has ended. */
export function* inTurn<T>(verbs: readonly (() => Verb<T>)[]): Verb<readonly T[]> {
  const results: T[] = [];
  for (const begin of verbs) {
    const verb = begin();
    results.push(yield* onward({ verb, step: verb.next() }));
  }
  return results;
}

function askedBy({ step }: Running<unknown>): readonly Statement[] {
  return step.done === true ? [] : statementsOf(step.value);
}

function isLastOf(step: IteratorResult<Asked, unknown>): boolean {
  return step.done !== true && 'last' in step.value;
}

/** Each its part of the answers. */
function tell(asking: readonly Running<unknown>[], answers: readonly unknown[]): void {
  let at = 0;
  for (const one of asking) {
    if (one.step.done === true) continue;
    const asked = one.step.value;
    const count = statementsOf(asked).length;
    one.step = one.verb.next(answerTo(asked, answers.slice(at, at + count)));
    at += count;
  }
}

/** What is the last of one verb is not the last of them all. */
function* onward<T>({ verb, step }: Pick<Running<T>, 'verb' | 'step'>): Verb<T> {
  let next = step;
  while (next.done !== true) {
    const asked = next.value;
    next = verb.next(yield 'last' in asked ? asked.last : asked);
  }
  return next.value;
}
