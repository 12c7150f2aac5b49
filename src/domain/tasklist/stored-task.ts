import type { TaskStatus } from '../status.ts';
import type { ListMark, ListTask } from './model.ts';

/** A task of this list as the store has it, archived ones included. */
export interface StoredTask extends StoredContent {
  /** The stored row's own id. */
  readonly id: string;
  readonly taskId: string;
  /** False when the id was made because the line had none. */
  readonly explicitId: boolean;
  readonly status: TaskStatus;
  readonly archived: boolean;
  /** The row (its `id`) whose outcome skipped or failed this one. */
  readonly causeTaskId?: string | null;
  readonly position: number;
  readonly line: number;
  /**
   * Marks of this task that are not news: the one in the text last seen (`seen_text`), and one that
   * Pawl began to write without knowing that it arrived. Only a mark in the file that is neither
   * one of these nor the mark of `status` was made by hand. Empty when nothing is known (a rebuilt
   * store, an archived task): then a tick counts as made by hand, a missing tick of a task that
   * was not archived never does.
   */
  readonly knownMarks: readonly ListMark[];
  /**
   * It may be two tasks: without an id it was reworded after it was completed, or it waits for
   * somebody to say whether it is a rewording. An id given to such a line makes it a new task.
   */
  readonly doubtful?: boolean;
}

/** What the store keeps of a task's text. Fields left out are not compared. */
export type StoredContent = Pick<ListTask, RequiredField> & Partial<Pick<ListTask, OptionalField>>;

type RequiredField = 'description' | 'priority' | 'section' | 'dependencies';
type OptionalField =
  | 'steps'
  | 'criteria'
  | 'agent'
  | 'verify'
  | 'timeoutMs'
  | 'needs'
  | 'onDepFailure'
  | 'fields';

/** What an `update` names as changed. */
export type ContentField = RequiredField | OptionalField;
