import type { PawlError } from '../domain/errors.ts';
import type { OutageNews } from '../domain/outage-text.ts';
import type { Priority } from '../domain/priority.ts';
import type { TaskStatus } from '../domain/status.ts';
import type { RetryPolicy } from '../domain/task.ts';

/** How a list is executed. Milliseconds, bytes. */
export interface ExecutionOptions {
  readonly maxConcurrent: number;
  readonly minPriority: Priority;
  readonly defaultAgent: string;
  /** Most running tasks of one agent, over all lists. */
  readonly agentLimits: Readonly<Record<string, number>>;
  /** What this host offers to tasks that need something; null: whatever they need. */
  readonly labels: readonly string[] | null;
  readonly executionTimeoutMs: number;
  readonly retry: RetryPolicy;
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  readonly sweepMs: number;
  readonly killGraceMs: number;
  readonly outputBytesMax: number;
}

/** An attempt that this process watches over now. */
export interface ActiveAttempt {
  readonly id: string;
  readonly taskId: string;
  readonly description: string;
  readonly attempt: number;
  readonly agent: string | null;
  readonly startedAtMs: number;
  readonly phase: 'agent' | 'verify';
  /** Started by another process, taken over by this one. */
  readonly adopted: boolean;
  /** Where its output and its result lie. */
  readonly folder: string;
}

/** What an executor says while it works. Names are a public contract. */
export type ExecutionEvent =
  | { readonly kind: 'executor:started' }
  | { readonly kind: 'executor:paused' }
  | { readonly kind: 'executor:resumed' }
  | { readonly kind: 'executor:stopped' }
  | { readonly kind: 'executor:complete'; readonly end: ExecutionEnd }
  | { readonly kind: 'task:started'; readonly attempt: ActiveAttempt }
  | { readonly kind: 'task:progress'; readonly attempt: ActiveAttempt; readonly line: string }
  | {
      readonly kind:
        | 'task:completed'
        | 'task:retry'
        | 'task:failed'
        | 'task:skipped'
        | 'task:requeued';
      readonly id: string;
      readonly taskId: string;
      readonly status: TaskStatus;
      /** The error, the reason or the summary, where there is one. */
      readonly detail: string | null;
      /** With `task:retry`: when it is tried again. */
      readonly dueAtMs: number;
    }
  | OutageNews
  /** Something that does not stop the work, but that somebody should know. */
  | { readonly kind: 'trouble'; readonly error: PawlError };

export type ExecutionEnd =
  /** Nothing is left that could run. `workLeft`: waiting or blocked tasks remain. */
  | { readonly kind: 'finished'; readonly workLeft: boolean }
  /** A person stopped the list; its agents were ended. */
  | { readonly kind: 'stopped' }
  /** This process was told to leave; agents may go on under their attendants. */
  | { readonly kind: 'left'; readonly agentsLeft: number }
  | { readonly kind: 'error'; readonly error: PawlError };

/**
 * What runs one list.
 *
 * ```
 * start ──> running ──(pause: no new claims)──> paused ──resume──> running
 *              │ nothing left ─> finished    │ stop: agents ended, tasks queued ─> stopped
 *              └ drain: no new claims ─> leave: agents go on ─> left
 * ```
 */
export interface Executor {
  /** Adopt what former processes left, then claim and run until nothing is left. */
  start(): Promise<void>;
  /** Settles once, and never rejects. */
  readonly ended: Promise<ExecutionEnd>;
  /** No new claims from now on. Running attempts are watched to their end. Idempotent. */
  drain(): void;
  /** Stop watching; agents go on under their attendants. Resolves when all is still. */
  leave(): Promise<void>;
  /** End every agent; their tasks go back to the queue uncharged. Then as `leave`. */
  endAgents(): Promise<void>;
  active(): readonly ActiveAttempt[];
}
