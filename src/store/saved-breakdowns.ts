import type { TaskStatus } from '../domain/status.ts';
import type { Call } from './call.ts';
import type { Client } from './claims.ts';

/**
 * The verbs by which programs keep breakdowns as wholes: what users of the older orchestrator call
 * saving and loading. A save says how things are to be; what it leaves out stays as it is.
 */
export interface SavedBreakdownVerbs {
  /** Make all of it so, in the order given, or nothing. */
  saveBreakdowns(input: SaveBreakdowns, call?: Call): Promise<void>;
  /** Breakdowns with all their subtasks, as of one moment. */
  savedBreakdowns(query: SavedQuery, call?: Call): Promise<readonly SavedBreakdown[]>;
}

export interface SaveBreakdowns {
  readonly saves: readonly BreakdownSave[];
  /** Who holds what is set to `running`. */
  readonly client: Client;
  /** Milliseconds for which it does, unless it saves again. */
  readonly leaseMs: number;
}

export type BreakdownSave =
  | ({ readonly kind: 'breakdown' } & SaveBreakdown)
  | { readonly kind: 'subtask'; readonly parentTaskId: string; readonly subtask: SaveSubtask }
  /** Away it is put, with all its subtasks; away it may be already. */
  | { readonly kind: 'archive'; readonly parentTaskId: string };

/** Made when there is none. */
export interface SaveBreakdown {
  readonly parentTaskId: string;
  readonly description?: string;
  readonly complexity?: string | null;
  readonly context?: string | null;
  /** Of a new one. */
  readonly createdAtMs?: number;
  /** Those that are not named stay. */
  readonly subtasks: readonly SaveSubtask[];
}

export interface SaveSubtask {
  readonly taskId: string;
  readonly title?: string;
  readonly description?: string;
  readonly specialistType?: string | null;
  readonly dependencies?: readonly string[];
  readonly estimatedEffort?: string | null;
  readonly status?: TaskStatus;
  /** What came of it; of one that failed or waits, why. */
  readonly results?: string | null;
  readonly artifacts?: readonly string[];
  /** How far it is, if it is not there yet; default: queued. Of one that is, this says nothing. */
  readonly ofNew?: NewSubtaskPast;
}

export interface NewSubtaskPast {
  readonly status: TaskStatus;
  readonly results: string | null;
  readonly createdAtMs: number | null;
  readonly endedAtMs: number | null;
}

export interface SavedQuery {
  readonly parentTaskId?: string;
  /** The breakdowns that have a subtask of this id. */
  readonly taskId?: string;
  readonly archived: 'no' | 'only' | 'too';
}

/** Oldest first. */
export interface SavedBreakdown {
  readonly parentTaskId: string;
  readonly description: string;
  readonly complexity: string | null;
  readonly context: string | null;
  readonly createdAtMs: number;
  readonly archivedAtMs: number | null;
  readonly subtasks: readonly SavedSubtask[];
}

export interface SavedSubtask {
  readonly id: string;
  readonly taskId: string;
  readonly title: string;
  readonly description: string;
  readonly specialistType: string | null;
  readonly dependencies: readonly string[];
  readonly estimatedEffort: string | null;
  readonly status: TaskStatus;
  readonly results: string | null;
  /** As they were saved. */
  readonly artifacts: readonly string[];
  /** SHA-256 of stored content, in hexadecimal, oldest first. */
  readonly contents: readonly string[];
  readonly createdAtMs: number;
  readonly endedAtMs: number | null;
}
