import { expect, it } from 'vitest';
import type { AttemptOutcome } from '../../../src/domain/outcome.ts';
import { FAILED, LEASE_MS, ONE_TRY, type OnStore } from './store-bench.ts';

/** Fences, terms, leases, outcomes and limits. */
export function attemptsContract(on: OnStore): void {
  it(
    'a heartbeat renews the leases of its holder, in one go',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      const held = await bench.claim({ max: 2 });
      bench.world.nowMs += 45_000;
      const answer = await bench.store.heartbeat({ holderId: 'holder', leaseMs: LEASE_MS, held });
      expect(answer).toEqual({ lost: [], endRequests: [], nowMs: bench.world.nowMs });
      expect((await bench.task('B')).leaseUntilMs).toBe(bench.world.nowMs + LEASE_MS);
    }),
  );

  it.each([
    ['another fence', { fence: 2 }, 'holder'],
    ['another term', { term: 2 }, 'holder'],
    ['another holder', {}, 'thief'],
    ['an unknown task', { id: 'none' }, 'holder'],
  ] as const)('a heartbeat with %s renews nothing and is told so', (_name, change, holderId) =>
    on(async (bench) => {
      await bench.load(['A']);
      const claimed = await bench.take('A');
      const before = await bench.task('A');
      bench.world.nowMs += 1_000;
      const stale = { ...claimed, ...change };
      expect(await bench.heartbeatLost(stale, holderId)).toEqual([stale.id]);
      expect(await bench.task('A')).toEqual(before);
    })(),
  );

  it(
    'what an agent printed ends its attempt, be there a NUL or half a character in it',
    on(async (bench) => {
      await bench.load(['A', 'B', { taskId: 'C', after: ['D'] }, 'D']);
      const printed = 'a \0 and \ud83d';
      const kept = 'a \ufffd and \ufffd';
      const succeeded = { kind: 'succeeded', summary: printed } as const;
      await bench.finish(await bench.take('A'), succeeded);
      const failed = { kind: 'errored', cause: 'exit', error: printed } as const;
      await bench.finish(await bench.take('B'), failed, ONE_TRY);
      await bench.finish(await bench.take('D'), succeeded);
      expect(await bench.task('A')).toMatchObject({ status: 'completed', resultSummary: kept });
      expect(await bench.task('B')).toMatchObject({ status: 'failed', lastError: kept });
      expect(await bench.task('D')).toMatchObject({ status: 'completed', resultSummary: kept });
      await bench.expectSound();
    }),
  );

  it(
    'claims and ends that are asked at the same moment are each answered for themselves',
    on(async (bench) => {
      await bench.load(['A', 'B', { taskId: 'C', after: ['A'] }, 'D', 'E']);
      const [first, second] = await bench.claim({ max: 2 });
      if (first === undefined || second === undefined) throw new Error('two were ready');
      const done = { kind: 'succeeded' } as const;
      const unknown = { ...second, id: 'none' };
      const [ended, one, again, missing, three] = await Promise.allSettled([
        bench.finish(first, done),
        bench.claim({ max: 1 }),
        bench.finish(first, done),
        bench.finish(unknown, done),
        bench.claim({ max: 3 }),
        bench.finish(second, FAILED, ONE_TRY),
      ]);
      const kinds = [ended, again].map((one) => one.status === 'fulfilled' && one.value.kind);
      expect(kinds.toSorted()).toEqual(['already', 'finished']);
      expect(missing).toMatchObject({ reason: { code: 'task_not_found' } });
      const taken = [one, three].flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
      expect(new Set(taken.map(({ id }) => id)).size).toBe(taken.length);
      expect(await bench.statuses()).toMatchObject({ A: 'completed', B: 'failed', D: 'running' });
      await bench.expectSound();
    }),
  );

  it(
    'a finished attempt has lost its lease at the next heartbeat',
    on(async (bench) => {
      await bench.load(['A']);
      const claimed = await bench.take('A');
      await bench.finish(claimed, { kind: 'succeeded' });
      expect(await bench.heartbeatLost(claimed)).toEqual([claimed.id]);
    }),
  );

  it(
    'a stale fence finishes nothing; its result is kept as one event, however often it is told',
    on(async (bench) => {
      await bench.load(['A']);
      const zombie = await bench.take('A');
      await bench.finish(zombie, { kind: 'lost', reason: 'gone' });
      bench.world.nowMs += 600_000;
      await bench.store.promoteDue();
      const heir = await bench.take('A', 'heir');
      const before = await bench.task('A');
      for (let round = 0; round < 3; round += 1) {
        expect(await bench.finish(zombie, { kind: 'succeeded' })).toMatchObject({
          kind: 'refused',
          error: { code: 'stale_fence', details: { fence: 1, currentFence: 2 } },
        });
      }
      expect(await bench.task('A')).toEqual(before);
      expect((await bench.kinds('A')).slice(-2)).toEqual(['claimed', 'late_result']);
      expect(await bench.finish(heir, { kind: 'succeeded' })).toMatchObject({ kind: 'finished' });
    }),
  );

  it(
    'a fence that was never given finishes nothing and leaves no trace',
    on(async (bench) => {
      await bench.load(['A']);
      const claimed = await bench.take('A');
      const forged = { ...claimed, fence: 7 };
      expect(await bench.finish(forged, { kind: 'succeeded' })).toMatchObject({
        ...{ kind: 'refused', error: { code: 'stale_fence' } },
      });
      expect(await bench.kinds('A')).toEqual(['enqueued', 'claimed']);
      expect(await bench.task('A')).toMatchObject({ status: 'running' });
    }),
  );

  it(
    'finishing again with the same outcome is answered the same and does nothing twice',
    on(async (bench) => {
      await bench.load(['A']);
      const claimed = await bench.take('A');
      await bench.finish(claimed, { kind: 'succeeded', summary: 'done' });
      const events = await bench.kinds('A');
      expect(await bench.finish(claimed, { kind: 'succeeded', summary: 'done' })).toEqual({
        ...{ kind: 'already', status: 'completed' },
      });
      expect(await bench.kinds('A')).toEqual(events);
    }),
  );

  it(
    'of two outcomes for one fence exactly the first is accepted',
    on(async (bench) => {
      await bench.load(['A']);
      const claimed = await bench.take('A');
      const answers = await Promise.all([
        bench.finish(claimed, { kind: 'succeeded' }),
        bench.finish(claimed, FAILED, ONE_TRY),
      ]);
      expect(answers.map((answer) => answer.kind)).toEqual(['finished', 'refused']);
      expect(await bench.task('A')).toMatchObject({ status: 'completed' });
      const [attempt] = await bench.store.attempts(claimed.id);
      expect(attempt).toMatchObject({ outcome: 'succeeded', endedAtMs: bench.world.nowMs });
    }),
  );

  it(
    'a result after the lease expired is accepted while nobody has claimed the task again',
    on(async (bench) => {
      await bench.load(['A']);
      const claimed = await bench.take('A');
      bench.world.nowMs += LEASE_MS * 10;
      expect(await bench.finish(claimed, { kind: 'succeeded' })).toMatchObject({
        ...{ kind: 'finished', status: 'completed' },
      });
    }),
  );

  it(
    'adoption raises the term and keeps the fence; the former holder can do nothing more',
    on(async (bench) => {
      await bench.load(['A']);
      const claimed = await bench.take('A', 'old');
      const { id, fence, term } = claimed;
      const adopted = await bench.store.adoptAttempt({
        ...{ id, fence, term, holderId: 'new', leaseMs: LEASE_MS },
      });
      expect(adopted).toMatchObject({ fence: 1, term: 2, attempt: 1 });
      expect(await bench.heartbeatLost(claimed, 'old')).toEqual([id]);
      const old = { holder: { id: 'old', term } };
      expect(await bench.finish(claimed, { kind: 'succeeded' }, old)).toMatchObject({
        ...{ kind: 'refused', error: { code: 'stale_term', details: { holder: 'new', term: 2 } } },
      });
      const heir = { holder: { id: 'new', term: 2 } };
      expect(await bench.finish(adopted, { kind: 'succeeded' }, heir)).toMatchObject({
        kind: 'finished',
      });
    }),
  );

  it(
    'an attempt is adopted once: the second adopter is refused and told by whom',
    on(async (bench) => {
      await bench.load(['A']);
      const { id, fence, term } = await bench.take('A', 'old');
      const adopt = (holderId: string) =>
        bench.store.adoptAttempt({ id, fence, term, holderId, leaseMs: LEASE_MS });
      const [first, second] = await Promise.allSettled([adopt('one'), adopt('two')]);
      expect(first.status).toBe('fulfilled');
      expect(second).toMatchObject({
        ...{ status: 'rejected', reason: { code: 'stale_term', details: { holder: 'one' } } },
      });
    }),
  );

  it(
    'a failed try comes back after its delay, at most three times by default, then it failed',
    on(async (bench) => {
      await bench.load(['A']);
      for (const tries of [1, 2]) {
        const claimed = await bench.take('A');
        const finished = await bench.finish(claimed, FAILED);
        const dueAtMs = bench.world.nowMs + 0.5 * 5_000 * 2 ** (tries - 1);
        expect(finished).toEqual({ kind: 'finished', status: 'queued', dueAtMs });
        expect(await bench.claim()).toEqual([]);
        bench.world.nowMs = dueAtMs - 1;
        expect(await bench.store.promoteDue()).toEqual({ promoted: 0, nextDueAtMs: dueAtMs });
        bench.world.nowMs = dueAtMs;
        expect(await bench.store.promoteDue()).toEqual({ promoted: 1, nextDueAtMs: null });
      }
      const last = await bench.finish(await bench.take('A'), FAILED);
      expect(last).toMatchObject({ status: 'failed' });
      expect(await bench.task('A')).toMatchObject({ attempts: 3, lastError: 'exit code 1' });
    }),
  );

  it(
    'lost leases are counted apart from tries, and have a limit of their own',
    on(async (bench) => {
      bench.world.chance = 0;
      await bench.load(['A']);
      for (const crashCount of [1, 2]) {
        await bench.finish(await bench.take('A'), { kind: 'lost', reason: 'holder gone' });
        expect(await bench.task('A')).toMatchObject({ status: 'queued', crashCount, attempts: 0 });
      }
      await bench.finish(await bench.take('A'), { kind: 'lost', reason: 'holder gone' });
      expect(await bench.task('A')).toMatchObject({ status: 'failed', crashCount: 3, attempts: 0 });
    }),
  );

  it.each<AttemptOutcome>([
    { kind: 'released', reason: 'stop' },
    { kind: 'released', reason: 'drain' },
    { kind: 'released', reason: 'never_started' },
    { kind: 'rate_limited', retryAfterMs: 0, note: 'slow down' },
    { kind: 'revise', note: 'again, please' },
  ])('an attempt that ended by %o costs the task no try', (outcome) =>
    on(async (bench) => {
      await bench.load(['A']);
      await bench.finish(await bench.take('A'), outcome);
      expect(await bench.task('A')).toMatchObject({
        ...{ status: 'queued', attempts: 0, crashCount: 0, claims: 1 },
      });
    })(),
  );

  it(
    'a rate limit keeps the task until the moment it named',
    on(async (bench) => {
      await bench.load(['A']);
      const limited = { kind: 'rate_limited', retryAfterMs: 90_000, note: '429' } as const;
      await bench.finish(await bench.take('A'), limited);
      expect(await bench.task('A')).toMatchObject({
        ...{ dueAtMs: bench.world.nowMs + 90_000, statusReason: '429' },
      });
    }),
  );

  it(
    'a task that asks for more revisions than allowed has failed',
    on(async (bench) => {
      await bench.load(['A']);
      for (const revisions of [1, 2]) {
        await bench.finish(await bench.take('A'), { kind: 'revise', note: 'n' }, TWO_REVISIONS);
        expect(await bench.task('A')).toMatchObject({ status: 'queued', revisions });
      }
      await bench.finish(await bench.take('A'), { kind: 'revise', note: 'n' }, TWO_REVISIONS);
      expect(await bench.task('A')).toMatchObject({ status: 'failed', attempts: 0 });
    }),
  );

  it(
    'a blocked task waits for a person, uncharged, and goes on when it is sent back',
    on(async (bench) => {
      await bench.load(['A']);
      await bench.finish(await bench.take('A'), { kind: 'blocked', reason: 'which colour?' });
      expect(await bench.task('A')).toMatchObject({
        ...{ status: 'waiting', statusReason: 'which colour?', attempts: 0, holderId: null },
      });
      expect(await bench.claim()).toEqual([]);
      await bench.change('retry', 'A');
      expect(await bench.claim()).toHaveLength(1);
    }),
  );

  it(
    'what an attempt left as evidence is kept with it',
    on(async (bench) => {
      await bench.load(['A']);
      const claimed = await bench.take('A');
      const evidence = { exitCode: 3, resultJson: '{"a":1}' };
      await bench.finish(claimed, FAILED, { ...ONE_TRY, evidence });
      expect(await bench.store.attempts(claimed.id)).toMatchObject([
        { outcome: 'errored', exitCode: 3, error: 'exit code 1', resultJson: '{"a":1}' },
      ]);
    }),
  );

  it(
    'the summary of a success is shown to the dependants',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', after: ['A'] }]);
      await bench.end('A', { kind: 'succeeded', summary: 'made it' });
      expect(await bench.dependencies('B')).toMatchObject([
        { taskId: 'A', status: 'completed', satisfied: true, resultSummary: 'made it' },
      ]);
    }),
  );

  it(
    'running tasks are listed with their holders, living or unknown',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      const { self, host } = bench.world.processes;
      await bench.store.registerInstance({
        ...{ id: 'holder', kind: 'run', host, process: self, version: '1', listId: null },
      });
      await bench.take('A');
      await bench.take('B', 'stranger');
      const held = await bench.store.heldTasks(bench.listId);
      expect(held).toMatchObject([
        { taskId: 'A', fence: 1, term: 1, holder: { id: 'holder', process: self } },
        { taskId: 'B', holderId: 'stranger', holder: null },
      ]);
      expect(await bench.store.heldTasks(null)).toEqual(held);
    }),
  );
}

const TWO_REVISIONS = { limits: { revisionsMax: 2 } } as const;
