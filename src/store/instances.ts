import type { RetryPolicy } from '../domain/task.ts';
import type { ProcessIdentity } from '../world/processes.ts';
import type { Call } from './call.ts';
import type { EndRequest } from './claims.ts';

/** The verbs by which processes know of each other, on one host or on many. */
export interface InstanceVerbs {
  registerInstance(input: Instance, call?: Call): Promise<void>;
  endInstance(id: string, call?: Call): Promise<void>;
  /** Those that did not say goodbye. */
  instances(call?: Call): Promise<readonly LiveInstance[]>;
  /** The same and those that ended within the last hour, with what each of them runs. */
  fleet(call?: Call): Promise<readonly FleetMember[]>;
  /**
   * Ask a process to claim nothing more and to leave, or take that back. False when it is not
   * there any more.
   */
  requestDrain(input: RequestDrain, call?: Call): Promise<boolean>;
  /** What a server that works on every list must know between two claims. */
  work(query: WorkQuery, call?: Call): Promise<Work>;
  /** The files on a host that may lack marks, by their paths. */
  listsOwedMarks(host: string, call?: Call): Promise<readonly string[]>;
  /**
   * Put tasks back into the queue whose holders let their leases run out, and whose agents nobody
   * can look at from here. Each is looked at again in the transaction, by the database's clock; who
   * said goodbye is not charged for it. Gives the ids.
   */
  rescueExpired(input: RescueExpired, call?: Call): Promise<readonly string[]>;
}

export interface Instance {
  readonly id: string;
  /** `server`, `executor` of one list, `verifier`, `command`. */
  readonly kind: string;
  readonly host: string;
  readonly process: ProcessIdentity;
  readonly version: string;
  readonly listId: string | null;
  /** Where the folders of its attempts lie, on its host. */
  readonly attemptsDir?: string | null;
  /** What its host offers; null or left out: whatever is asked for. */
  readonly labels?: readonly string[] | null;
  /** Most tasks that it runs at once; of a server. */
  readonly capacity?: number | null;
}

export interface LiveInstance extends Instance {
  readonly attemptsDir: string | null;
  readonly labels: readonly string[] | null;
  readonly capacity: number | null;
  readonly startedAtMs: number;
  readonly heartbeatAtMs: number;
  /** Since its last heartbeat, by the database's clock. */
  readonly silentMs: number;
  /** It said goodbye. */
  readonly endedAtMs: number | null;
  /** Its host's clock minus the database's; null when it never measured. */
  readonly clockSkewMs: number | null;
  readonly drain: Drain | null;
}

/** What was asked of a process that is to leave. */
export interface Drain {
  readonly requestedAtMs: number;
  /** Until then its tasks may end by themselves; null: as long as they take. */
  readonly byMs: number | null;
  /** That moment has come, by the database's clock. */
  readonly isDue: boolean;
}

export interface FleetMember extends LiveInstance {
  /** Tasks that it holds. */
  readonly running: number;
}

export interface RequestDrain {
  readonly id: string;
  /** From now on; null: as long as its tasks take. */
  readonly withinMs: number | null;
  /** Take the wish back. */
  readonly undo?: boolean;
}

export interface WorkQuery {
  readonly holderId: string;
}

export interface Work {
  /** Lists that are to be executed and have ready tasks, and those that this holder works on. */
  readonly lists: readonly WorkList[];
  /** What persons asked of tasks that this holder runs. */
  readonly endRequests: readonly EndRequest[];
  /** Until the first delayed task of any list is due; 0 or less: it is. */
  readonly nextDueInMs: number | null;
  /** Nothing of any list that is to be executed runs, is ready, or will be by time alone. */
  readonly isIdle: boolean;
  /** The same, but what is ready: perhaps nobody who is there may do it. */
  readonly isStill: boolean;
  /** What was asked of this holder. */
  readonly drain: Drain | null;
  /** Somebody set a limit for agents, labels, a list or all of them. */
  readonly isLimited: boolean;
  /** Of the store: grows with every event. */
  readonly lastSeq: number;
}

export interface WorkList {
  readonly listId: string;
  readonly path: string;
  readonly status: 'stopped' | 'running' | 'paused';
  readonly configJson: string | null;
  readonly homeHost: string | null;
  readonly ready: boolean;
  /** Running tasks, whoever holds them. */
  readonly running: number;
}

export interface RescueExpired {
  readonly attempts: readonly {
    readonly id: string;
    readonly fence: number;
    readonly term: number;
    readonly policy: RetryPolicy;
  }[];
  /** So long their leases must be over. */
  readonly overdueMs: number;
}
