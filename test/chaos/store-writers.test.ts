import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRealWorld } from '../../src/world/real-world.ts';
import { pause } from '../../src/world/timers.ts';
import { DiskBench } from '../contract/store/disk-bench.ts';
import { testDepth } from '../support/test-depth.ts';
import type { WriterProgress, WriterReport } from './store-writer.ts';

const WRITERS = 8;
const TASKS = 60_000;
/** Each commit is one draw of the lot between the processes; so many on average for each. */
const DRAWS = testDepth.pick({ reduced: 100, full: 500 });
const RUN_MAX_MS = testDepth.pick({ reduced: 60_000, full: 300_000 });
const { timers } = createRealWorld();

let disk: DiskBench;
beforeEach(() => {
  disk = new DiskBench();
});
afterEach(() => disk.clear());

async function said<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, 'message')) as [T];
  return message;
}

interface Writing {
  readonly reports: readonly WriterReport[];
  readonly ranMs: number;
}

/** Let eight processes write until each could have had its share. */
async function letWrite(listId: string, callers: number): Promise<Writing> {
  const script = join(import.meta.dirname, 'store-writer.ts');
  const children = Array.from({ length: WRITERS }, () =>
    fork(script, [disk.path, listId, String(callers)], {
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
  while (drawn() < DRAWS * WRITERS && ran() < RUN_MAX_MS) await pause(timers, 50);
  const ranMs = ran();
  const ended = Promise.all(children.map((child) => once(child, 'exit')));
  for (const child of children) child.send('stop');
  await ended;
  return { reports, ranMs };
}

async function manyTasks(): Promise<string> {
  const bench = await disk.openBench();
  await bench.load(['A']);
  disk.other().exec(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${TASKS})
     INSERT INTO task_queue (id, list_id, task_list_path, task_id, priority, description, position)
     SELECT 'row' || i, list_id, task_list_path, 'T' || i, 'P2', 'do it', 10 + i
     FROM n, task_lists;
     INSERT INTO task_events (list_id, task, at_ms, kind, data_json)
     SELECT list_id, id, 0, 'enqueued', '{"kind":"enqueued","as":"queued"}' FROM task_queue
     WHERE task_id <> 'A'`,
  );
  return bench.listId;
}

describe('eight processes that all write to one file', () => {
  it.each([1, 16])(
    'all get their share, without an error, a missed deadline or a blocked loop: %i callers each',
    async (callers) => {
      const listId = await manyTasks();
      const { reports, ranMs } = await letWrite(listId, callers);
      expect(reports).toHaveLength(WRITERS);
      const finished = reports.map((report) => report.finished);
      const total = finished.reduce((sum, count) => sum + count, 0);
      const slowestMs = Math.max(...reports.map((report) => report.slowestMs));
      const p99 = Math.max(...reports.map((report) => report.loopDelayMs.p99));
      const max = Math.max(...reports.map((report) => report.loopDelayMs.max));
      console.log(
        `${callers} callers: ${Math.round((total * 1_000) / ranMs)} claims+finishes per second, ` +
          `per process ${finished.join(' ')}; slowest operation ${Math.round(slowestMs)} ms; ` +
          `event loop p99 ${p99.toFixed(1)} ms, longest stall ${Math.round(max)} ms`,
      );
      expect(reports.flatMap((report) => report.errors)).toEqual([]);
      const mean = total / WRITERS;
      expect(Math.min(...finished)).toBeGreaterThanOrEqual(mean / 2);
      // A stall is the machine's: a flush that took seconds holds everybody up, each in turn.
      expect(slowestMs).toBeLessThan(15_000 + WRITERS * max);
      expect(p99).toBeLessThan(250);
      const bench = await disk.openBench();
      const list = await bench.store.list(listId);
      expect(list?.counts).toMatchObject({ completed: total, running: 0 });
      expect(await bench.store.audit()).toEqual([]);
    },
  );

  it('leaves the event loop running while another process keeps the file locked', async () => {
    const bench = await disk.openBench();
    const other = disk.other();
    other.exec('BEGIN IMMEDIATE');
    const waiting = bench.store.acquireLock(
      { name: 'l', holderId: 'h', ttlMs: 1 },
      { deadlineMs: 400 },
    );
    const gaps: number[] = [];
    let last = performance.now();
    const beat = setInterval(() => {
      gaps.push(performance.now() - last);
      last = performance.now();
    }, 2);
    await expect(waiting).rejects.toMatchObject({ code: 'deadline_exceeded' });
    clearInterval(beat);
    gaps.sort((one, another) => one - another);
    expect(gaps.length).toBeGreaterThan(20);
    expect(gaps[Math.floor(gaps.length * 0.9)]).toBeLessThan(50);
  });
});
