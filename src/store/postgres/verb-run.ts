import { invariant } from '../../domain/errors.ts';
import { type Asked, answerTo, type Statement, statementsOf, type Verb } from '../sql/verb.ts';

/** A verb that has begun: what it asks just now, or what it came to. */
export class VerbRun<T> {
  readonly #verb: Verb<T>;
  #step: IteratorResult<Asked, T>;

  constructor(verb: Verb<T>) {
    this.#verb = verb;
    this.#step = verb.next();
  }

  /** Null when it is done. */
  get asked(): { readonly statements: readonly Statement[]; readonly isLast: boolean } | null {
    if (this.#step.done === true) return null;
    const asked = this.#step.value;
    return { statements: statementsOf(asked), isLast: 'last' in asked };
  }

  tell(answers: readonly unknown[]): void {
    invariant(this.#step.done !== true, 'only what was asked is answered');
    this.#step = this.#verb.next(answerTo(this.#step.value, answers));
  }

  get value(): T {
    invariant(this.#step.done === true, 'it has a value once it is done');
    return this.#step.value;
  }
}
