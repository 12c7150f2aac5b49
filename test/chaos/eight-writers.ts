import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { createRealWorld } from '../../src/world/real-world.ts';
import { pause } from '../../src/world/timers.ts';
import { programOf } from './built-chaos.ts';
import type { WriterProgress, WriterReport } from './store-writer.ts';

export const WRITERS = 8;
const TASKS = 60_000;
const { timers } = createRealWorld();

/** Give the only list of a store so many ready tasks that its writers never run out of them. */
export function addManyTasks(database: string): void {
  const other = new DatabaseSync(database, { timeout: 0 });
  other.exec(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${TASKS})
     INSERT INTO task_queue (id, list_id, task_list_path, task_id, priority, description, position)
     SELECT 'row' || i, list_id, task_list_path, 'T' || i, 'P2', 'do it', 10 + i
     FROM n, task_lists;
     INSERT INTO task_events (list_id, task, at_ms, kind, data_json)
     SELECT list_id, id, 0, 'enqueued', '{"kind":"enqueued","as":"queued"}' FROM task_queue
     WHERE task_id <> 'A'`,
  );
  other.close();
}

export interface Writing {
  readonly reports: readonly WriterReport[];
  readonly ranMs: number;
}

/**
 * Let eight processes claim and finish tasks of a list until they committed `draws` times each, on
 * average: each commit is one draw of the lot between them.
 */
export async function letEightWrite(input: {
  readonly database: string;
  readonly listId: string;
  readonly callers: number;
  readonly draws: number;
  readonly runMaxMs: number;
}): Promise<Writing> {
  const { database, listId, callers, draws, runMaxMs } = input;
  const script = programOf('store-writer');
  const children = Array.from({ length: WRITERS }, () =>
    fork(script, [database, listId, String(callers)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }),
  );
  await Promise.all(children.map((child) => said(child)));
  const commits = children.map(() => 0);
  const reports: WriterReport[] = [];
  for (const [at, child] of children.entries()) {
    child.on('message', (message: WriterProgress | WriterReport) => {
      if ('commits' in message) commits[at] = message.commits;
      else reports.push(message);
    });
    child.send('go');
  }
  const startedAt = performance.now();
  const ran = (): number => performance.now() - startedAt;
  const drawn = (): number => commits.reduce((sum, count) => sum + count, 0);
  while (drawn() < draws * WRITERS && ran() < runMaxMs) await pause(timers, 50);
  const ranMs = ran();
  const ended = Promise.all(children.map((child) => once(child, 'exit')));
  for (const child of children) child.send('stop');
  await ended;
  return { reports, ranMs };
}

async function said<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, 'message')) as [T];
  return message;
}
