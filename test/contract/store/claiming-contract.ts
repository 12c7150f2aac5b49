import { describe, expect, it } from 'vitest';
import type { ClaimedTask, ClaimNext } from '../../../src/store/store.ts';
import { FAILED, LEASE_MS, type OnStore, type StoreBench } from './store-bench.ts';

/** Which tasks are taken, in which order, and how many at most. */
export function claimingContract(on: OnStore): void {
  it(
    'tasks are claimed by priority, then by their place in the file',
    on(async (bench) => {
      await bench.load([
        ...(['A', { taskId: 'B', priority: 'P4' }, { taskId: 'C', priority: 'P1' }, 'D'] as const),
        { taskId: 'E', priority: 'P1' },
      ]);
      const claimed = await bench.claim({ max: 9 });
      expect(claimed.map((task) => task.taskId)).toEqual(['C', 'E', 'A', 'D', 'B']);
    }),
  );

  it(
    'a claim is a lease with a fence, an attempt and an event',
    on(async (bench) => {
      await bench.load(['A']);
      const [claimed] = await bench.claim({ defaultAgent: 'claude' });
      expect(claimed).toMatchObject({
        ...{ taskId: 'A', agent: 'claude', fence: 1, term: 1, attempt: 1 },
        leaseUntilMs: bench.world.nowMs + LEASE_MS,
      });
      expect(await bench.task('A')).toMatchObject({
        ...{ status: 'running', attempts: 1, holderId: 'holder', assignedAgent: 'claude' },
        startedAtMs: bench.world.nowMs,
      });
      expect(await bench.store.attempts(claimed!.id)).toMatchObject([
        { fence: 1, attempt: 1, agent: 'claude', holderId: 'holder', endedAtMs: null },
      ]);
      expect(await bench.kinds('A')).toEqual(['enqueued', 'claimed']);
    }),
  );

  it(
    'the fence and the attempt rise with every claim and are never reset',
    on(async (bench) => {
      await bench.load(['A']);
      await bench.end('A', FAILED);
      await bench.change('retry', 'A');
      expect(await bench.take('A')).toMatchObject({ fence: 2, attempt: 2 });
      expect(await bench.task('A')).toMatchObject({ attempts: 1, claims: 2 });
    }),
  );

  it(
    'no more tasks of a list run than its limit, whoever claims',
    on(async (bench) => {
      await bench.load(['A', 'B', 'C', 'D']);
      expect(await bench.claim({ max: 2, maxConcurrent: 3, holderId: 'one' })).toHaveLength(2);
      expect(await bench.claim({ max: 2, maxConcurrent: 3, holderId: 'two' })).toHaveLength(1);
      expect(await bench.claim({ max: 2, maxConcurrent: 3, holderId: 'two' })).toHaveLength(0);
    }),
  );

  it(
    'concurrent claims never take one task twice',
    on(async (bench) => {
      await bench.load(Array.from({ length: 30 }, (_, index) => `T${index}`));
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, index) => bench.claim({ max: 3, holderId: `h${index}` })),
      );
      const ids = claims.flat().map((task) => task.id);
      expect(ids).toHaveLength(30);
      expect(new Set(ids).size).toBe(30);
    }),
  );

  describe('a claim that is asked right behind an end', () => {
    /** Tasks end, each with the next claim right behind, as an executor does it. */
    const passOn = async (
      bench: StoreBench,
      running: readonly ClaimedTask[],
      limits: Partial<ClaimNext>,
      failing: readonly string[] = [],
    ): Promise<readonly ClaimedTask[]> => {
      const claims = running.map(async (task) => {
        const fails = failing.includes(task.taskId);
        const finished = bench.finish(task, fails ? FAILED : { kind: 'succeeded' });
        const claimed = await bench.claim(limits);
        expect(await finished).toMatchObject({ status: fails ? 'queued' : 'completed' });
        return claimed;
      });
      return (await Promise.all(claims)).flat();
    };
    const namesOf = (tasks: readonly ClaimedTask[]) => tasks.map((task) => task.taskId);

    it(
      'has the place that it frees',
      on(async (bench) => {
        await bench.load(['A', 'B', 'C', 'D', 'E']);
        const atMost = { maxConcurrent: 2 };
        const running = await bench.claim({ ...atMost, max: 2 });
        expect(namesOf(await passOn(bench, running, atMost))).toEqual(['C', 'D']);
        expect(await bench.claim(atMost)).toEqual([]);
        const kinds = (await bench.store.events({ listId: bench.listId })).map(
          ({ event, taskId }) => `${event.kind} ${taskId}`,
        );
        const last = ['completed A', 'completed B', 'claimed C', 'claimed D'];
        expect(kinds.slice(-4).toSorted()).toEqual(last.toSorted());
        expect(kinds.indexOf('completed A')).toBeLessThan(kinds.indexOf('claimed C'));
      }),
    );

    it(
      'has the place of one that failed, too, whatever ended before',
      on(async (bench) => {
        await bench.load(['A', 'B', 'C', 'D', 'E']);
        const atMost = { maxConcurrent: 2 };
        const running = await bench.claim({ ...atMost, max: 2 });
        expect(namesOf(await passOn(bench, running, atMost, ['B']))).toEqual(['C', 'D']);
      }),
    );

    it(
      'takes first what the end makes ready',
      on(async (bench) => {
        await bench.load([
          ...[{ taskId: 'A' }, { taskId: 'B', after: ['A'] }, { taskId: 'C', after: ['B'] }],
          ...([{ taskId: 'Z', priority: 'P4' }, 'Y'] as const),
        ]);
        const one = { maxConcurrent: 1 };
        const next = await passOn(bench, await bench.claim(one), one);
        expect(namesOf(next)).toEqual(['B']);
        const two = { maxConcurrent: 2 };
        const running = [...next, ...(await bench.claim(two))];
        expect(namesOf(running)).toEqual(['B', 'Y']);
        expect(namesOf(await passOn(bench, running, two))).toEqual(['C', 'Z']);
      }),
    );

    it(
      'takes it within the limits of agents, too',
      on(async (bench) => {
        await bench.load(['A', { taskId: 'B', after: ['A'] }, { taskId: 'Z', priority: 'P4' }]);
        const limits = { defaultAgent: 'one', agentLimits: { one: 1 } };
        expect(namesOf(await passOn(bench, await bench.claim(limits), limits))).toEqual(['B']);
      }),
    );
  });

  it(
    'an agent at its limit keeps nobody else waiting, over all lists',
    on(async (bench) => {
      const slow = Array.from({ length: 300 }, (_, at) => ({ taskId: `S${at}`, agent: 'slow' }));
      await bench.load(['X'], { path: '/lists/other.md' });
      await bench.claim({ defaultAgent: 'slow' });
      await bench.load([...slow, { taskId: 'F', agent: 'fast' }, 'N']);
      const agentLimits = { slow: 2, fast: 5 };
      const first = await bench.claim({ max: 9, agentLimits, defaultAgent: 'fast' });
      expect(first.map((task) => task.taskId)).toEqual(['S0', 'F', 'N']);
      expect(await bench.claim({ max: 9, agentLimits })).toEqual([]);
    }),
  );

  it(
    'an agent limit of nothing keeps exactly its tasks back, and no task without an agent',
    on(async (bench) => {
      await bench.load([{ taskId: 'A', agent: 'off' }, 'B', 'C', { taskId: 'D', agent: 'off' }]);
      const claim = async (change: Partial<ClaimNext>) =>
        (await bench.claim(change)).map((task) => task.taskId);
      const agentLimits = { off: 0 };
      expect(await claim({ max: 1, agentLimits })).toEqual(['B']);
      // Whoever may take them finds them where they are, before what was taken.
      expect(await claim({ max: 1 })).toEqual(['A']);
      expect(await claim({ max: 9, agentLimits, defaultAgent: 'off' })).toEqual([]);
      expect(await claim({ max: 9, agentLimits })).toEqual(['C']);
      expect(await claim({ max: 9 })).toEqual(['D']);
    }),
  );

  it(
    'less urgent tasks than asked for are not claimed',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', priority: 'P3' }]);
      const claimed = await bench.claim({ max: 9, minPriority: 'P2' });
      expect(claimed.map((task) => task.taskId)).toEqual(['A']);
    }),
  );

  it.each(['paused', 'stopped'] as const)('nothing is claimed while the executor is %s', (status) =>
    on(async (bench) => {
      await bench.load(['A']);
      await bench.set({ status });
      expect(await bench.claim()).toEqual([]);
      await bench.set({ status: 'running' });
      expect(await bench.claim()).toHaveLength(1);
    })(),
  );

  it(
    'the executor remembers since when it runs, is paused or stopped, and its options',
    on(async (bench) => {
      await bench.load(['A']);
      const read = async () => (await bench.store.list(bench.listId))?.executor;
      const startedAt = '2030-01-02 03:04:05.678';
      expect(await read()).toMatchObject({ startedAt, pausedAt: null, stoppedAt: null });
      bench.world.nowMs += 1_000;
      await bench.set({ status: 'paused', configJson: '{"a":1}', onDepFailure: 'fail' });
      expect(await read()).toMatchObject({
        ...{ status: 'paused', startedAt, pausedAt: '2030-01-02 03:04:06.678' },
        ...{ configJson: '{"a":1}', onDepFailure: 'fail' },
      });
      await bench.set({ status: 'stopped' });
      await bench.set({ status: 'running' });
      expect(await read()).toMatchObject({ pausedAt: null, stoppedAt: null });
      await expect(
        bench.store.setExecutor({ listId: 'none', status: 'paused' }),
      ).rejects.toMatchObject({ code: 'list_not_found' });
    }),
  );

  describe('options that many change at once', () => {
    const names = Array.from({ length: 8 }, (_, at) => `option ${at}`);
    const also = (name: string) => (kept: string | null) =>
      JSON.stringify([...(JSON.parse(kept ?? '[]') as string[]), name]);
    const keptBy = async ({ store, listId }: StoreBench): Promise<readonly string[]> =>
      JSON.parse((await store.list(listId))?.executor.configJson ?? '[]') as string[];

    it(
      'are all kept: each is made from what is kept, where it is written',
      on(async (bench) => {
        await bench.load(['A']);
        await Promise.all(names.map((name) => bench.set({ configJson: also(name) })));
        expect((await keptBy(bench)).toSorted()).toEqual(names);
        const unknown = { listId: 'none', configJson: also('more') };
        await expect(bench.store.setExecutor(unknown)).rejects.toMatchObject({
          code: 'list_not_found',
        });
      }),
    );

    it(
      '(negative control) are lost where each is read first and then written',
      on(async (bench) => {
        await bench.load(['A']);
        const readAndWrite = async (name: string): Promise<void> => {
          const kept = (await bench.store.list(bench.listId))?.executor.configJson ?? null;
          await bench.set({ configJson: also(name)(kept) });
        };
        await Promise.all(names.map(readAndWrite));
        expect((await keptBy(bench)).length).toBeLessThan(names.length);
      }),
    );
  });

  it(
    'claiming exactly one task refuses what cannot run, and says why',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', after: ['A'] }]);
      await expect(bench.take('B')).rejects.toMatchObject({
        ...{ code: 'illegal_transition', details: { taskId: 'B', pendingDeps: 1 } },
      });
      await bench.take('A');
      const sinceMs = bench.world.nowMs;
      await expect(bench.take('A')).rejects.toMatchObject({
        code: 'lease_held',
        details: { holder: 'holder', sinceMs, event: expect.any(Number) },
      });
      const nobody = { id: 'none', holderId: 'h', defaultAgent: null, leaseMs: 1 };
      await expect(bench.store.claimTask(nobody)).rejects.toMatchObject({ code: 'task_not_found' });
    }),
  );

  it(
    'the outlook tells ready, delayed, blocked and excluded tasks apart',
    on(async (bench) => {
      await bench.load([
        ...(['A', 'D', { taskId: 'B', after: ['A'] }] as const),
        ...([
          { taskId: 'X', priority: 'P4' },
          { taskId: 'Y', priority: 'P3' },
        ] as const),
      ]);
      await bench.finish(await bench.take('D'), FAILED);
      const dueAtMs = bench.world.nowMs + 2_500;
      const outlook = await bench.store.outlook({
        ...{ listId: bench.listId, minPriority: 'P2', limit: 5 },
      });
      expect(outlook).toMatchObject({
        ...{ ready: 1, delayed: 1, blocked: 1, excluded: 2, nextDueAtMs: dueAtMs },
      });
      expect(outlook.next.map((task) => task.taskId)).toEqual(['A']);
      const asked = { listId: bench.listId, holderId: 'holder', minPriority: 'P2' } as const;
      expect(await bench.store.control(asked)).toMatchObject({
        ...{
          status: 'running',
          ready: true,
          delayed: true,
          running: 0,
          nextDueInMs: dueAtMs - bench.world.nowMs,
        },
      });
    }),
  );
}
