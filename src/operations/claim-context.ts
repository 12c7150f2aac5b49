import type { RetryPolicy } from '../domain/task.ts';
import type { ClaimableList, Client } from '../store/claims.ts';
import type { ClaimedTask, ListRecord } from '../store/store.ts';
import type { ProjectContext } from './operation.ts';

/** What holding tasks for clients needs of this process, besides the store. */
export interface ClaimKeeper {
  /** As which this process holds what it verifies. */
  readonly holderId: string;
  readonly verifierLeaseMs: number;
  /** May an expired lease of a client be believed now? */
  readonly leasesCount: boolean;
  /** Be known as a holder. Idempotent; what verifies calls it. */
  start(): Promise<void>;
  /** What the settings say of these lists, and of clients with this name. */
  rules(lists: readonly ListRecord[], clientName: string): Promise<ClaimRules>;
  /** Run the `verify` command of an attempt handed to this process; resolves when decided. */
  verify(claimed: ClaimedTask): Promise<void>;
  /** Take over verifying that nobody watches any more. */
  sweep(): Promise<void>;
  /** The end of what the program of an attempt's folder wrote. */
  outputTail(folder: string): Promise<string>;
}

export interface ClaimRules {
  readonly lists: readonly ClaimableList[];
  /** Most running tasks under that name, over all lists. */
  readonly clientMax: number | null;
  /** The labels that this host offers; left out: whatever is asked for. */
  readonly offered?: readonly string[];
}

export interface ClaimContext extends ProjectContext {
  readonly claims: ClaimKeeper;
}

/** Who calls. */
export interface Caller extends Omit<Client, 'root'> {
  /** The attempt of an executor that the caller runs in, from its environment. */
  readonly inside: { readonly id: string; readonly fence: number } | null;
}

export function clientOf({ root }: ClaimContext, caller: Caller): Client {
  const { sessionId, clientId, name, version } = caller;
  return { sessionId, clientId, name, version, root };
}

export async function policyOf(
  { claims, store }: ClaimContext,
  listId: string,
  clientName: string,
): Promise<RetryPolicy | null> {
  const list = await store.listRecord(listId);
  if (list === null) return null;
  const { lists } = await claims.rules([list], clientName);
  return lists[0]?.policy ?? null;
}
