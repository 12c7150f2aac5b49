import type { Call } from '../store.ts';
import type { Driver } from './driver.ts';
import { once } from './ledger.ts';
import type { ReadContext, Verb, VerbContext } from './verb.ts';

/** How a verb becomes a method of the store: bound to its driver. */
export interface Bound {
  /** A verb that writes, once for a request key when the call has one. */
  write<I, T>(verb: (ctx: VerbContext, input: I) => Verb<T>): (input: I, call?: Call) => Promise<T>;
  read<T>(verb: (ctx: ReadContext) => Verb<T>, call: Call | undefined): Promise<T>;
}

export function boundTo(driver: Driver): Bound {
  return {
    write: (verb) => (input, call) => {
      const request = call?.request;
      return driver.write(
        request === undefined
          ? (ctx) => verb(ctx, input)
          : (ctx) => once(ctx, request, verb(ctx, input)),
        call,
      );
    },
    read: (verb, call) => driver.read(verb, call),
  };
}
