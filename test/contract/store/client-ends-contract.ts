import { expect, it } from 'vitest';
import { DEFAULT_RETRY_POLICY } from '../../../src/domain/task.ts';
import { ANN, BOB, Clients, DONE, LONG_MS } from './client-bench.ts';
import { FAILED, LEASE_MS, type OnStore } from './store-bench.ts';

/** How what clients hold comes to an end. */
export function clientEndsContract(on: OnStore): void {
  endsByClients(on);
  expiry(on);
  verifying(on);
}

function endsByClients(on: OnStore): void {
  it.each([
    [DONE, 'completed', 1],
    [{ kind: 'revise', note: 'more tests' }, 'queued', 0],
    [{ kind: 'blocked', reason: 'which database?' }, 'waiting', 0],
    [{ kind: 'errored', error: 'it does not build' }, 'queued', 1],
    [{ kind: 'returned', reason: 'out of time' }, 'queued', 0],
  ] as const)('the end %j leads to %s, charged %i', (end, status, attempts) =>
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const claimed = await clients.take(ANN, 'A');
      expect(await clients.end(ANN, claimed, end)).toMatchObject({ kind: 'finished', status });
      expect(await bench.task('A')).toMatchObject({ status, attempts });
      const before = await bench.task('A');
      expect(await clients.end(ANN, claimed, end)).toMatchObject({ kind: 'already', status });
      expect(await bench.task('A')).toEqual(before);
    })(),
  );

  it(
    'more revisions than allowed are a failure',
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const revise = { kind: 'revise', note: 'again' } as const;
      for (let round = 0; round < DEFAULT_RETRY_POLICY.revisionsMax; round += 1) {
        expect(await clients.end(ANN, await clients.take(ANN, 'A'), revise)).toMatchObject({
          status: 'queued',
        });
      }
      expect(await clients.end(ANN, await clients.take(ANN, 'A'), revise)).toMatchObject({
        status: 'failed',
      });
    }),
  );

  it(
    'more to come keeps what was said, and the claim',
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const claimed = await clients.take(ANN, 'A');
      bench.world.nowMs += 60_000;
      const resultJson = '{"summary":"half","detailedWork":"the first half"}';
      const more = { kind: 'continue' } as const;
      expect(await clients.end(ANN, claimed, more, { resultJson })).toMatchObject({
        ...{ kind: 'continued', claimed: { leaseUntilMs: bench.world.nowMs + LONG_MS } },
      });
      expect(await bench.task('A')).toMatchObject({ status: 'running', fence: claimed.fence });
      await clients.end(ANN, claimed, DONE);
      const [attempt] = await bench.store.attempts(claimed.id);
      expect(JSON.parse(attempt?.resultJson ?? '')).toMatchObject({
        ...{ detailedWork: 'the first half', proposed: 'succeeded' },
      });
      expect(await bench.task('A')).toMatchObject({ resultSummary: 'it is done' });
    }),
  );

  it(
    'what a person asked of a task is what becomes of it, short of success',
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const claimed = await clients.take(ANN, 'A');
      await bench.change('cancel', 'A');
      const revise = { kind: 'revise', note: 'again' } as const;
      expect(await clients.end(ANN, claimed, revise)).toMatchObject({ status: 'cancelled' });
    }),
  );

  it(
    'inside the attempt of an executor an end is only proposed',
    on(async (bench) => {
      await bench.load(['A']);
      const claimed = await bench.take('A');
      const clients = new Clients(bench);
      const { id, fence } = claimed;
      const wanted = { kind: 'task', id, inside: { id, fence } } as const;
      expect(await clients.ask(ANN, { wanted })).toMatchObject({ again: true, claimed });
      expect(await clients.end(ANN, claimed, DONE)).toEqual({
        ...{ kind: 'proposed', end: 'succeeded' },
      });
      expect(await clients.beat(ANN, claimed)).toMatchObject({ heldBy: 'executor', claimed });
      expect(await bench.task('A')).toMatchObject({ status: 'running', holderId: 'holder' });
      const back = { kind: 'returned', reason: '' } as const;
      expect(await clients.end(ANN, claimed, back)).toMatchObject({
        ...{ kind: 'refused', error: { code: 'illegal_transition' } },
      });
      await bench.finish(claimed, { kind: 'errored', cause: 'exit', error: 'exit code 1' });
      const [attempt] = await bench.store.attempts(id);
      expect(attempt).toMatchObject({ outcome: 'errored', resultJson: expect.any(String) });
    }),
  );
}

function expiry(on: OnStore): void {
  it(
    'a lease that ran out frees the task at the next claim, charged as a crash',
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const first = await clients.take(ANN, 'A');
      bench.world.nowMs += LONG_MS;
      expect(await clients.ask(BOB)).toMatchObject({ kind: 'none' });
      bench.world.nowMs += 1;
      expect(await clients.ask(BOB, { leasesCount: false })).toMatchObject({ kind: 'none' });
      expect(await clients.next(BOB)).toMatchObject({ taskId: 'A', fence: 2, attempt: 2 });
      expect(await bench.task('A')).toMatchObject({ crashCount: 1, attempts: 1 });
      const before = await bench.task('A');
      for (let round = 0; round < 2; round += 1) {
        expect(await clients.end(ANN, first, DONE)).toMatchObject({
          ...{ kind: 'refused', error: { code: 'stale_fence' } },
        });
      }
      await expect(clients.beat(ANN, first)).rejects.toMatchObject({ code: 'stale_fence' });
      expect(await bench.task('A')).toEqual(before);
      const kinds = ['enqueued', 'claimed', 'lost', 'claimed', 'late_result'];
      expect(await bench.kinds('A')).toEqual(kinds);
    }),
  );

  it(
    'only what clients hold expires so; a task lost too often fails',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      await bench.take('B');
      const clients = new Clients(bench);
      for (let round = 0; round < DEFAULT_RETRY_POLICY.crashesMax; round += 1) {
        const { id } = await clients.take(ANN, 'A');
        bench.world.nowMs += LONG_MS + 1;
        expect(await clients.expire()).toEqual([id]);
      }
      expect(await bench.statuses()).toEqual({ A: 'failed', B: 'running' });
    }),
  );

  it(
    'a success that comes after its lease counts while nobody has claimed the task since',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', after: ['A'] }]);
      const clients = new Clients(bench);
      const claimed = await clients.take(ANN, 'A');
      bench.world.nowMs += LONG_MS + 1;
      await clients.expire();
      const revise = { kind: 'revise', note: 'again' } as const;
      expect(await clients.end(ANN, claimed, revise)).toMatchObject({ kind: 'refused' });
      expect(await clients.end(ANN, claimed, DONE)).toMatchObject({ status: 'completed' });
      expect(await clients.end(ANN, claimed, DONE)).toMatchObject({ kind: 'already' });
      expect(await clients.next(BOB)).toMatchObject({ taskId: 'B' });
      const [attempt] = await bench.store.attempts(claimed.id);
      expect(attempt).toMatchObject({ outcome: 'succeeded', error: null });
    }),
  );

  it(
    'an expired lease that nobody swept is extended by any call of its client',
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const claimed = await clients.take(ANN, 'A');
      bench.world.nowMs += LONG_MS + 1;
      await clients.beat(ANN, claimed);
      expect(await clients.expire()).toEqual([]);
    }),
  );
}

function verifying(on: OnStore): void {
  const VERIFIED = { taskId: 'A', verify: ['npm', 'test'] } as const;

  it(
    'a task with a verify command is held by its verifier until that decides',
    on(async (bench) => {
      await bench.load([VERIFIED]);
      const clients = new Clients(bench);
      const claimed = await clients.take(ANN, 'A');
      const answer = await clients.end(ANN, claimed, DONE);
      expect(answer).toMatchObject({ kind: 'verifying', begun: true, claimed: { term: 2 } });
      expect(await clients.end(ANN, claimed, DONE)).toMatchObject({ begun: false });
      expect(await clients.beat(ANN, claimed)).toMatchObject({ heldBy: 'verifier' });
      const back = { kind: 'returned', reason: '' } as const;
      expect(await clients.end(ANN, claimed, back)).toMatchObject({
        ...{ kind: 'refused', error: { code: 'lease_held' } },
      });
      bench.world.nowMs += LONG_MS * 2;
      expect(await clients.expire()).toEqual([]);
      const holder = { id: 'verifier', term: 2 };
      const error = 'verify: exit code 1: 3 tests failed';
      const outcome = { kind: 'errored', cause: 'verify', error } as const;
      await bench.finish(claimed, outcome, { holder });
      expect(await clients.end(ANN, claimed, DONE)).toMatchObject({
        ...{ kind: 'already', outcome: 'errored', error, status: 'queued' },
      });
    }),
  );

  it(
    'the files of a client’s attempt lie where it was verified last; before that there are none',
    on(async (bench) => {
      await bench.load([VERIFIED, 'B']);
      const clients = new Clients(bench);
      const process = { pid: 1, startedAt: 'then', bootId: 'that' };
      const place = (id: string) => ({ host: `of ${id}`, attemptsDir: `/${id}/attempts` });
      for (const id of ['verifier', 'heir']) {
        const about = { id, kind: 'verifier', process, version: '1', listId: null };
        await bench.store.registerInstance({ ...about, ...place(id) });
      }
      const { id, fence } = await clients.take(ANN, 'A');
      const attempt = async () => (await bench.store.attempts(id)).at(-1);
      const nobody = { watcherId: null, host: null, attemptsDir: null };
      expect(await attempt()).toMatchObject(nobody);
      await clients.end(ANN, { id, fence }, DONE);
      expect(await attempt()).toMatchObject({ watcherId: 'verifier', ...place('verifier') });
      const heir = { holderId: 'heir', leaseMs: LEASE_MS };
      const { term } = await bench.store.adoptAttempt({ id, fence, term: 2, ...heir });
      expect(await attempt()).toMatchObject({ watcherId: 'heir', ...place('heir') });
      await bench.finish({ id, fence }, FAILED, { holder: { id: 'heir', term } });
      // The next attempt is not verified, and the former one stays where it was.
      bench.world.nowMs += LONG_MS;
      await bench.store.promoteDue();
      await clients.take(BOB, 'A');
      expect(await attempt()).toMatchObject(nobody);
      expect((await bench.store.attempts(id))[0]).toMatchObject(place('heir'));
      const b = await bench.take('B', 'verifier');
      expect(await bench.store.attempts(b.id)).toMatchObject([
        { holderId: 'verifier', watcherId: 'verifier', ...place('verifier') },
      ]);
    }),
  );

  it(
    'a late success with a verify command is claimed anew, to be verified',
    on(async (bench) => {
      await bench.load([VERIFIED]);
      const clients = new Clients(bench);
      const claimed = await clients.take(ANN, 'A');
      bench.world.nowMs += LONG_MS + 1;
      await clients.expire();
      const resultJson = '{"summary":"done","detailedWork":"all of it"}';
      expect(await clients.end(ANN, claimed, DONE, { resultJson })).toMatchObject({
        ...{ kind: 'verifying', begun: true, claimed: { fence: claimed.fence + 1 } },
      });
      const attempts = await bench.store.attempts(claimed.id);
      expect(JSON.parse(attempts[1]?.resultJson ?? '')).toMatchObject({
        detailedWork: 'all of it',
      });
    }),
  );
}
