import { expect, it } from 'vitest';
import { DEFAULT_RETRY_POLICY } from '../../../src/domain/task.ts';
import { LEASE_MS, type OnStore, type StoreBench } from './store-bench.ts';

const policy = DEFAULT_RETRY_POLICY;

/** What processes know of each other, and what is judged by the store's clock alone. */
export function fleetContract(on: OnStore): void {
  const register = async (bench: StoreBench, id: string, host: string): Promise<void> => {
    const { self } = bench.world.processes;
    await bench.store.registerInstance({
      ...{ id, kind: 'server', host, process: self, version: '1', listId: null },
      ...{ attemptsDir: `/${host}/attempts`, labels: ['gpu'], capacity: 3 },
    });
  };
  const rescue = async (bench: StoreBench, taskId: string, overdueMs: number) => {
    const [held] = await bench.store.heldTasks(null);
    const { id = '', fence = 0, term = 0 } = held ?? {};
    const ids = await bench.store.rescueExpired({
      attempts: [{ id, fence, term, policy }],
      overdueMs,
    });
    return { rescued: ids.length, task: await bench.task(taskId) };
  };

  it(
    'what a host lost goes back when its lease is long enough over, charged as lost',
    on(async (bench) => {
      await bench.load(['A']);
      await register(bench, 'holder', 'far');
      await bench.take('A');
      bench.world.nowMs += LEASE_MS + 5_000;
      expect(await rescue(bench, 'A', 5_000)).toMatchObject({
        ...{ rescued: 0, task: { status: 'running' } },
      });
      bench.world.nowMs += 1;
      expect(await rescue(bench, 'A', 5_000)).toMatchObject({
        ...{ rescued: 1, task: { status: 'queued', crashCount: 1, dueAtMs: 0, attempts: 0 } },
      });
    }),
  );

  it(
    'what a holder that said goodbye left is not charged',
    on(async (bench) => {
      await bench.load(['A']);
      await register(bench, 'holder', 'far');
      await bench.take('A');
      await bench.store.endInstance('holder');
      const [held] = await bench.store.heldTasks(null);
      expect(held).toMatchObject({ holder: { host: 'far', endedAtMs: bench.world.nowMs } });
      bench.world.nowMs += LEASE_MS + 1;
      expect(await rescue(bench, 'A', 0)).toMatchObject({
        ...{ rescued: 1, task: { status: 'queued', crashCount: 0, attempts: 0 } },
      });
    }),
  );

  it(
    'a lease that was renewed after somebody looked is neither rescued nor adopted',
    on(async (bench) => {
      await bench.load(['A']);
      await register(bench, 'holder', 'far');
      await bench.take('A');
      bench.world.nowMs += LEASE_MS + 60_000;
      const [held] = await bench.store.heldTasks(null);
      expect(held?.leaseLeftMs).toBe(-60_000);
      const { id = '', fence = 0, term = 0 } = held ?? {};
      const beat = { holderId: 'holder', leaseMs: LEASE_MS, held: [{ id, fence, term }] };
      expect(await bench.store.heartbeat(beat)).toMatchObject({ lost: [] });
      expect(await rescue(bench, 'A', 0)).toMatchObject({ rescued: 0 });
      const heir = { id, fence, term, holderId: 'heir', leaseMs: LEASE_MS };
      await expect(bench.store.adoptAttempt({ ...heir, overdueMs: 0 })).rejects.toMatchObject({
        code: 'lease_held',
      });
      // Without that condition it is taken from a living holder.
      expect(await bench.store.adoptAttempt(heir)).toMatchObject({ term: term + 1 });
    }),
  );

  it(
    'servers are listed with what they run, their clocks, and what was asked of them',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      await register(bench, 'holder', 'far');
      await register(bench, 'other', 'near');
      await bench.take('A');
      bench.world.nowMs += 1_000;
      const beat = { holderId: 'other', leaseMs: LEASE_MS, held: [], clockSkewMs: -300_000 };
      await bench.store.heartbeat(beat);
      expect(await bench.store.requestDrain({ id: 'other', withinMs: 5_000 })).toBe(true);
      expect(await bench.store.fleet()).toMatchObject([
        { id: 'holder', running: 1, silentMs: 1_000, labels: ['gpu'], capacity: 3, drain: null },
        { id: 'other', running: 0, silentMs: 0, clockSkewMs: -300_000, drain: { isDue: false } },
      ]);
      bench.world.nowMs += 5_000;
      const asked = await bench.store.work({ holderId: 'other' });
      expect(asked.drain).toMatchObject({ isDue: true });
      expect((await bench.store.work({ holderId: 'holder' })).drain).toBe(null);
      await bench.store.requestDrain({ id: 'other', withinMs: null, undo: true });
      expect((await bench.store.work({ holderId: 'other' })).drain).toBe(null);
      await bench.store.endInstance('other');
      expect(await bench.store.requestDrain({ id: 'other', withinMs: null })).toBe(false);
      expect(await bench.store.fleet()).toHaveLength(2);
      bench.world.nowMs += 2 * 3_600_000;
      expect((await bench.store.fleet()).map(({ id }) => id)).toEqual(['holder']);
    }),
  );

  it(
    'a server is shown lists that are to run and have something ready, and those it works on',
    on(async (bench) => {
      await bench.load(['X'], { path: '/lists/idle.md' });
      await bench.load(['A']);
      const seen = async (holderId: string) =>
        (await bench.store.work({ holderId })).lists.map(({ listId, ready, running }) => {
          return { ours: listId === bench.listId, ready, running };
        });
      const before = await bench.store.work({ holderId: 'holder' });
      expect(before.lists.every(({ status }) => status === 'running')).toBe(true);
      await bench.store.setExecutor({ listId: bench.listId, status: 'running' });
      expect(await seen('holder')).toContainEqual({ ours: true, ready: true, running: 0 });
      await bench.take('A');
      expect(await seen('holder')).toContainEqual({ ours: true, ready: false, running: 1 });
      expect(await seen('other')).not.toContainEqual(expect.objectContaining({ ours: true }));
    }),
  );
}
