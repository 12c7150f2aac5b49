import type { ImportedTask, ImportFinding } from './imported-plan.ts';
import { importFinding } from './imported-plan.ts';

/** A task as its source has it, with the hash of all that is taken of it. */
export interface HashedTask {
  readonly task: ImportedTask;
  readonly hash: string;
}

/** What is noted of a task that was imported. */
export interface TaskRecord {
  /** Of the source's task, when it was imported last. */
  readonly hash: string;
  /** The last event of our task after that. */
  readonly seq: number;
  /** Our task. */
  readonly id: string;
}

/** A task of the list that the plan became. */
export interface PresentTask {
  readonly id: string;
  readonly taskId: string;
  readonly lastSeq: number;
  readonly isOver: boolean;
}

export interface ImportComparison {
  readonly place: string;
  readonly planId: string;
  readonly tasks: readonly HashedTask[];
  /** By the task id in the source. */
  readonly records: ReadonlyMap<string, TaskRecord>;
  readonly present: readonly PresentTask[];
}

/**
 * `kept`: it changed over there, and here too, so what is here stays.
 * `same`: nothing new; `isOwn` says that it was changed here since.
 */
export type TaskImport =
  | {
      readonly kind: 'add';
      readonly task: ImportedTask;
      readonly source: string;
      readonly hash: string;
    }
  | {
      readonly kind: 'update';
      readonly id: string;
      readonly task: ImportedTask;
      readonly source: string;
      readonly hash: string;
    }
  | {
      readonly kind: 'same' | 'kept';
      readonly id: string;
      readonly task: ImportedTask;
      readonly source: string;
      readonly hash: string;
      readonly isOwn: boolean;
    };

export interface ComparedImport {
  readonly tasks: readonly TaskImport[];
  readonly findings: readonly ImportFinding[];
}

/**
 * What an import does with each task of a plan: new ones are added, changed ones brought up to
 * date, and whatever was changed through Pawl since it was imported is left alone. An id that the
 * list has given to a task of its own is not taken twice: the imported one gets another, and so do
 * the dependencies on it.
 */
export function compareImport(input: ImportComparison): ComparedImport {
  const { place, planId, records, present } = input;
  const rows = new Map(present.map((row) => [row.id, row]));
  const findings: ImportFinding[] = [];
  const find = (code: ImportFinding['code'], taskId: string, message: string): void => {
    findings.push(importFinding(code, { place, planId, taskId }, message));
  };
  const names = newNames(input);
  for (const [from, to] of names) {
    if (from === to || records.has(from)) continue;
    find('id_namespaced', from, `the list has a ${from} of its own: the imported one is ${to}`);
  }
  const tasks = input.tasks.map(({ task: written, hash }): TaskImport => {
    const source = written.taskId;
    const dependencies = written.dependencies.map((id) => names.get(id) ?? id);
    const task = { ...written, taskId: names.get(source) ?? source, dependencies };
    const record = records.get(source);
    const row = record === undefined ? undefined : rows.get(record.id);
    if (record === undefined || row === undefined) return { kind: 'add', task, source, hash };
    const isOwn = row.lastSeq !== record.seq;
    const known = { id: row.id, task, source, hash };
    if (record.hash === hash) return { ...known, kind: 'same', isOwn };
    if (!isOwn) return { ...known, kind: 'update' };
    find('local_change_kept', source, `${source} changed over there, and was changed here too`);
    return { ...known, kind: 'kept', isOwn };
  });
  const there = new Set(input.tasks.map(({ task }) => task.taskId));
  for (const [taskId, { id }] of records) {
    const row = rows.get(id);
    if (there.has(taskId) || row === undefined || row.isOver) continue;
    find('removed_in_source', taskId, `${taskId} is not there any more`);
  }
  return { tasks, findings };
}

/** Task ids of the source, each with the id that it has, or will have, in the list. */
function newNames({ tasks, records, present }: ImportComparison): ReadonlyMap<string, string> {
  const rows = new Map(present.map((row) => [row.id, row]));
  const taken = new Set(present.map(({ taskId }) => taskId));
  const names = new Map<string, string>();
  for (const { task } of tasks) {
    const record = records.get(task.taskId);
    const row = record === undefined ? undefined : rows.get(record.id);
    if (row !== undefined) names.set(task.taskId, row.taskId);
  }
  for (const { task } of tasks) {
    if (names.has(task.taskId)) continue;
    let name = task.taskId;
    for (let number = 2; taken.has(name); number += 1) name = `${task.taskId}~${number}`;
    taken.add(name);
    names.set(task.taskId, name);
  }
  return names;
}
