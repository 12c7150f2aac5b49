import { expect, it } from 'vitest';
import type { LimitKind } from '../../../src/domain/claim-room.ts';
import { ANN, ANY, BOB, Clients } from './client-bench.ts';
import { claimsWithinLimits } from './limits-model.ts';
import type { OnStore, StoreBench } from './store-bench.ts';

const names = (claimed: readonly { readonly taskId: string }[]) => claimed.map((one) => one.taskId);

async function limit(bench: StoreBench, kind: LimitKind, name: string, maxRunning: number | null) {
  await bench.store.setLimit({ kind, name, maxRunning });
}

/** What hosts offer against what tasks need, and how much may run at once. */
export function limitsContract(on: OnStore): void {
  it(
    'a host is given what it offers, and one that says nothing of it everything',
    on(async (bench) => {
      await bench.load([
        { taskId: 'G', needs: ['gpu'] },
        { taskId: 'B', needs: ['net', 'gpu'] },
        ...[{ taskId: 'N', needs: ['net'] }, 'A'],
      ]);
      expect(names(await bench.claim({ max: 9, labels: ['net'] }))).toEqual(['N', 'A']);
      expect(await bench.claim({ max: 9, labels: [] })).toEqual([]);
      expect(names(await bench.claim({ labels: ['gpu'] }))).toEqual(['G']);
      expect(names(await bench.claim({ max: 9 }))).toEqual(['B']);
    }),
  );

  it(
    'what a host does not offer keeps nothing behind it waiting, in the order of the list',
    on(async (bench) => {
      const kept = Array.from({ length: 300 }, (_, at) => ({ taskId: `G${at}`, needs: ['gpu'] }));
      const urgent = { taskId: 'U', needs: ['net'], priority: 'P1' } as const;
      await bench.load([...kept, 'A', { taskId: 'N', needs: ['net'] }, 'C', urgent]);
      const claimed = await bench.claim({ max: 9, labels: ['net', 'disk'] });
      expect(names(claimed)).toEqual(['U', 'A', 'N', 'C']);
    }),
  );

  it(
    'to a host only what it offers is ready',
    on(async (bench) => {
      await bench.load([{ taskId: 'G', needs: ['gpu'] }]);
      const { listId } = bench;
      const asked = { listId, holderId: 'holder', minPriority: 'P4' } as const;
      const none = { ready: false, left: 1 };
      expect(await bench.store.control({ ...asked, labels: ['net'] })).toMatchObject(none);
      expect(await bench.store.control({ ...asked, labels: ['gpu'] })).toMatchObject({
        ready: true,
      });
      expect(await bench.store.control(asked)).toMatchObject({ ready: true });
    }),
  );

  it(
    'a label has room for so many tasks, over all lists and whoever runs them',
    on(async (bench) => {
      await limit(bench, 'label', 'gpu', 2);
      await bench.load([{ taskId: 'X', needs: ['gpu', 'net'] }], { path: '/lists/other.md' });
      await new Clients(bench).next(ANN);
      const gpu = ['G1', 'G2', 'G3'].map((taskId) => ({ taskId, needs: ['gpu'] }));
      await bench.load([...gpu, 'A']);
      const claimed = await bench.claim({ max: 9 });
      expect(names(claimed)).toEqual(['G1', 'A']);
      await bench.finish(claimed[0]!, { kind: 'succeeded' });
      expect(names(await bench.claim({ max: 9, labels: ['gpu'] }))).toEqual(['G2']);
    }),
  );

  it(
    'lists, agents and all together have limits; of two for one thing the smaller counts',
    on(async (bench) => {
      await bench.load(['A', 'B', { taskId: 'F', agent: 'fast' }, 'C', 'D']);
      await limit(bench, 'agent', 'slow', 1);
      const of = { max: 9, defaultAgent: 'slow' };
      expect(names(await bench.claim({ ...of, agentLimits: { slow: 3 } }))).toEqual(['A', 'F']);
      await limit(bench, 'agent', 'slow', 9);
      expect(names(await bench.claim({ ...of, agentLimits: { slow: 2 } }))).toEqual(['B']);
      await limit(bench, 'list', bench.listId, 4);
      expect(names(await bench.claim(of))).toEqual(['C']);
      await limit(bench, 'list', bench.listId, null);
      await limit(bench, 'global', '', 4);
      expect(await bench.claim(of)).toEqual([]);
      await limit(bench, 'global', '', 5);
      expect(names(await bench.claim(of))).toEqual(['D']);
    }),
  );

  it(
    'a limit that is lowered ends nothing; none at all is a limit, too',
    on(async (bench) => {
      await bench.load(['A', 'B', 'C']);
      await bench.claim({ max: 2 });
      await limit(bench, 'global', '', 0);
      expect(await bench.claim({ max: 9 })).toEqual([]);
      expect(await bench.store.limits()).toEqual({
        running: 2,
        limits: [{ kind: 'global', name: '', maxRunning: 0, running: 2 }],
      });
      await limit(bench, 'global', '', null);
      expect(await bench.store.limits()).toEqual({ running: 2, limits: [] });
      expect(await bench.claim({ max: 9 })).toHaveLength(1);
    }),
  );

  it(
    'a client hears which limit is full, or which label its host does not offer',
    on(async (bench) => {
      await bench.load([{ taskId: 'G', needs: ['gpu'] }, { taskId: 'H', needs: ['gpu'] }, 'A']);
      const clients = new Clients(bench);
      const labels = { wanted: { ...ANY, labels: ['gpu'] } } as const;
      await limit(bench, 'label', 'gpu', 1);
      expect(await clients.next(ANN)).toMatchObject({ taskId: 'G' });
      const full = { kind: 'label', name: 'gpu', maxRunning: 1, running: 1 };
      expect(await clients.ask(BOB, labels)).toMatchObject({
        lists: [{ why: 'label_full', limit: full }],
      });
      await expect(clients.take(BOB, 'H')).rejects.toMatchObject({
        ...{ code: 'claims_full', details: { taskId: 'H', limit: full } },
      });
      await limit(bench, 'label', 'gpu', null);
      expect(await clients.ask(BOB, { ...labels, offered: ['net'] })).toMatchObject({
        lists: [{ why: 'label_not_offered', label: 'gpu' }],
      });
      const here = { offered: ['net'] };
      await expect(clients.take(BOB, 'H', here)).rejects.toMatchObject({
        ...{ code: 'label_not_offered', details: { label: 'gpu' } },
      });
      expect(await clients.next(BOB, here)).toMatchObject({ taskId: 'A' });
      await limit(bench, 'global', '', 2);
      expect(await clients.ask(BOB)).toMatchObject({ lists: [{ why: 'global_full' }] });
      await limit(bench, 'agent', 'bob', 1);
      expect(await clients.ask(BOB)).toMatchObject({ lists: [{ why: 'client_full' }] });
    }),
  );

  it(
    'who asks for exactly one task is held to the limits, too',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'G', needs: ['gpu'] }]);
      const { id } = await bench.task('G');
      const claim = { id, holderId: 'h', defaultAgent: null, leaseMs: 1_000 };
      await expect(bench.store.claimTask({ ...claim, labels: [] })).rejects.toMatchObject({
        code: 'label_not_offered',
      });
      await limit(bench, 'global', '', 1);
      await bench.claim();
      await expect(bench.store.claimTask(claim)).rejects.toMatchObject({ code: 'claims_full' });
      await limit(bench, 'global', '', 2);
      expect(await bench.store.claimTask({ ...claim, labels: ['gpu'] })).toMatchObject({ id });
    }),
  );

  it(
    'a limit of a list that is not known is refused',
    on(async (bench) => {
      await expect(limit(bench, 'list', 'none', 1)).rejects.toMatchObject({
        code: 'list_not_found',
      });
    }),
  );

  claimsWithinLimits(on);
}
