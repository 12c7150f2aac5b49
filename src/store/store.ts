import type { PawlError } from '../domain/errors.ts';
import type { RecordedEvent } from '../domain/event.ts';
import type { AttemptOutcome } from '../domain/outcome.ts';
import type { Priority } from '../domain/priority.ts';
import type { ExecutorStatus, OnDepFailure, TaskStatus } from '../domain/status.ts';
import type { RetryPolicy } from '../domain/task.ts';
import type { KnownBox } from '../domain/tasklist/box-names.ts';
import type { ArtifactStore } from './artifacts.ts';
import type { BreakdownVerbs } from './breakdowns.ts';
import type { Call } from './call.ts';
import type { ChangedTask, ChangeTask } from './changes.ts';
import type { ClaimedTask, ClaimVerbs, EndRequest } from './claims.ts';
import type { Handle, KeepHandle } from './handles.ts';
import type { ImportVerbs } from './imports.ts';
import type { Drain, Instance, InstanceVerbs, LiveInstance } from './instances.ts';
import type { LimitVerbs } from './limits.ts';
import type {
  ListRecord,
  ListSummary,
  LoadedList,
  LoadList,
  LoadPreview,
  MarksOwed,
  MarksWritten,
  RenamedList,
} from './lists.ts';
import type {
  Attempt,
  AuditFault,
  Dependency,
  EventQuery,
  Outlook,
  OutlookQuery,
  TaskDetail,
  TaskLine,
  TaskQuery,
} from './readings.ts';
import type { SavedBreakdownVerbs } from './saved-breakdowns.ts';
import type { SessionVerbs } from './sessions.ts';
import type { TaskPage, TaskPageQuery } from './task-pages.ts';

/**
 * The queue, by the verbs of the trade. Every method is one short transaction: it happened wholly
 * and durably when the promise resolves, and not at all when it rejects with a `PawlError`.
 *
 * Every call ends: with `deadline_exceeded` after `deadlineMs` (default `DEFAULT_DEADLINE_MS`),
 * with `aborted` when its signal aborts. A call that ended so before its turn changes nothing.
 */
export interface Store
  extends ClaimVerbs,
    BreakdownVerbs,
    SavedBreakdownVerbs,
    SessionVerbs,
    InstanceVerbs,
    ArtifactStore,
    LimitVerbs,
    ImportVerbs {
  /** Where the store lives, for people: a file's path or a database's name. */
  readonly location: string;
  readonly storeId: string;
  readonly capabilities: StoreCapabilities;

  // Lists
  /** Bring a list to what its file says; see `reconcile` for the rules. One transaction. */
  loadList(input: LoadList, call?: Call): Promise<LoadedList>;
  /** What `loadList` would do with the same input, by the same comparison; changes nothing. */
  previewLoad(input: LoadList, call?: Call): Promise<LoadPreview>;
  /** The ids of a list, without which its lines that carry none cannot be told. */
  knownBoxes(listId: string, call?: Call): Promise<readonly KnownBox[]>;
  lists(call?: Call): Promise<readonly ListSummary[]>;
  list(listId: string, call?: Call): Promise<ListSummary | null>;
  listByPath(path: string, call?: Call): Promise<ListSummary | null>;
  /** The same without a look at their tasks, for who needs no counters. */
  listRecords(call?: Call): Promise<readonly ListRecord[]>;
  listRecord(listId: string, call?: Call): Promise<ListRecord | null>;
  listRecordByPath(path: string, call?: Call): Promise<ListRecord | null>;
  /** What the file must show and does not surely show yet. */
  marksOwed(listId: string, call?: Call): Promise<MarksOwed>;
  /** The file carries all marks up to `upToSeq`; it was seen as `hash`. */
  marksWritten(input: MarksWritten, call?: Call): Promise<void>;

  // Executors
  setExecutor(input: SetExecutor, call?: Call): Promise<ListSummary>;

  // Attempts
  claimNext(input: ClaimNext, call?: Call): Promise<readonly ClaimedTask[]>;
  claimTask(input: ClaimTask, call?: Call): Promise<ClaimedTask>;
  heartbeat(input: Heartbeat, call?: Call): Promise<HeartbeatAnswer>;
  adoptAttempt(input: AdoptAttempt, call?: Call): Promise<ClaimedTask>;
  finishAttempt(input: FinishAttempt, call?: Call): Promise<Finished>;
  /** Every task that is running, with its holder: what adoption and the sweeper look at. */
  heldTasks(listId: string | null, call?: Call): Promise<readonly HeldTask[]>;
  /** Delayed tasks whose moment has come become ready. Gives the next moment, if any. */
  promoteDue(
    call?: Call,
  ): Promise<{ readonly promoted: number; readonly nextDueAtMs: number | null }>;

  /** What an executor must know between two claims: wishes of persons, and what is left. */
  control(query: ControlQuery, call?: Call): Promise<Control>;

  // A person's verbs
  changeTask(input: ChangeTask, call?: Call): Promise<ChangedTask>;

  // Calls that are answered later
  /** Write a handle, or how it stands; one that is over stays as it ended. */
  keepHandle(input: KeepHandle, call?: Call): Promise<Handle>;
  handle(handle: string, call?: Call): Promise<Handle | null>;

  // Locks
  acquireLock(input: AcquireLock, call?: Call): Promise<LockAnswer>;
  renewLock(input: RenewLock, call?: Call): Promise<boolean>;
  releaseLock(input: ReleaseLock, call?: Call): Promise<boolean>;
  /** Locks whose names begin so, in the order of their names; those that were freed, too. */
  locks(prefix: string, call?: Call): Promise<readonly NamedLock[]>;
  /** Free locks that expired, were not renewed for `maxAgeMs`, or whose holder is dead. */
  cleanupStaleLocks(input: CleanupLocks, call?: Call): Promise<number>;

  // Reading
  tasks(query: TaskQuery, call?: Call): Promise<readonly TaskLine[]>;
  /** Tasks of all lists by what is said of them, a page at a time. */
  taskPage(query: TaskPageQuery, call?: Call): Promise<TaskPage>;
  task(id: string, call?: Call): Promise<TaskDetail | null>;
  /** Tasks that a person may mean by `ref`: the task id, the id, or a unique end of it. */
  findTasks(ref: string, listId: string | null, call?: Call): Promise<readonly TaskLine[]>;
  attempts(id: string, call?: Call): Promise<readonly Attempt[]>;
  events(query: EventQuery, call?: Call): Promise<readonly RecordedEvent[]>;
  dependencies(id: string, call?: Call): Promise<readonly Dependency[]>;
  /** How many tasks are ready, delayed and blocked, and the next `limit` ready ones. */
  outlook(query: OutlookQuery, call?: Call): Promise<Outlook>;

  // Care
  /**
   * Compare what is stored with itself: rows with the fold of their events, open edges with what
   * they wait for, leases with what runs, and the database's own integrity.
   */
  audit(call?: Call): Promise<readonly AuditFault[]>;
  /**
   * Make a store that was restored from an older copy safe to use: a new epoch above `epochFloor`,
   * every fence raised, running tasks back in the queue, uncharged. Gives the new epoch.
   */
  afterRestore(epochFloor: number, call?: Call): Promise<number>;
  /** Copy the store, consistent as of one moment, to a new file. */
  backup(file: string, call?: Call): Promise<void>;
  /** Be told, soon after any process committed. Coalesced; carries no data. */
  watch(listener: () => void): { stop(): void };
  close(): Promise<void>;
}

export interface StoreCapabilities {
  /** Several hosts may share this store. */
  readonly shared: boolean;
  /** `backup` works. */
  readonly backup: boolean;
}

export interface SetExecutor {
  readonly listId: string;
  readonly status?: ExecutorStatus;
  /** The options to keep, or what becomes of those that are kept when it is done. */
  readonly configJson?: string | ChangeOptions;
  readonly onDepFailure?: OnDepFailure;
}

/** Asked in the transaction that writes, anew when that is begun anew: it does nothing else. */
export type ChangeOptions = (configJson: string | null) => string;

export interface ClaimNext {
  readonly listId: string;
  readonly holderId: string;
  readonly max: number;
  readonly maxConcurrent: number;
  /** Only tasks of this priority or a more urgent one. */
  readonly minPriority: Priority;
  readonly defaultAgent: string | null;
  /** Most running tasks of an agent, over all lists; a stored limit that is smaller goes before. */
  readonly agentLimits?: Readonly<Record<string, number>>;
  /**
   * What this host offers: tasks that need another label stay for others. Left out: it offers
   * whatever is asked for; none: nothing.
   */
  readonly labels?: readonly string[];
  readonly leaseMs: number;
}

export interface ClaimTask {
  readonly id: string;
  readonly holderId: string;
  readonly defaultAgent: string | null;
  /** As of `ClaimNext`. */
  readonly labels?: readonly string[];
  readonly leaseMs: number;
}

export interface HeldFence {
  readonly id: string;
  readonly fence: number;
  readonly term: number;
}

export interface Heartbeat {
  readonly holderId: string;
  readonly leaseMs: number;
  readonly held: readonly HeldFence[];
  /** The host's clock minus the database's, as it was last measured. */
  readonly clockSkewMs?: number | null;
}

export interface HeartbeatAnswer {
  /** Those of `held` that are not this holder's any more: end their agents. */
  readonly lost: readonly string[];
  /** What persons asked of running tasks. */
  readonly endRequests: readonly EndRequest[];
  /** The database's clock at this moment. */
  readonly nowMs: number;
}

export interface ControlQuery {
  readonly listId: string;
  readonly holderId: string;
  readonly minPriority: Priority;
  /** As of `ClaimNext`: what this host does not offer is not ready for it. */
  readonly labels?: readonly string[];
  /** Agents that cannot be started here: what they would do is not ready, either. */
  readonly without?: { readonly agents: readonly string[]; readonly defaultAgent: string };
}

export interface Control {
  readonly status: ExecutorStatus;
  /** The options of its executors as they are kept. */
  readonly configJson: string | null;
  /** What persons asked of tasks that this holder runs. */
  readonly endRequests: readonly EndRequest[];
  /** Until the first delayed task of any list is due; 0 or less: it is. */
  readonly nextDueInMs: number | null;
  /** What was asked of this holder. */
  readonly drain: Drain | null;
  readonly ready: boolean;
  /** Some task of the list will become ready by time alone. */
  readonly delayed: boolean;
  /** Running tasks of the list, whoever holds them. */
  readonly running: number;
  /** Of which clients hold so many, without any process of ours. */
  readonly heldByClients: number;
  /** Tasks that are neither over nor excluded by `minPriority`. */
  readonly left: number;
  /** Somebody set a limit for agents, labels, a list or all of them. */
  readonly isLimited: boolean;
  /** Of the store: grows with every event. */
  readonly lastSeq: number;
}

export interface AdoptAttempt {
  readonly id: string;
  readonly fence: number;
  readonly term: number;
  readonly holderId: string;
  readonly leaseMs: number;
  /** Only when its lease has been over for so long, by the database's clock; else `lease_held`. */
  readonly overdueMs?: number;
}

export interface FinishAttempt {
  readonly id: string;
  readonly fence: number;
  readonly holder?: { readonly id: string; readonly term: number };
  readonly outcome: AttemptOutcome;
  readonly policy: RetryPolicy;
  readonly evidence?: { readonly exitCode: number | null; readonly resultJson: string | null };
}

export type Finished =
  | { readonly kind: 'finished'; readonly status: TaskStatus; readonly dueAtMs: number }
  | { readonly kind: 'already'; readonly status: TaskStatus }
  | { readonly kind: 'refused'; readonly error: PawlError };

export interface HeldTask extends HeldFence {
  readonly listId: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly agent: string | null;
  readonly holderId: string;
  readonly leaseUntilMs: number;
  /** Of the lease, by the database's clock; below 0 it is over. */
  readonly leaseLeftMs: number;
  readonly startedAtMs: number;
  /** Null when the holder's process never registered. It may have said goodbye. */
  readonly holder: LiveInstance | null;
  /** Who claimed it first: a session's attempt may be held by who verifies it. */
  readonly claimantId: string;
  /** The name of the client that holds it; null when a process of ours does. */
  readonly clientName: string | null;
  /** What a person asked of its holder, which has not done it yet. */
  readonly endRequest: Omit<EndRequest, 'id'> | null;
}

export interface AcquireLock {
  readonly name: string;
  readonly holderId: string;
  readonly ttlMs: number;
  /** Take the lock even from this holder: its process is known to be gone. */
  readonly evenFrom?: string;
}

export type LockAnswer =
  | { readonly kind: 'acquired'; readonly fence: number }
  | {
      readonly kind: 'held';
      readonly holderId: string;
      readonly sinceMs: number;
      readonly expiresAtMs: number;
    };

export interface NamedLock {
  readonly name: string;
  /** Null when nobody has it. */
  readonly holderId: string | null;
  /** Of its last acquisition. */
  readonly fence: number;
  readonly acquiredAtMs: number;
  readonly expiresAtMs: number;
  /** By the clock that judges it; 0 or less: it may be taken. */
  readonly leftMs: number;
}

export interface RenewLock {
  readonly name: string;
  readonly holderId: string;
  readonly fence: number;
  readonly ttlMs: number;
}

export interface ReleaseLock {
  readonly name: string;
  readonly holderId: string;
  readonly fence: number;
}

export interface CleanupLocks {
  readonly maxAgeMs: number;
  readonly deadHolders: readonly string[];
}

export { type Call, DEFAULT_DEADLINE_MS, type RequestKey } from './call.ts';
export type {
  Attempt,
  AuditFault,
  ChangedTask,
  ChangeTask,
  ClaimedTask,
  Dependency,
  Drain,
  EndRequest,
  EventQuery,
  Instance,
  ListRecord,
  ListSummary,
  LiveInstance,
  LoadedList,
  LoadList,
  LoadPreview,
  MarksOwed,
  MarksWritten,
  Outlook,
  OutlookQuery,
  RenamedList,
  TaskDetail,
  TaskLine,
  TaskQuery,
};
