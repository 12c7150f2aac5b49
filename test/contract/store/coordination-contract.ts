import { expect, it } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { FAILED, listOf, type OnStore } from './store-bench.ts';

/** Locks, processes, the ledger, and calls that end. */
export function coordinationContract(on: OnStore): void {
  const lock = (store: Store, holderId: string, more: { evenFrom?: string } = {}) =>
    store.acquireLock({ name: 'marks:1', holderId, ttlMs: 10_000, ...more });

  it(
    'a lock has one holder, who is named to everybody else',
    on(async (bench) => {
      const nowMs = bench.world.nowMs;
      expect(await lock(bench.store, 'one')).toEqual({ kind: 'acquired', fence: 1 });
      expect(await lock(bench.store, 'two')).toEqual({
        ...{ kind: 'held', holderId: 'one', sinceMs: nowMs, expiresAtMs: nowMs + 10_000 },
      });
      expect(await lock(bench.store, 'one')).toEqual({ kind: 'acquired', fence: 1 });
    }),
  );

  it(
    'an expired lock is free, and its fence rises with every acquisition',
    on(async (bench) => {
      await lock(bench.store, 'one');
      bench.world.nowMs += 10_000;
      expect(await lock(bench.store, 'two')).toEqual({ kind: 'acquired', fence: 2 });
      const stale = { name: 'marks:1', holderId: 'one', fence: 1 };
      expect(await bench.store.renewLock({ ...stale, ttlMs: 10_000 })).toBe(false);
      expect(await bench.store.releaseLock(stale)).toBe(false);
      expect(await bench.store.releaseLock({ ...stale, holderId: 'two', fence: 2 })).toBe(true);
      expect(await lock(bench.store, 'one')).toEqual({ kind: 'acquired', fence: 3 });
    }),
  );

  it(
    'a renewed lock does not expire; of many who want it at once one gets it',
    on(async (bench) => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => lock(bench.store, `h${index}`)),
      );
      const acquired = answers.filter((answer) => answer.kind === 'acquired');
      expect(acquired).toEqual([{ kind: 'acquired', fence: 1 }]);
      bench.world.nowMs += 9_000;
      const held = { name: 'marks:1', holderId: 'h0', fence: 1, ttlMs: 10_000 };
      expect(await bench.store.renewLock(held)).toBe(true);
      bench.world.nowMs += 9_000;
      expect(await lock(bench.store, 'late')).toMatchObject({ kind: 'held' });
    }),
  );

  it(
    'a lock is taken from a holder that is known to be dead, and from no other',
    on(async (bench) => {
      await lock(bench.store, 'one');
      expect(await lock(bench.store, 'two', { evenFrom: 'ghost' })).toMatchObject({ kind: 'held' });
      expect(await lock(bench.store, 'two', { evenFrom: 'one' })).toEqual({
        ...{ kind: 'acquired', fence: 2 },
      });
    }),
  );

  it(
    'cleaning up frees locks that expired, are too old, or whose holder is dead, and counts them',
    on(async (bench) => {
      const take = (name: string, holderId: string, ttlMs: number) =>
        bench.store.acquireLock({ name, holderId, ttlMs });
      await take('old', 'a', 1e9);
      await take('kept', 'k', 1e9);
      bench.world.nowMs += 3_600_000;
      await take('expired', 'b', 1);
      await take('dead', 'ghost', 1e9);
      await take('alive', 'c', 1e9);
      expect(
        await bench.store.renewLock({ name: 'kept', holderId: 'k', fence: 1, ttlMs: 1e9 }),
      ).toBe(true);
      bench.world.nowMs += 1;
      const clean = { maxAgeMs: 1_800_000, deadHolders: ['ghost'] };
      expect(await bench.store.cleanupStaleLocks(clean)).toBe(3);
      expect(await bench.store.cleanupStaleLocks(clean)).toBe(0);
      expect(await take('old', 'd', 1)).toEqual({ kind: 'acquired', fence: 2 });
      expect(await take('alive', 'd', 1)).toMatchObject({ kind: 'held', holderId: 'c' });
      expect(await take('kept', 'd', 1)).toMatchObject({ kind: 'held', holderId: 'k' });
    }),
  );

  it(
    'processes are known from registration to their good-bye',
    on(async (bench) => {
      const { self, host } = bench.world.processes;
      const one = { id: 'p1', kind: 'run', host, process: self, version: '1', listId: null };
      await bench.store.registerInstance(one);
      const startedAtMs = bench.world.nowMs;
      bench.world.nowMs += 5;
      await bench.store.heartbeat({ holderId: 'p1', leaseMs: 1, held: [] });
      expect(await bench.store.instances()).toMatchObject([
        { ...one, startedAtMs, heartbeatAtMs: startedAtMs + 5, silentMs: 0, endedAtMs: null },
      ]);
      await bench.store.endInstance('p1');
      expect(await bench.store.instances()).toEqual([]);
    }),
  );

  it(
    'a repeated request key gets the first answer and has no second effect',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      const request = { scope: 's', key: 'k', inputHash: 'h' };
      const first = await bench.claim({}, { request });
      expect(await bench.claim({}, { request })).toEqual(first);
      expect(await bench.statuses()).toEqual({ A: 'running', B: 'queued' });
      expect(await bench.claim({}, { request: { ...request, scope: 't' } })).toMatchObject([
        { taskId: 'B' },
      ]);
    }),
  );

  it(
    'a request key with another input is refused and does nothing',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      await bench.claim({}, { request: { scope: 's', key: 'k', inputHash: 'h' } });
      const other = { request: { scope: 's', key: 'k', inputHash: 'other' } };
      await expect(bench.claim({}, other)).rejects.toMatchObject({ code: 'key_reused' });
      expect(await bench.statuses()).toEqual({ A: 'running', B: 'queued' });
    }),
  );

  it(
    'the same request made many times at once happens once',
    on(async (bench) => {
      await bench.load(['A', 'B', 'C', 'D']);
      const request = { scope: 's', key: 'k', inputHash: 'h' };
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => bench.claim({}, { request })),
      );
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect((await bench.store.list(bench.listId))?.counts.running).toBe(1);
    }),
  );

  it(
    'a refusal is repeated as the same typed error; a call without an answer stays without one',
    on(async (bench) => {
      await bench.load(['A']);
      const claimed = await bench.take('A');
      await bench.finish(claimed, FAILED);
      const stale = { id: claimed.id, fence: 1, outcome: { kind: 'succeeded' } as const };
      const policy = {
        ...{ attemptsMax: 1, crashesMax: 1, revisionsMax: 1, retryDelayMs: 1, retryDelayMaxMs: 1 },
      };
      const call = { request: { scope: 's', key: 'k', inputHash: 'h' } };
      const first = await bench.store.finishAttempt({ ...stale, policy }, call);
      const again = await bench.store.finishAttempt({ ...stale, policy }, call);
      expect(again).toEqual(first);
      expect(again).toMatchObject({ kind: 'refused', error: { code: 'stale_fence' } });
      const other = { request: { scope: 's', key: 'l', inputHash: 'h' } };
      expect(await bench.store.endInstance('x', other)).toBeUndefined();
      expect(await bench.store.endInstance('x', other)).toBeUndefined();
    }),
  );

  it(
    'a request key may be used anew after a day',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      const request = { scope: 's', key: 'k', inputHash: 'h' };
      const [first] = await bench.claim({}, { request });
      bench.world.nowMs += 86_400_000;
      const later = { request: { ...request, inputHash: 'other' } };
      expect(await bench.claim({}, later)).not.toMatchObject([{ id: first?.id }]);
    }),
  );

  it(
    'a call that was cancelled before its turn changes nothing',
    on(async (bench) => {
      await bench.load(['A']);
      const controller = new AbortController();
      const late = bench.claim({}, { signal: controller.signal });
      controller.abort();
      await expect(late).rejects.toMatchObject({ code: 'aborted' });
      await expect(bench.claim({}, { signal: controller.signal })).rejects.toMatchObject({
        code: 'aborted',
      });
      await expect(bench.store.lists({ signal: controller.signal })).rejects.toMatchObject({
        code: 'aborted',
      });
      expect(await bench.statuses()).toEqual({ A: 'queued' });
    }),
  );

  it(
    'a call whose deadline passed before its turn changes nothing',
    on(async (bench) => {
      await bench.load(['A']);
      await expect(bench.claim({}, { deadlineMs: -1 })).rejects.toMatchObject({
        code: 'deadline_exceeded',
      });
      expect(await bench.statuses()).toEqual({ A: 'queued' });
    }),
  );

  it(
    'closing answers what was asked before; later calls are refused',
    on(async (bench) => {
      const { store } = bench;
      const asked = store.loadList(listOf(['A']));
      await store.close();
      expect(await asked).toMatchObject({ added: 1 });
      await expect(store.loadList(listOf(['B']))).rejects.toMatchObject({ code: 'aborted' });
      await expect(store.lists()).rejects.toMatchObject({ code: 'aborted' });
      await store.close();
    }),
  );

  it(
    'listeners hear of every commit of this process',
    on(async (bench) => {
      let heard = 0;
      const watching = bench.store.watch(() => {
        heard += 1;
      });
      await bench.load(['A']);
      expect(heard).toBeGreaterThan(0);
      watching.stop();
      const before = heard;
      await bench.end('A');
      expect(heard).toBe(before);
    }),
  );
}
