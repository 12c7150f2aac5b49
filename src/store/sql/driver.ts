import type { Call } from '../store.ts';
import type { ReadContext, Verb, VerbContext } from './verb.ts';

/**
 * The seam between the verbs, written once, and a database. A driver runs a verb in a transaction
 * of its own (or in a savepoint of a shared one) and answers when it is durable.
 */
export interface Driver {
  readonly location: string;
  readonly storeId: string;
  readonly capabilities: { readonly shared: boolean; readonly backup: boolean };
  write<T>(verb: (ctx: VerbContext) => Verb<T>, call: Call | undefined): Promise<T>;
  /** One consistent snapshot; must not write. */
  read<T>(verb: (ctx: ReadContext) => Verb<T>, call: Call | undefined): Promise<T>;
  /** Damage that the database itself finds; empty when there is none. */
  integrity(call: Call | undefined): Promise<readonly string[]>;
  backup(file: string, call: Call | undefined): Promise<void>;
  watch(listener: () => void): { stop(): void };
  close(): Promise<void>;
}
