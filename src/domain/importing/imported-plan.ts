import type { Priority } from '../priority.ts';

/** What a folder or file can be. Stored in `imported_records`, so a word is never renamed. */
export const SOURCE_KINDS = [
  'older-orchestrator',
  'task-master',
  'backlog',
  'beads',
  'shrimp',
] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** What an imported task may be. A task that was at work elsewhere is queued: nobody holds it. */
export type ImportedStatus = 'queued' | 'waiting' | 'completed' | 'skipped' | 'cancelled';

/** A plan of another program in Pawl's words, settled: ids unique, edges whole, no cycle. */
export interface ImportedPlan {
  /** Names the plan within its source, for ever. */
  readonly key: string;
  /** As the source calls it; where that clashes with another source it is namespaced. */
  readonly planId: string;
  readonly title: string;
  readonly description: string;
  readonly complexity: string | null;
  readonly context: string | null;
  readonly createdAtMs: number | null;
  /** Why it is archived; null when it is not. */
  readonly archived: string | null;
  readonly place: string;
  readonly tasks: readonly ImportedTask[];
}

export interface ImportedTask {
  /** Unique in its plan. */
  readonly taskId: string;
  readonly title: string;
  readonly description: string;
  readonly specialist: string | null;
  readonly effort: string | null;
  readonly priority: Priority;
  /** Ids of the same plan. */
  readonly dependencies: readonly string[];
  readonly status: ImportedStatus;
  /** Why it waits, was skipped or cancelled. */
  readonly reason: string | null;
  readonly archived: string | null;
  readonly result: string | null;
  readonly labels: readonly string[];
  readonly criteria: readonly string[];
  /** What has no column of its own, by its name in the source. */
  readonly fields: Readonly<Record<string, string>>;
  readonly artifacts: readonly ImportedArtifact[];
  readonly createdAtMs: number | null;
  readonly completedAtMs: number | null;
}

/** Something a task left behind: a file of the project, a text kept in the source, or a trace. */
export type ImportedArtifact =
  | { readonly kind: 'file'; readonly reference: string; readonly path: string }
  | { readonly kind: 'text'; readonly reference: string; readonly text: string }
  | { readonly kind: 'gone'; readonly reference: string };

/** Everything that was read of one place. */
export interface SourceReading {
  readonly kind: SourceKind;
  /** The folder or file that was read, absolute. */
  readonly place: string;
  readonly plans: readonly ImportedPlan[];
  readonly findings: readonly ImportFinding[];
}

export type ImportSeverity = 'warning' | 'info';

/** Something of a source that was repaired, decided or not taken. */
export interface ImportFinding {
  readonly code: ImportFindingCode;
  readonly severity: ImportSeverity;
  /** A file, a table or a line of the source. */
  readonly place: string;
  readonly planId: string | null;
  readonly taskId: string | null;
  readonly message: string;
  readonly remedy: string;
}

/** Stored and printed words: never renamed, never given a second meaning. */
export const IMPORT_FINDINGS = {
  file_torn: ['warning', 'Nothing to do: the whole file beside it was read, where there is one.'],
  file_unreadable: ['warning', 'Repair the file and import again: what was taken stays.'],
  file_not_taken: ['info', 'Nothing to do, if it holds no tasks.'],
  record_not_taken: ['info', 'Add it by hand if it is needed.'],
  plan_in_both: ['info', 'Nothing to do: the further state of each task was taken.'],
  state_conflict: ['warning', 'Compare the task with `pawl show ID`, and change it if need be.'],
  status_unknown: ['warning', 'Decide it: `pawl retry ID` queues it, `pawl skip ID` leaves it.'],
  status_running: ['info', 'Nothing to do, unless somebody still works on it over there.'],
  status_waiting: ['info', '`pawl retry ID` queues it again.'],
  time_unreadable: ['info', 'Nothing to do: the moment is unknown.'],
  time_repaired: ['info', 'Nothing to do.'],
  id_missing: ['info', 'Nothing to do: it was given one.'],
  id_duplicate: ['warning', 'Look at both: the later one was given an id of its own.'],
  text_repaired: ['info', 'Nothing to do.'],
  task_without_plan: ['info', 'Nothing to do: it stands in a plan of its own.'],
  dependency_missing: ['warning', 'Nothing to do, if it may start without that one.'],
  dependency_cycle: ['warning', 'Look whether the order that is left is the one meant.'],
  dependency_across_plans: ['warning', 'Start it when that one is done.'],
  data_not_taken: ['info', 'It stays in the older store, which is left as it is.'],
  artifact_missing: ['warning', 'Nothing to do: its reference is kept with the task.'],
  artifact_outside: ['warning', 'Copy the file into the project if it is needed.'],
  artifact_too_large: ['warning', 'Copy the file by hand if it is needed.'],
  id_namespaced: ['info', 'Use the new id; the old one is kept with the plan.'],
  local_change_kept: ['warning', 'Compare both: what was changed here was kept.'],
  removed_in_source: ['info', '`pawl skip ID` if it is not to be done.'],
} as const satisfies Record<string, readonly [ImportSeverity, string]>;

export type ImportFindingCode = keyof typeof IMPORT_FINDINGS;

/** One finding, in the catalogue's severity and with its remedy. */
export function importFinding(
  code: ImportFindingCode,
  where: {
    readonly place: string;
    readonly planId?: string | null;
    readonly taskId?: string | null;
  },
  message: string,
): ImportFinding {
  const [severity, remedy] = IMPORT_FINDINGS[code];
  const { place, planId = null, taskId = null } = where;
  return { code, severity, place, planId, taskId, message, remedy };
}
