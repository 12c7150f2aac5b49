import { finding } from './findings.ts';
import { MARK_RULES, type MarkAnswer } from './mark-rules.ts';
import type { Finding, FindingCode, ListDocument, ListMark, ListTask } from './model.ts';
import { doubtfulNewcomers, type FormerText, relabelledTasks } from './newcomers.ts';
import { movedRows, type PlaceChange } from './places.ts';
import type { ContentField, StoredTask } from './stored-task.ts';
import { plainText } from './wording.ts';

/**
 * What must change in the store so that it says what the file says. Pure: the caller applies the
 * changes in one transaction and stores `marks` as the marks it has now seen; reconciling again
 * then gives nothing. Tasks are compared by their ids; a line that was given an id, or lost it,
 * goes on with the row of the same text.
 *
 * | in the file | new task | known task |
 * |---|---|---|
 * | `[ ]`, no mark | queued | by `MARK_RULES` |
 * | `[x]` | completed | by `MARK_RULES` |
 * | `[-]` | skipped | by `MARK_RULES` |
 * | `[~]` `[!]` | queued, finding | by `MARK_RULES` |
 * | other words, dependencies ... | as they say | they are taken over; running: finding |
 * | no line | | archived; running: the attempt goes on, finding |
 * | the line came back | | restored with its status; its mark counts as made by hand |
 *
 * `MARK_RULES` answers a mark made by hand for every status. Any other mark changes nothing: it
 * lags behind the store and is owed. A completed task is never added, queued or run again by any
 * edit. A new line without an id that may be a reworded task of which something came already is
 * added as waiting, until a person says what it is.
 */
export function reconcile(stored: readonly StoredTask[], document: ListDocument): Reconciliation {
  const byTaskId = new Map(stored.map((task) => [task.taskId, task]));
  const inFile = new Set(document.tasks.map((task) => task.taskId));
  const leaving = stored.filter((task) => !task.archived && !inFile.has(task.taskId));
  const unknown = document.tasks.filter((task) => !byTaskId.has(task.taskId));
  const relabelled = relabelledTasks(unknown, leaving);
  const rowOf = (task: ListTask): StoredTask | undefined =>
    byTaskId.get(task.taskId) ?? relabelled.get(task.taskId);
  const kept = new Set(relabelled.values());
  const removed = leaving.filter((row) => !kept.has(row));
  const doubts = doubtfulNewcomers(
    unknown.filter((task) => !relabelled.has(task.taskId)),
    formerTexts(document.tasks, rowOf, removed),
  );
  const result: Result = { changes: [], findings: [] };
  for (const task of document.tasks) {
    const row = rowOf(task);
    if (row === undefined) add(task, doubts.get(task.taskId), result);
    else compare(row, task, result);
  }
  for (const row of removed) remove(row, result);
  return {
    ...result,
    ...placesOf(document.tasks, rowOf),
    marks: new Map(document.tasks.map((task) => [task.taskId, task.mark])),
  };
}

interface OfRow {
  readonly id: string;
  readonly taskId: string;
}

export type ListChange =
  | {
      readonly kind: 'add';
      readonly taskId: string;
      readonly task: ListTask;
      readonly status: 'queued' | 'completed' | 'skipped' | 'waiting';
      /** Why it waits. */
      readonly reason: string | null;
    }
  /** Its line was given an id, or lost it: the row goes on as `taskId`. Others may follow. */
  | (OfRow & { readonly kind: 'relabel'; readonly task: ListTask; readonly from: string })
  | (OfRow & {
      readonly kind: 'update';
      readonly task: ListTask;
      readonly changed: readonly ContentField[];
    })
  /** Its row left the file: archived, never deleted. A running attempt is not ended by this. */
  | (OfRow & { readonly kind: 'archive' })
  /** Its row came back: no longer archived, its status as it was. An `update` may follow. */
  | (OfRow & { readonly kind: 'restore'; readonly task: ListTask })
  /** Ticked by hand while not running. */
  | (OfRow & { readonly kind: 'complete' })
  /** Marked `[-]` by hand while not running. */
  | (OfRow & { readonly kind: 'skip' });

export interface Reconciliation {
  /** In the order of the file; archived tasks last. */
  readonly changes: readonly ListChange[];
  /** Of rows that were and are in the file: those whose place there is another one. */
  readonly places: readonly PlaceChange[];
  /** The task ids of those that were really moved, not just pushed by others. */
  readonly moved: readonly string[];
  readonly findings: readonly Finding[];
  /** The mark of every task in the file now: the next call's `knownMarks`. */
  readonly marks: ReadonlyMap<string, ListMark>;
}

interface Result {
  readonly changes: ListChange[];
  readonly findings: Finding[];
}

type RowOf = (task: ListTask) => StoredTask | undefined;

/** Texts of tasks that something came of, as far as they stand in the file no more. */
function formerTexts(
  tasks: readonly ListTask[],
  rowOf: RowOf,
  removed: readonly StoredTask[],
): readonly FormerText[] {
  const reworded = tasks.flatMap((now): FormerText[] => {
    const row = rowOf(now);
    if (row === undefined || row.explicitId || row.archived || isSameText(row, now)) return [];
    return [{ row, now }];
  });
  return [...removed.map((row) => ({ row, now: null })), ...reworded].filter(
    ({ row }) => row.status !== 'queued',
  );
}

function isSameText(row: StoredTask, task: ListTask): boolean {
  return plainText(row.description) === plainText(task.description);
}

function add(task: ListTask, twin: StoredTask | null | undefined, result: Result): void {
  const { taskId, mark } = task;
  const { changes, findings } = result;
  if (mark === 'completed' || mark === 'skipped') {
    changes.push({ kind: 'add', taskId, task, status: mark, reason: null });
  } else if (twin !== undefined) {
    const what = twin === null ? 'one of those removed' : `“${clipped(twin)}” (${twin.status})`;
    const reason = `it may be ${what}, reworded`;
    changes.push({ kind: 'add', taskId, task, status: 'waiting', reason });
    findings.push(note('box_may_be_done', task, `${taskId} waits, for ${reason}`));
  } else {
    changes.push({ kind: 'add', taskId, task, status: 'queued', reason: null });
    if (mark === 'running' || mark === 'failed') {
      const code = mark === 'running' ? 'mark_running' : 'mark_failed';
      findings.push(note(code, task, `${taskId} is marked as ${mark}; it is queued`));
    }
  }
}

function compare(row: StoredTask, task: ListTask, result: Result): void {
  const { id } = row;
  const { taskId } = task;
  const { changes } = result;
  if (row.archived) changes.push({ kind: 'restore', id, taskId, task });
  if (row.taskId !== taskId) {
    changes.push({ kind: 'relabel', id, taskId, task, from: row.taskId });
  }
  const changed = CONTENT_FIELDS.filter(
    (field) => row[field] !== undefined && !sameValue(row[field], task[field]),
  );
  if (changed.length > 0) {
    changes.push({ kind: 'update', id, taskId, task, changed });
    noteEdit(row, task, changed, result);
  }
  readMark(row, task, result);
}

const CONTENT_FIELDS = [
  'description',
  'priority',
  'section',
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

/** What an attempt that runs, or ran, was told. */
const TOLD: readonly ContentField[] = ['description', 'steps', 'criteria', 'verify'];

function noteEdit(
  row: StoredTask,
  task: ListTask,
  changed: readonly ContentField[],
  { findings }: Result,
): void {
  const { taskId } = task;
  const { status } = row;
  if (status === 'running' && changed.some((field) => TOLD.includes(field))) {
    findings.push(note('edited_while_running', task, `${taskId} was edited, but runs`));
  }
  const reworded = !task.explicitId && !row.archived && !isSameText(row, task);
  if (reworded && (status === 'completed' || status === 'skipped' || status === 'cancelled')) {
    const message = `this line counts as “${clipped(row)}”, reworded, which is ${status}`;
    findings.push(note('box_reworded', task, message));
  }
  if (status !== 'running' && status !== 'completed') return;
  const added = task.dependencies.filter((one) => !row.dependencies.includes(one));
  if (added.length > 0) {
    const message = `${taskId} is ${status}: its new dependency ${added.join(', ')} comes too late`;
    findings.push(note('dependency_too_late', task, message));
  }
}

function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const left = Object.entries(a);
  if (left.length !== Object.keys(b).length) return false;
  return left.every(([key, value]) => value === (b as Record<string, unknown>)[key]);
}

function readMark(row: StoredTask, task: ListTask, { changes, findings }: Result): void {
  const { id, status, knownMarks, archived } = row;
  const { taskId, mark } = task;
  if (mark === 'none' || knownMarks.includes(mark)) return;
  const isNews = archived || knownMarks.length > 0 || mark === 'completed' || mark === 'skipped';
  const answer: MarkAnswer = MARK_RULES[mark][status];
  if (answer === 'agrees' || !isNews) return;
  if (answer === 'complete' || answer === 'skip') changes.push({ kind: answer, id, taskId });
  else findings.push(note(answer, task, `${taskId} ${SAID[answer]}, but it is ${status}`));
}

/** How a finding about a mark begins. */
const SAID: Readonly<Record<Exclude<MarkAnswer, 'agrees' | 'complete' | 'skip'>, string>> = {
  mark_running: 'is marked [~] by hand',
  mark_failed: 'is marked [!] by hand',
  mark_reset: 'has lost its mark',
  done_mark_removed: 'has lost its tick',
  ticked_while_running: 'is ticked by hand',
  skipped_while_running: 'is marked [-] by hand',
  unmarked_while_running: 'has lost its mark',
};

function remove(row: StoredTask, { changes, findings }: Result): void {
  const { id, taskId } = row;
  changes.push({ kind: 'archive', id, taskId });
  if (row.status === 'running') {
    const message = `${taskId} was removed from the file, but runs`;
    findings.push(finding('task_removed', { line: 0, taskId }, message));
  }
}

function placesOf(
  tasks: readonly ListTask[],
  rowOf: RowOf,
): Pick<Reconciliation, 'places' | 'moved'> {
  const pairs = tasks.flatMap((task) => {
    const row = rowOf(task);
    return row === undefined || row.archived ? [] : [{ row, task }];
  });
  const places = pairs
    .filter(({ row, task }) => row.position !== task.position || row.line !== task.line)
    .map(({ row, task }) => ({
      id: row.id,
      from: { position: row.position, line: row.line },
      to: { position: task.position, line: task.line },
    }));
  const moved = movedRows(pairs.map(({ row }) => row.position));
  return { places, moved: moved.map((index) => (pairs[index] as { task: ListTask }).task.taskId) };
}

const CLIPPED_LENGTH = 60;

function clipped({ description }: StoredTask): string {
  const text = plainText(description);
  return text.length <= CLIPPED_LENGTH ? text : `${text.slice(0, CLIPPED_LENGTH)}…`;
}

function note(code: FindingCode, task: ListTask, message: string): Finding {
  return finding(code, { line: task.line, taskId: task.taskId }, message);
}
