import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BATCH_OPERATIONS_MAX } from '../../../src/store/sqlite/group-commit.ts';
import { DiskBench } from './disk-bench.ts';
import { createSteeredWorld, createTimelessWorld } from './steered-world.ts';
import { listOf, type StoreBench } from './store-bench.ts';

let disk: DiskBench;
const ran: string[] = [];
const intercept = (sql: string) => void ran.push(sql);
const times = (sql: string): number => ran.filter((one) => one === sql).length;

beforeEach(() => {
  disk = new DiskBench();
  ran.length = 0;
});
afterEach(() => disk.clear());

const lock = (bench: StoreBench, name: string, call: object = {}) =>
  bench.store.acquireLock({ name, holderId: 'h', ttlMs: 1_000 }, call);
describe('group commit', () => {
  it('operations of one turn share one transaction, each in a savepoint of its own', async () => {
    const bench = await disk.openBench({ intercept, world: createTimelessWorld() });
    ran.length = 0;
    await Promise.all(Array.from({ length: 64 }, (_, at) => lock(bench, `lock ${at}`)));
    expect([times('BEGIN IMMEDIATE'), times('COMMIT'), times('SAVEPOINT operation')]).toEqual([
      ...[1, 1, 64],
    ]);
  });

  it('an operation alone needs no savepoint', async () => {
    const bench = await disk.openBench({ intercept });
    ran.length = 0;
    await lock(bench, 'alone');
    expect(times('SAVEPOINT operation')).toBe(0);
    expect(ran.at(-1)).toBe('COMMIT');
  });

  it('with grouping off every operation is a transaction of its own', async () => {
    const bench = await disk.openBench({ intercept, grouping: false });
    ran.length = 0;
    await Promise.all(Array.from({ length: 8 }, (_, at) => lock(bench, `lock ${at}`)));
    expect([times('BEGIN IMMEDIATE'), times('COMMIT'), times('SAVEPOINT operation')]).toEqual([
      ...[8, 8, 0],
    ]);
  });

  it('a batch is bounded in operations', async () => {
    const bench = await disk.openBench({ intercept });
    ran.length = 0;
    const many = BATCH_OPERATIONS_MAX * 2 + 1;
    await Promise.all(Array.from({ length: many }, (_, at) => lock(bench, `lock ${at}`)));
    expect(times('COMMIT')).toBeGreaterThanOrEqual(3);
  });

  it('a refused operation takes nobody with it, and leaves nothing of itself', async () => {
    const bench = await disk.openBench();
    await bench.load(['A', 'B']);
    const bad = { taskId: 'C', priority: 'P9' as 'P1' };
    const answers = await Promise.allSettled([
      bench.change('skip', 'A'),
      bench.store.loadList(listOf(['X', bad], '/bad.md')),
      lock(bench, 'l'),
      bench.store.changeTask({
        ...{ id: 'none', verb: 'skip', reason: '', by: 'person', confirmed: false, cascade: false },
      }),
      bench.change('cancel', 'B'),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([
      ...['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    ]);
    expect(await bench.store.listByPath('/bad.md')).toBeNull();
    expect(await bench.statuses()).toEqual({ A: 'skipped', B: 'cancelled' });
    await bench.expectSound();
  });

  it('a batch of refusals commits nothing', async () => {
    const bench = await disk.openBench({ intercept, world: createTimelessWorld() });
    ran.length = 0;
    const none = { id: 'none', holderId: 'h', defaultAgent: null, leaseMs: 1 };
    await Promise.allSettled([bench.store.claimTask(none), bench.store.claimTask(none)]);
    expect([times('COMMIT'), times('ROLLBACK')]).toEqual([0, 1]);
  });

  it('a violated constraint is executed exactly once, and typed', async () => {
    const bench = await disk.openBench({ intercept });
    ran.length = 0;
    const bad = { taskId: 'C', priority: 'P9' as 'P1' };
    await expect(bench.store.loadList(listOf([bad]))).rejects.toMatchObject({
      code: 'constraint',
      details: { sqliteCode: 275, statement: expect.stringContaining('INSERT INTO task_queue') },
    });
    expect(ran.filter((sql) => sql.startsWith('INSERT INTO task_queue'))).toHaveLength(1);
  });

  it('a call cancelled while its batch waits for another writer changes nothing', async () => {
    const bench = await disk.openBench();
    const other = disk.other();
    other.exec('BEGIN IMMEDIATE');
    const controller = new AbortController();
    const cancelled = lock(bench, 'cancelled', { signal: controller.signal });
    const kept = lock(bench, 'kept');
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'aborted' });
    other.exec('ROLLBACK');
    expect(await kept).toMatchObject({ kind: 'acquired' });
    expect(other.prepare('SELECT name FROM locks').all()).toMatchObject([{ name: 'kept' }]);
  });

  it('a database that never answers ends every call at its deadline', async () => {
    const bench = await disk.openBench();
    const other = disk.other();
    other.exec('BEGIN IMMEDIATE');
    const startedAt = performance.now();
    const calls = [100, 200, 300].map((deadlineMs) =>
      lock(bench, `l${deadlineMs}`, { deadlineMs }),
    );
    const patient = lock(bench, 'patient', { deadlineMs: 20_000 });
    const late = await Promise.all(
      calls.map((call) =>
        call.then(
          () => null,
          (error: { code: string }) => [error.code, performance.now() - startedAt] as const,
        ),
      ),
    );
    for (const [at, answer] of late.entries()) {
      expect(answer?.[0]).toBe('deadline_exceeded');
      expect(answer?.[1]).toBeGreaterThan(at * 100 + 90);
      expect(answer?.[1]).toBeLessThan(at * 100 + 1_500);
    }
    // Reading waits for nobody.
    expect(await bench.store.lists()).toEqual([]);
    other.exec('ROLLBACK');
    expect(await patient).toMatchObject({ kind: 'acquired' });
    expect(other.prepare('SELECT name FROM locks').all()).toMatchObject([{ name: 'patient' }]);
  });

  it('never waits inside the database: by the trace it asks again and again', async () => {
    const bench = await disk.openBench({ intercept });
    const other = disk.other();
    other.exec('BEGIN IMMEDIATE');
    ran.length = 0;
    await expect(lock(bench, 'late', { deadlineMs: 300 })).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
    // One that waited would have asked once, and stopped the event loop meanwhile.
    expect(times('BEGIN IMMEDIATE')).toBeGreaterThan(5);
    expect(ran.filter((sql) => sql !== 'BEGIN IMMEDIATE')).toEqual([]);
    other.exec('ROLLBACK');
  });

  it('a process steps back after its commit while others write, and only then', async () => {
    const delays: number[] = [];
    const { timers } = disk.world;
    const after: typeof timers.after = (delayMs, task, options) => {
      delays.push(delayMs);
      return timers.after(delayMs, task, options);
    };
    let monotonicMs = 0;
    const clock = { now: () => 0, monotonic: () => monotonicMs };
    const world = createSteeredWorld({ timers: { ...timers, after }, clock });
    const bench = await disk.openBench({ world });
    monotonicMs += 1_000;
    await lock(bench, 'alone');
    await lock(bench, 'still alone');
    expect(delays).toEqual([]);
    const other = await disk.openBench();
    await lock(other, 'another');
    await lock(bench, 'seen');
    expect(delays).toEqual([]);
    // The clock stands still, so the step back is not over when the next write comes.
    const next = lock(bench, 'next');
    expect(delays).toEqual([1.5]);
    monotonicMs += 1_000;
    await next;
    await lock(bench, 'alone again');
    expect(delays).toEqual([1.5]);
  });

  describe('after a wait for another writer', () => {
    const delays: number[] = [];
    let monotonicMs = 0;
    let other: ReturnType<DiskBench['other']>;
    let bench: StoreBench;
    /** Done while a write is refused, before it is tried again. */
    let meanwhile = (): void => undefined;
    let triedAgain = (): void => undefined;
    const hold = (then: () => void): void => {
      other.exec('BEGIN IMMEDIATE');
      meanwhile = then;
    };
    const release = (): void => other.exec('ROLLBACK');

    beforeEach(async () => {
      const { timers } = disk.world;
      const after: typeof timers.after = (delayMs, task, options) => {
        delays.push(delayMs);
        meanwhile();
        const again = (): void => {
          task();
          triedAgain();
        };
        return timers.after(0, again, options);
      };
      const clock = { now: () => 0, monotonic: () => monotonicMs };
      const world = createSteeredWorld({ timers: { ...timers, after }, clock });
      bench = await disk.openBench({ world });
      other = disk.other();
      delays.length = 0;
    });

    it('that held the file for long, the next turn is not waited for as long', async () => {
      hold(() => {
        monotonicMs += 30_000;
        release();
      });
      await lock(bench, 'late', { deadlineMs: 60_000 });
      hold(release);
      await lock(bench, 'next');
      expect(delays).toEqual([1.5, 27]);
    });

    it('that was given up, the next turn is not waited for at all', async () => {
      const controller = new AbortController();
      hold(() => controller.abort());
      const left = new Promise<void>((resolve) => {
        triedAgain = resolve;
      });
      const givenUp = lock(bench, 'given up', { signal: controller.signal });
      await expect(givenUp).rejects.toMatchObject({ code: 'aborted' });
      await left;
      monotonicMs += 3_600_000;
      release();
      await lock(bench, 'long after');
      hold(release);
      await lock(bench, 'next');
      expect(delays).toEqual([1.5, 1.5]);
    });
  });

  it('closing while another writer never ends waits no longer than the deadlines', async () => {
    const bench = await disk.openBench();
    disk.other().exec('BEGIN IMMEDIATE');
    const asked = lock(bench, 'l', { deadlineMs: 200 });
    const closed = bench.store.close();
    await expect(asked).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await closed;
  });
});

describe('what other processes write', () => {
  it('is read at once: a stale read is impossible', async () => {
    const one = await disk.openBench();
    const two = await disk.openBench();
    await one.load(['A', 'B', 'C']);
    two.listId = one.listId;
    expect(await two.statuses()).toEqual({ A: 'queued', B: 'queued', C: 'queued' });
    for (const taskId of ['A', 'B', 'C']) {
      await one.end(taskId);
      expect((await two.task(taskId)).status).toBe('completed');
    }
  });

  it('is told to listeners, also when a refused write of ours saw it first', async () => {
    const one = await disk.openBench();
    const two = await disk.openBench();
    let wake: () => void = () => undefined;
    const heard = () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      });
    const watching = two.store.watch(() => wake());
    const first = heard();
    await one.load(['A']);
    await first;
    const second = heard();
    await one.end('A');
    const none = { id: 'none', holderId: 'h', defaultAgent: null, leaseMs: 1 };
    await two.store.claimTask(none).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'task_not_found' });
    });
    await second;
    watching.stop();
  });
});
