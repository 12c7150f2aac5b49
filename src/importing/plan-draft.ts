import type { ImportedArtifact, ImportFinding } from '../domain/importing/imported-plan.ts';
import type { Priority } from '../domain/priority.ts';

/** A plan as a reader found it: nothing is unique, whole or tidy yet. */
export interface PlanDraft {
  readonly key: string;
  readonly planId: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly complexity?: string | null;
  readonly context?: string | null;
  readonly createdAtMs?: number | null;
  readonly archived?: string | null;
  readonly place: string;
  readonly tasks: readonly TaskDraft[];
}

export interface TaskDraft {
  readonly taskId: string | null;
  readonly title: string | null;
  readonly description: string | null;
  readonly specialist?: string | null;
  readonly effort?: string | null;
  readonly priority?: Priority;
  readonly dependencies: readonly string[];
  /** Edges that the source means without writing them: given up first where there is a cycle. */
  readonly implied?: readonly string[];
  /** The source's word. */
  readonly status: string | null;
  readonly result?: string | null;
  readonly labels?: readonly string[];
  readonly criteria?: readonly string[];
  readonly fields?: Readonly<Record<string, string>>;
  /** As written; found by `resolveArtifacts`. */
  readonly references?: readonly string[];
  readonly artifacts?: readonly ImportedArtifact[];
  readonly createdAtMs?: number | null;
  readonly completedAtMs?: number | null;
  readonly place: string;
}

/** What a reader gives: drafts, and what it could not take. */
export interface DraftReading {
  readonly plans: readonly PlanDraft[];
  readonly findings: readonly ImportFinding[];
}
