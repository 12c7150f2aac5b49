import type { Call } from '../store.ts';
import type { ReadContext, Verb, VerbContext } from './verb.ts';

/**
 * Calls that wait at the same moment, of the same `all` and with the same `key`, may be done by
 * that one verb, which answers them in their order. Should it throw, they are done one by one. What
 * such a verb, or the call's own, asks as its last is the last of the whole call, so that it may be
 * committed in the same message.
 */
export interface Shared {
  readonly key: string;
  readonly input: unknown;
  readonly all: (ctx: VerbContext, inputs: readonly never[]) => Verb<readonly unknown[]>;
  /** May be done before others that wait longer: nothing that those do matters to it. */
  readonly overtakes: boolean;
}

/**
 * The seam between the verbs, written once, and a database. A driver runs a verb in a transaction
 * of its own (or in a savepoint of a shared one) and answers when it is durable.
 */
export interface Driver {
  readonly location: string;
  readonly storeId: string;
  readonly capabilities: { readonly shared: boolean; readonly backup: boolean };
  write<T>(
    verb: (ctx: VerbContext) => Verb<T>,
    call: Call | undefined,
    shared?: Shared,
  ): Promise<T>;
  /** One consistent snapshot; must not write. */
  read<T>(verb: (ctx: ReadContext) => Verb<T>, call: Call | undefined): Promise<T>;
  /** Damage that the database itself finds; empty when there is none. */
  integrity(call: Call | undefined): Promise<readonly string[]>;
  backup(file: string, call: Call | undefined): Promise<void>;
  watch(listener: () => void): { stop(): void };
  close(): Promise<void>;
}
