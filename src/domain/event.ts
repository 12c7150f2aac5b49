import type { TerminalStatus } from './status.ts';

/**
 * What can happen to a task. One transition is exactly one event, written in its transaction; the
 * state of a task is the fold of its events. Kinds and field names are stored for ever.
 */
export type TaskEvent =
  | { readonly kind: 'enqueued'; readonly as: 'queued' | 'completed' | 'skipped' }
  | {
      readonly kind: 'claimed';
      readonly fence: number;
      readonly holder: string;
      readonly agent: string | null;
    }
  | { readonly kind: 'adopted'; readonly holder: string; readonly term: number }
  | { readonly kind: 'completed'; readonly by: Actor; readonly summary?: string }
  | {
      readonly kind: 'retry_scheduled';
      readonly error: string;
      readonly cause: FailureCause;
      readonly dueAtMs: number;
    }
  | {
      readonly kind: 'failed';
      readonly error: string;
      readonly cause: FailureCause;
      readonly causeTask?: string;
    }
  | {
      readonly kind: 'skipped';
      readonly by: Actor;
      readonly reason: string;
      readonly causeTask?: string;
    }
  | { readonly kind: 'cancelled'; readonly by: Actor; readonly reason: string }
  | {
      readonly kind: 'released';
      readonly reason: ReleaseReason;
      readonly note?: string;
      readonly dueAtMs: number;
    }
  | { readonly kind: 'lost'; readonly reason: string; readonly dueAtMs: number }
  | { readonly kind: 'due' }
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'retried'; readonly by: Actor }
  | { readonly kind: 'requeued'; readonly by: Actor }
  | { readonly kind: 'revived'; readonly causeTask: string }
  | { readonly kind: 'edited'; readonly fields: readonly string[] }
  /** The store was restored from a copy: claims from before it are void. */
  | { readonly kind: 'fence_raised'; readonly fence: number }
  | { readonly kind: 'archived' }
  | { readonly kind: 'restored' }
  | { readonly kind: 'late_result'; readonly fence: number; readonly outcome: string };

export type TaskEventKind = TaskEvent['kind'];

/** Who caused a transition: an agent's attempt, a command, the list's file, Pawl, an import. */
export type Actor = 'agent' | 'person' | 'file' | 'pawl' | 'import';

/** Why an attempt failed, or a task without one. */
export const FAILURE_CAUSES = [
  'exit',
  'timeout',
  'verify',
  'spawn',
  'crash',
  'revisions',
  'dependency',
  'reported',
] as const;
export type FailureCause = (typeof FAILURE_CAUSES)[number];

/** Why a running task went back to the queue without a charge. */
export const RELEASE_REASONS = [
  'stop',
  'drain',
  'never_started',
  'rate_limit',
  'revise',
  'requeue',
  'returned',
] as const;
export type ReleaseReason = (typeof RELEASE_REASONS)[number];

/** An event as it lies in the log. */
export interface RecordedEvent {
  /** Grows with every event of the store; gaps are possible. */
  readonly seq: number;
  readonly listId: string;
  /** The task's `id`. */
  readonly task: string;
  readonly taskId: string;
  readonly atMs: number;
  readonly event: TaskEvent;
}

/** The status each terminal event leads to, for readers that only count outcomes. */
export const TERMINAL_EVENTS: Readonly<Partial<Record<TaskEventKind, TerminalStatus>>> = {
  completed: 'completed',
  failed: 'failed',
  skipped: 'skipped',
  cancelled: 'cancelled',
};
