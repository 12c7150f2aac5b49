import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskBench } from '../contract/store/disk-bench.ts';
import { testDepth } from '../support/test-depth.ts';
import { addManyTasks, letEightWrite, WRITERS } from './eight-writers.ts';

const DRAWS = testDepth.pick({ reduced: 50, full: 500 });
const RUN_MAX_MS = testDepth.pick({ reduced: 60_000, full: 300_000 });

let disk: DiskBench;
beforeEach(() => {
  disk = new DiskBench();
});
afterEach(() => disk.clear());

describe('eight processes that all write to one file', () => {
  it.each([1, 16])(
    'all get their share, without an error, a missed deadline or a blocked loop: %i callers each',
    async (callers) => {
      const seeded = await disk.openBench();
      await seeded.load(['A']);
      const { listId } = seeded;
      addManyTasks(disk.path);
      const writing = { draws: DRAWS, runMaxMs: RUN_MAX_MS, callers, listId };
      const { reports, ranMs } = await letEightWrite({ database: disk.path, ...writing });
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
