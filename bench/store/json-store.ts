import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ListTask } from '../../src/domain/tasklist/model.ts';

interface StoredTask {
  readonly task: ListTask;
  readonly status: 'queued' | 'running' | 'completed';
  readonly holder: string | null;
  readonly summary: string | null;
  readonly updatedAt: string;
}

/** What people have before they have a queue: JSON files and a lock file. */
export interface JsonStore {
  enqueue(task: ListTask): void;
  /** The first queued task becomes running; gives its id. */
  claim(): string;
  finish(taskId: string): void;
}

/**
 * The whole list in one file, rewritten at each change, as file-based orchestrators keep a plan.
 * As durable as the product: flushed before it takes the old file's place.
 */
export function openListFile(folder: string, first: readonly ListTask[]): JsonStore {
  const path = join(folder, 'list.json');
  const change = (edit: (tasks: StoredTask[]) => void): void =>
    locked(folder, () => {
      const tasks = read<StoredTask[]>(path);
      edit(tasks);
      write(path, tasks);
    });
  const settle = (tasks: StoredTask[], found: number, fields: Partial<StoredTask>): StoredTask => {
    const task = { ...present(tasks[found]), ...fields, updatedAt: now() };
    tasks[found] = task;
    return task;
  };
  write(path, first.map(enqueued));
  return {
    enqueue: (task) => change((tasks) => void tasks.push(enqueued(task))),
    claim: () => {
      let claimed = '';
      change((tasks) => {
        const found = tasks.findIndex((task) => task.status === 'queued');
        claimed = settle(tasks, found, { status: 'running', holder: 'bench' }).task.taskId;
      });
      return claimed;
    },
    finish: (taskId) =>
      change((tasks) => {
        const found = tasks.findIndex((stored) => stored.task.taskId === taskId);
        settle(tasks, found, { status: 'completed', holder: null, summary: 'written' });
      }),
  };
}

/**
 * A file for each task: less to rewrite, but nobody knows which task is next without reading, and
 * nothing that concerns two tasks is ever atomic.
 */
export function openTaskFiles(folder: string, first: readonly ListTask[]): JsonStore {
  const tasks = join(folder, 'tasks');
  mkdirSync(tasks);
  const pathOf = (taskId: string): string => join(tasks, `${taskId}.json`);
  const settle = (path: string, stored: StoredTask, fields: Partial<StoredTask>): void =>
    write(path, { ...stored, ...fields, updatedAt: now() });
  for (const task of first) writeFileSync(pathOf(task.taskId), text(enqueued(task)));
  return {
    enqueue: (task) => locked(folder, () => write(pathOf(task.taskId), enqueued(task))),
    claim: () =>
      locked(folder, () => {
        for (const name of readdirSync(tasks)) {
          const path = join(tasks, name);
          const stored = read<StoredTask>(path);
          if (stored.status !== 'queued') continue;
          settle(path, stored, { status: 'running', holder: 'bench' });
          return stored.task.taskId;
        }
        throw new Error('a claim found nothing');
      }),
    finish: (taskId) =>
      locked(folder, () => {
        const path = pathOf(taskId);
        settle(path, read(path), { status: 'completed', holder: null, summary: 'written' });
      }),
  };
}

/** Nobody else wants this lock: waiting for it, the weakness of such stores, is not measured. */
function locked<T>(folder: string, work: () => T): T {
  const lock = join(folder, 'lock');
  closeSync(openSync(lock, 'wx'));
  try {
    return work();
  } finally {
    unlinkSync(lock);
  }
}

function enqueued(task: ListTask): StoredTask {
  return { task, status: 'queued', holder: null, summary: null, updatedAt: now() };
}

function present(task: StoredTask | undefined): StoredTask {
  if (task === undefined) throw new Error('no such task');
  return task;
}

function now(): string {
  return new Date().toISOString();
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

function text(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function write(path: string, value: unknown): void {
  const unfinished = `${path}.part`;
  const file = openSync(unfinished, 'w');
  writeSync(file, text(value));
  fsyncSync(file);
  closeSync(file);
  renameSync(unfinished, path);
}
