import type { TaskStatus } from './status.ts';

/**
 * What the transitions of a task read and change. It equals the fold of the task's events
 * (`evolve`). Facts that follow from other rows (unresolved dependencies) or that are renewed
 * without an event (the lease) are not part of it.
 */
export interface TaskState {
  readonly status: TaskStatus;
  /** Charged tries in the present budget. */
  readonly attempts: number;
  /** How often the task was claimed: the number of its latest attempt. Never reset. */
  readonly claims: number;
  /** Belongs to the attempt; +1 at every claim. Never reset. */
  readonly fence: number;
  /** Lost leases in the present budget: a limit of its own, apart from `attempts`. */
  readonly crashCount: number;
  readonly revisions: number;
  /** Not before this moment; 0 is now. Milliseconds UTC. */
  readonly dueAtMs: number;
  /** Kept out of claims although queued (1) or not (0): a row removed from its list. */
  readonly held: 0 | 1;
  readonly archivedAtMs: number | null;
  /** The process that watches over the attempt, while running. */
  readonly holderId: string | null;
  /** Raised at each adoption of the same attempt. */
  readonly holderTerm: number;
  readonly lastError: string | null;
  /** Why it waits, was skipped, or was cancelled. */
  readonly statusReason: string | null;
  /** The dependency (its `id`) whose outcome skipped or failed this task. */
  readonly causeTaskId: string | null;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
}

/** A task that no event has happened to. */
export const NEW_TASK: TaskState = {
  status: 'queued',
  attempts: 0,
  claims: 0,
  fence: 0,
  crashCount: 0,
  revisions: 0,
  dueAtMs: 0,
  held: 0,
  archivedAtMs: null,
  holderId: null,
  holderTerm: 0,
  lastError: null,
  statusReason: null,
  causeTaskId: null,
  startedAtMs: null,
  endedAtMs: null,
};

/** How many tries of each kind a task has, and how long it waits between them. */
export interface RetryPolicy {
  /** Charged tries, the first one included. */
  readonly attemptsMax: number;
  /** Lost leases before the task is taken for a poison pill. */
  readonly crashesMax: number;
  readonly revisionsMax: number;
  readonly retryDelayMs: number;
  readonly retryDelayMaxMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  attemptsMax: 3,
  crashesMax: 3,
  revisionsMax: 3,
  retryDelayMs: 5_000,
  retryDelayMaxMs: 300_000,
};
