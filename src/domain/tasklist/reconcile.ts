import { isTerminal, type TaskStatus } from '../status.ts';
import { finding } from './findings.ts';
import { markOf } from './mark.ts';
import type { Finding, FindingCode, ListDocument, ListMark, ListTask } from './model.ts';

/**
 * What must change in the store so that it says what the file says. Pure: the caller applies the
 * changes in one transaction and stores `marks` as the marks it has now seen; reconciling again
 * then gives nothing.
 *
 * | mark in the file | new task | known task, mark made by hand |
 * |---|---|---|
 * | `[x]` | completed | running: the attempt decides, finding; completed: nothing; else completed |
 * | `[-]` | skipped | running: it goes on, finding; completed: stays so, finding; else skipped |
 * | `[ ]` | queued | completed: stays so, finding; failed, skipped, cancelled: stays so, finding |
 * | `[~]` `[!]` | queued, finding | nothing: only Pawl gives these a meaning |
 *
 * A mark that is not made by hand changes nothing: it lags behind the store and is owed. A
 * completed task is never added, queued or run again by any edit.
 */
export function reconcile(stored: readonly StoredTask[], document: ListDocument): Reconciliation {
  const byTaskId = new Map(stored.map((task) => [task.taskId, task]));
  const result: Result = { changes: [], findings: [] };
  for (const task of document.tasks) {
    const known = byTaskId.get(task.taskId);
    if (known === undefined) {
      add(task, result);
    } else {
      compare(known, task, result);
      readMark(known, task, result);
    }
  }
  const inFile = new Set(document.tasks.map((task) => task.taskId));
  for (const task of stored) if (!inFile.has(task.taskId)) remove(task, result);
  return { ...result, marks: new Map(document.tasks.map((task) => [task.taskId, task.mark])) };
}

/** A task of this list as the store has it, archived ones included. */
export interface StoredTask extends StoredContent {
  /** The stored row's own id. */
  readonly id: string;
  readonly taskId: string;
  readonly status: TaskStatus;
  readonly archived: boolean;
  /**
   * Marks of this task that are not news: the one in the text last seen (`seen_text`), and one that
   * Pawl began to write without knowing that it arrived. Only a mark in the file that is neither
   * one of these nor the mark of `status` was made by hand. Empty when nothing is known (a rebuilt
   * store, an archived task): then a tick counts as made by hand, a missing tick never does.
   */
  readonly knownMarks: readonly ListMark[];
}

/** What the store keeps of a task's text. Fields left out are not compared. */
export type StoredContent = Pick<ListTask, RequiredField> & Partial<Pick<ListTask, OptionalField>>;

type RequiredField = 'description' | 'priority' | 'section' | 'position' | 'dependencies';
type OptionalField =
  | 'steps'
  | 'criteria'
  | 'agent'
  | 'verify'
  | 'timeoutMs'
  | 'needs'
  | 'onDepFailure'
  | 'fields';

/** What an `update` names as changed; `position` alone means that rows around it came or went. */
export type ContentField = RequiredField | OptionalField;

export type ListChange =
  | {
      readonly kind: 'add';
      readonly taskId: string;
      readonly task: ListTask;
      readonly status: 'queued' | 'completed' | 'skipped';
    }
  | {
      readonly kind: 'update';
      readonly id: string;
      readonly taskId: string;
      readonly task: ListTask;
      readonly changed: readonly ContentField[];
    }
  /** Its row left the file: archived, never deleted. A running attempt is not ended by this. */
  | { readonly kind: 'archive'; readonly id: string; readonly taskId: string }
  /** Its row came back: no longer archived, its status as it was. An `update` may follow. */
  | { readonly kind: 'restore'; readonly id: string; readonly taskId: string }
  /** Ticked by hand while not running. */
  | { readonly kind: 'complete'; readonly id: string; readonly taskId: string }
  /** Marked `[-]` by hand while not running. */
  | { readonly kind: 'skip'; readonly id: string; readonly taskId: string };

export interface Reconciliation {
  /** In the order of the file; archived tasks last. */
  readonly changes: readonly ListChange[];
  readonly findings: readonly Finding[];
  /** The mark of every task in the file now: the next call's `knownMarks`. */
  readonly marks: ReadonlyMap<string, ListMark>;
}

interface Result {
  readonly changes: ListChange[];
  readonly findings: Finding[];
}

function add(task: ListTask, { changes, findings }: Result): void {
  const { taskId, mark } = task;
  const status = mark === 'completed' || mark === 'skipped' ? mark : 'queued';
  changes.push({ kind: 'add', taskId, task, status });
  if (mark === 'running' || mark === 'failed') {
    const code = mark === 'running' ? 'mark_running' : 'mark_failed';
    findings.push(note(code, task, `${taskId} is marked as ${mark}; it is queued`));
  }
}

function compare(known: StoredTask, task: ListTask, { changes }: Result): void {
  const { id, taskId } = known;
  if (known.archived) changes.push({ kind: 'restore', id, taskId });
  const changed = CONTENT_FIELDS.filter(
    (field) => known[field] !== undefined && !sameValue(known[field], task[field]),
  );
  if (changed.length > 0) changes.push({ kind: 'update', id, taskId, task, changed });
}

const CONTENT_FIELDS = [
  'description',
  'priority',
  'section',
  'position',
  'dependencies',
  'steps',
  'criteria',
  'agent',
  'verify',
  'timeoutMs',
  'needs',
  'onDepFailure',
  'fields',
] as const satisfies readonly ContentField[];

function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const left = Object.entries(a);
  if (left.length !== Object.keys(b).length) return false;
  return left.every(([key, value]) => value === (b as Record<string, unknown>)[key]);
}

function readMark(known: StoredTask, task: ListTask, { changes, findings }: Result): void {
  const { id, taskId, status, knownMarks } = known;
  const { mark } = task;
  if (mark === markOf(status) || knownMarks.includes(mark)) return;
  const running = status === 'running';
  const done = status === 'completed';
  if (mark === 'completed') {
    if (running) findings.push(note('ticked_while_running', task, `${taskId} is ticked, but runs`));
    else changes.push({ kind: 'complete', id, taskId });
  } else if (mark === 'skipped') {
    if (running) {
      findings.push(note('skipped_while_running', task, `${taskId} is marked [-], but runs`));
    } else if (done) {
      findings.push(note('done_mark_removed', task, `${taskId} is completed, not skipped`));
    } else {
      changes.push({ kind: 'skip', id, taskId });
    }
  } else if (mark === 'queued' && isTerminal(status) && knownMarks.length > 0) {
    const code = done ? 'done_mark_removed' : 'mark_reset';
    findings.push(note(code, task, `the mark of ${taskId} was removed, but it is ${status}`));
  }
}

function remove(task: StoredTask, { changes, findings }: Result): void {
  if (task.archived) return;
  const { id, taskId } = task;
  changes.push({ kind: 'archive', id, taskId });
  if (task.status === 'running') {
    const message = `${taskId} was removed from the file, but runs`;
    findings.push(finding('task_removed', { line: 0, taskId }, message));
  }
}

function note(code: FindingCode, task: ListTask, message: string): Finding {
  return finding(code, { line: task.line, taskId: task.taskId }, message);
}
