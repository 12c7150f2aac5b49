import { expect, it } from 'vitest';
import { DEFAULT_RETRY_POLICY } from '../../../src/domain/task.ts';
import { ANN, ANY, BOB, Clients, client, DONE, LONG_MS } from './client-bench.ts';
import type { OnStore } from './store-bench.ts';

/** How clients without a process of ours claim tasks, and keep them. */
export function clientClaimsContract(on: OnStore): void {
  it(
    'a client claims what is most urgent, from a list that nobody executes',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', priority: 'P1' }]);
      await bench.set({ status: 'stopped' });
      const clients = new Clients(bench);
      expect(await clients.ask(ANN)).toMatchObject({
        ...{ kind: 'claimed', again: false, epoch: 1 },
        claimed: { taskId: 'B', fence: 1, attempt: 1, agent: 'ann' },
      });
      expect(await bench.task('B')).toMatchObject({
        ...{ status: 'running', holderId: 'session:session-of-ann' },
        leaseUntilMs: bench.world.nowMs + LONG_MS,
      });
      const [held] = await bench.store.heldTasks(bench.listId);
      expect(held).toMatchObject({ clientName: 'ann', holder: null });
    }),
  );

  it(
    'nothing is claimed from a paused list, neither the next task nor a named one',
    on(async (bench) => {
      await bench.load(['A']);
      await bench.set({ status: 'paused' });
      const clients = new Clients(bench);
      const lists = [{ listId: bench.listId, why: 'paused' }];
      expect(await clients.ask(ANN)).toEqual({ kind: 'none', lists });
      await expect(clients.take(ANN, 'A')).rejects.toMatchObject({ code: 'executor_not_running' });
    }),
  );

  it(
    'a blocked task is refused with what it waits for',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', after: ['A'] }]);
      await expect(new Clients(bench).take(ANN, 'B')).rejects.toMatchObject({
        code: 'task_blocked',
        details: { blockers: [{ taskId: 'A', status: 'queued' }] },
      });
    }),
  );

  it(
    'claims are chosen by role, label and priority',
    on(async (bench) => {
      await bench.load([
        ...(['A', { taskId: 'B', needs: ['gpu', 'net'] }] as const),
        ...([{ taskId: 'C', needs: ['gpu'], priority: 'P3' }] as const),
      ]);
      const clients = new Clients(bench);
      const labels = ['gpu'];
      const none = { wanted: { ...ANY, labels: ['gpu', 'tpu'] } };
      expect(await clients.ask(ANN, none)).toMatchObject({ kind: 'none' });
      const urgent = { wanted: { ...ANY, labels, minPriority: 'P2' } } as const;
      expect(await clients.next(ANN, urgent)).toMatchObject({ taskId: 'B' });
      expect(await clients.ask(ANN, urgent)).toMatchObject({ kind: 'none' });
      expect(await clients.next(ANN, { wanted: { ...ANY, labels } })).toMatchObject({
        taskId: 'C',
      });
      const role = { wanted: { ...ANY, specialistType: 'tester' } };
      expect(await clients.ask(ANN, role)).toMatchObject({ kind: 'none' });
    }),
  );

  it(
    'the limits of the list and of the client hold, whoever runs the tasks',
    on(async (bench) => {
      await bench.load(['A', 'B', 'C', 'D']);
      await bench.claim();
      const clients = new Clients(bench);
      const { listId } = bench;
      const lists = [{ listId, policy: DEFAULT_RETRY_POLICY, maxConcurrent: 2 }];
      await clients.next(ANN, { lists });
      expect(await clients.ask(BOB, { lists })).toEqual({
        ...{ kind: 'none', lists: [{ listId, why: 'list_full' }] },
      });
      await expect(clients.take(BOB, 'C', { lists })).rejects.toMatchObject({
        code: 'claims_full',
      });
      expect(await clients.ask(ANN, { clientMax: 1 })).toMatchObject({
        lists: [{ why: 'client_full' }],
      });
      expect(await clients.ask(BOB, { clientMax: 1 })).toMatchObject({ kind: 'claimed' });
    }),
  );

  it(
    'asking again for what one holds gives the same claim, extended; another client is refused',
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const first = await clients.take(ANN, 'A');
      bench.world.nowMs += 60_000;
      const restarted = client('ann', 'a-later-session');
      expect(await clients.take(restarted, 'A')).toEqual({
        ...first,
        leaseUntilMs: bench.world.nowMs + LONG_MS,
      });
      await expect(clients.take(BOB, 'A')).rejects.toMatchObject({ code: 'lease_held' });
      expect(await bench.kinds('A')).toEqual(['enqueued', 'claimed']);
    }),
  );

  it(
    'a heartbeat extends the lease and says how far the task is, without an event',
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const claimed = await clients.take(ANN, 'A');
      bench.world.nowMs += 60_000;
      const answer = await clients.beat(BOB, claimed);
      expect(answer).toMatchObject({ heldBy: 'client', endRequest: null });
      expect(answer.claimed.leaseUntilMs).toBe(bench.world.nowMs + LONG_MS);
      expect(await bench.kinds('A')).toEqual(['enqueued', 'claimed']);
      await bench.change('cancel', 'A');
      expect((await clients.beat(ANN, claimed)).endRequest).toMatchObject({ verb: 'cancel' });
    }),
  );

  it(
    'without a claim only the client that holds the task is heard',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      const clients = new Clients(bench);
      const { id } = await clients.take(ANN, 'A');
      const bare = { id, fence: null };
      await expect(clients.beat(BOB, bare)).rejects.toMatchObject({ code: 'claim_needed' });
      await expect(clients.end(BOB, bare, DONE)).rejects.toMatchObject({ code: 'claim_needed' });
      const other = { id: (await bench.task('B')).id, fence: null };
      await expect(clients.end(ANN, other, DONE)).rejects.toMatchObject({ code: 'claim_needed' });
      expect(await clients.end(client('ann', 'later'), bare, DONE)).toMatchObject({
        status: 'completed',
      });
      expect(await clients.end(ANN, bare, DONE)).toMatchObject({ kind: 'already' });
    }),
  );

  it(
    'a claim from before a restore is worth nothing',
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const { id, fence } = await clients.take(ANN, 'A');
      const epoch = await bench.store.afterRestore(1);
      const ref = { id, fence, epoch: 1 };
      await expect(clients.end(ANN, { id, fence }, DONE, { ref })).rejects.toMatchObject({
        ...{ code: 'stale_fence', details: { epoch: 1 } },
      });
      expect(await clients.ask(ANN)).toMatchObject({ kind: 'claimed', epoch });
    }),
  );
}
