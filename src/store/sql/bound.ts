import type { Call } from '../store.ts';
import type { Driver, Shared } from './driver.ts';
import { once } from './ledger.ts';
import type { ReadContext, Verb, VerbContext } from './verb.ts';

/** How a verb becomes a method of the store: bound to its driver. */
export interface Bound {
  /** A verb that writes, once for a request key when the call has one. */
  write<I, T>(
    verb: (ctx: VerbContext, input: I) => Verb<T>,
    together?: Together<I, T>,
  ): (input: I, call?: Call) => Promise<T>;
  read<T>(verb: (ctx: ReadContext) => Verb<T>, call: Call | undefined): Promise<T>;
}

/** How calls of a verb that wait at the same moment are done as one; see `Shared`. */
export interface Together<I, T> extends Pick<Shared, 'overtakes'> {
  readonly keyOf: (input: I) => string;
  readonly all: (ctx: VerbContext, inputs: readonly I[]) => Verb<readonly T[]>;
}

export function boundTo(driver: Driver): Bound {
  return {
    write: (verb, together) => (input, call) => {
      const request = call?.request;
      if (request !== undefined) {
        return driver.write((ctx) => once(ctx, request, verb(ctx, input)), call);
      }
      const shared =
        together === undefined ? undefined : { ...together, key: together.keyOf(input), input };
      return driver.write((ctx) => verb(ctx, input), call, shared);
    },
    read: (verb, call) => driver.read(verb, call),
  };
}
