import type { Priority } from '../priority.ts';
import type { OnDepFailure, TaskStatus } from '../status.ts';

/**
 * A task list as a careful reader understands it, free of its notation. The file side (`listfile`)
 * makes it from markdown; reconciliation compares it with what is stored.
 */
export interface ListDocument {
  readonly title: string | null;
  readonly tasks: readonly ListTask[];
  readonly findings: readonly Finding[];
}

export interface ListTask {
  /**
   * As written (bold, code and link markup removed), or made from section and text where the line
   * has no id of its own. Unique in the document.
   */
  readonly taskId: string;
  /** False when the id was made by Pawl because the line has none. */
  readonly explicitId: boolean;
  readonly description: string;
  /** The nearest heading's text, null before the first heading. */
  readonly section: string | null;
  readonly priority: Priority;
  /** What the mark in the file says. */
  readonly mark: ListMark;
  /** Task ids in the order written, ranges expanded, no doubles, never the task itself. */
  readonly dependencies: readonly string[];
  /** 1-based place among the tasks of the file. */
  readonly position: number;
  /** 1-based line of the mark (or of the task, where there is no mark). */
  readonly line: number;
  readonly steps: readonly string[];
  readonly criteria: readonly string[];
  /** Clauses and columns Pawl acts on. */
  readonly agent: string | null;
  /** An argument vector, already split. */
  readonly verify: readonly string[] | null;
  readonly timeoutMs: number | null;
  readonly needs: readonly string[];
  readonly onDepFailure: OnDepFailure | null;
  /** Columns and clauses Pawl does not know, by their written name. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The mark of a line as a stored status; `none` where it has none that Pawl can read. */
export type ListMark =
  | Extract<TaskStatus, 'queued' | 'running' | 'completed' | 'failed' | 'skipped'>
  | 'none';

export type FindingSeverity = 'error' | 'warning' | 'info';

/** Something a person should know. `code` is stable; `remedy` says what to do about it. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: FindingSeverity;
  /** 1-based; 0 when the finding concerns no line. */
  readonly line: number;
  /** 1-based, in characters. */
  readonly column: number;
  /** Characters of what is meant, at least 1; 1 when only a place is known. */
  readonly length: number;
  readonly message: string;
  readonly remedy: string;
  readonly taskId: string | null;
}

/** Stored and printed words: never renamed, never given a second meaning. */
export const FINDING_CODES = [
  'duplicate_id',
  'dependency_cycle',
  'dangling_dependency',
  'free_text_dependency',
  'dependency_on_self',
  'priority_guessed',
  'priority_p0',
  'status_unknown',
  'mark_running',
  'mark_failed',
  'description_missing',
  'row_cells_differ',
  'row_not_taken',
  'box_without_id',
  'shape_not_supported',
  'yaml_invalid',
  'order_inferred',
  'task_optional',
  'verify_shell_operator',
  'verify_in_shell',
  'clause_invalid',
  'no_tasks',
  'ticked_while_running',
  'skipped_while_running',
  'done_mark_removed',
  'mark_reset',
  'task_removed',
  'unmarked_while_running',
  'edited_while_running',
  'dependency_too_late',
  'box_reworded',
  'box_may_be_done',
  'list_renamed',
  'list_may_be_moved',
] as const;

export type FindingCode = (typeof FINDING_CODES)[number];
