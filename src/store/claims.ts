import type { ProposedEnd } from '../domain/attempt-result.ts';
import type { LimitUse } from '../domain/claim-room.ts';
import type { PawlError } from '../domain/errors.ts';
import type { AttemptOutcomeKind } from '../domain/outcome.ts';
import type { Priority } from '../domain/priority.ts';
import type { TaskStatus } from '../domain/status.ts';
import type { RetryPolicy } from '../domain/task.ts';
import type { Call } from './call.ts';

/**
 * The verbs by which a client holds tasks: an agent that talks to us, and whose life nobody can
 * see. Its claim is a lease of a session; what it says is believed by its fence alone.
 */
export interface ClaimVerbs {
  /** Lease a task to a client; what other clients left unattended goes back to the queue first. */
  claimForClient(input: ClaimForClient, call?: Call): Promise<ClientClaim>;
  /** Extend a claim, and keep what its client says of how far it is. */
  extendClaim(input: ExtendClaim, call?: Call): Promise<ExtendedClaim>;
  /** Take what a client says of its attempt's end: done, more to come, given back. */
  finishClaim(input: FinishClaim, call?: Call): Promise<FinishedClaim>;
  /** Put tasks whose clients let their leases run out back into the queue. Gives their ids. */
  expireClaims(lists: readonly ListPolicy[], call?: Call): Promise<readonly string[]>;
}

export interface ClaimedTask {
  readonly id: string;
  readonly listId: string;
  readonly taskId: string;
  readonly agent: string | null;
  readonly fence: number;
  readonly term: number;
  readonly attempt: number;
  readonly leaseUntilMs: number;
}

export interface EndRequest {
  readonly id: string;
  readonly verb: 'cancel' | 'skip' | 'requeue';
  readonly reason: string;
}

/** Who calls. */
export interface Client {
  readonly sessionId: string;
  /** The calling program and its process: the same after our server was restarted. */
  readonly clientId: string;
  /** Such as `claude-code`. */
  readonly name: string;
  readonly version: string | null;
  /** The project's root. */
  readonly root: string;
}

export interface ListPolicy {
  readonly listId: string;
  readonly policy: RetryPolicy;
}

export interface ClaimableList extends ListPolicy {
  /** Most running tasks of the list, whoever runs them; null for no limit. */
  readonly maxConcurrent: number | null;
}

export interface ClaimForClient {
  readonly client: Client;
  /** Exactly this task, or the most urgent ready one that fits. */
  readonly wanted: WantedTask | WantedKind;
  /** Where it may lie. Of a task: its list. */
  readonly lists: readonly ClaimableList[];
  /** Most running tasks under this client's name, over all lists; null for no limit. */
  readonly clientMax: number | null;
  /** The labels that the client's host offers. Left out: whatever is asked for. */
  readonly offered?: readonly string[];
  readonly leaseMs: number;
  /** May an expired lease be believed now? See `LeaseGuard`. */
  readonly leasesCount: boolean;
}

export interface WantedTask {
  readonly kind: 'task';
  readonly id: string;
  /** The caller runs inside this attempt, which an executor gave it. */
  readonly inside: { readonly id: string; readonly fence: number } | null;
}

export interface WantedKind {
  readonly kind: 'next';
  readonly specialistType: string | null;
  /** It carries all of them. */
  readonly labels: readonly string[];
  readonly minPriority: Priority;
}

export type ClientClaim =
  | {
      readonly kind: 'claimed';
      readonly claimed: ClaimedTask;
      readonly epoch: number;
      /** The caller held it already. */
      readonly again: boolean;
    }
  /** Nothing was claimed, and why not, list by list. */
  | { readonly kind: 'none'; readonly lists: readonly UnclaimedList[] };

export interface UnclaimedList {
  readonly listId: string;
  readonly why:
    | 'paused'
    | 'list_full'
    | 'client_full'
    | 'global_full'
    | 'label_full'
    | 'label_not_offered'
    | 'nothing_ready';
  /** The stored limit that is full; of a list or a client there may be one of this process. */
  readonly limit?: LimitUse;
  /** The label that its host does not offer. */
  readonly label?: string;
}

/** Which attempt a call is about. Without a fence: the one that this client holds. */
export interface ClaimRef {
  readonly id: string;
  readonly fence: number | null;
  readonly epoch: number | null;
}

export interface Progress {
  /** 0 to 100. */
  readonly percent: number | null;
  readonly note: string | null;
}

export interface ExtendClaim {
  readonly ref: ClaimRef;
  readonly client: Client;
  readonly leaseMs: number;
  readonly progress: Progress | null;
}

export interface ExtendedClaim {
  readonly claimed: ClaimedTask;
  readonly epoch: number;
  readonly heldBy: ClaimHolder;
  /** What a person asked of it meanwhile. */
  readonly endRequest: EndRequest | null;
}

/** The client itself; an executor in whose attempt it runs; or who verifies its work. */
export type ClaimHolder = 'client' | 'executor' | 'verifier';

/** `returned`: back into the queue, uncharged. `continue`: this is not the end. */
export type ClaimEnd =
  | { readonly kind: 'succeeded'; readonly summary: string | null }
  | { readonly kind: 'revise'; readonly note: string }
  | { readonly kind: 'blocked'; readonly reason: string }
  | { readonly kind: 'errored'; readonly error: string }
  | { readonly kind: 'returned'; readonly reason: string }
  | { readonly kind: 'continue' };

export interface FinishClaim {
  readonly ref: ClaimRef;
  readonly client: Client;
  readonly end: ClaimEnd;
  /** `AttemptResult` as JSON, without `proposed`; null keeps what was said before. */
  readonly resultJson: string | null;
  readonly progress: Progress | null;
  readonly policy: RetryPolicy;
  readonly leaseMs: number;
  /** Who runs the task's `verify` command, if it has one. */
  readonly verifier: { readonly holderId: string; readonly leaseMs: number };
}

export type FinishedClaim =
  | { readonly kind: 'finished'; readonly status: TaskStatus; readonly dueAtMs: number }
  /** The same was said before; this is what came of it. */
  | {
      readonly kind: 'already';
      readonly status: TaskStatus;
      readonly outcome: AttemptOutcomeKind;
      readonly error: string | null;
    }
  | { readonly kind: 'continued'; readonly claimed: ClaimedTask; readonly epoch: number }
  /** Kept for the executor, which decides when the agent has ended. */
  | { readonly kind: 'proposed'; readonly end: ProposedEnd | null }
  /** `begun`: the verifier of this call has it now, and is to run the command. */
  | {
      readonly kind: 'verifying';
      readonly claimed: ClaimedTask;
      readonly epoch: number;
      readonly begun: boolean;
    }
  | { readonly kind: 'refused'; readonly error: PawlError };
