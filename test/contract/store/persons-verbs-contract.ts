import { expect, it } from 'vitest';
import { FAILED, LEASE_MS, type OnStore } from './store-bench.ts';

/** What a person may ask of a task, and what is refused. */
export function personsVerbsContract(on: OnStore): void {
  it.each([
    ['skip', 'skipped'],
    ['cancel', 'cancelled'],
    ['complete', 'completed'],
  ] as const)('%s ends a queued task as %s, with one event', (verb, status) =>
    on(async (bench) => {
      await bench.load(['A']);
      const changed = await bench.change(verb, 'A');
      expect(changed).toMatchObject({ kind: 'changed', task: { taskId: 'A', status } });
      expect(await bench.kinds('A')).toEqual(['enqueued', status]);
    })(),
  );

  it.each([
    ['retry', 'completed'],
    ['skip', 'completed'],
    ['cancel', 'completed'],
    ['complete', 'completed'],
    ['skip', 'cancelled'],
    ['cancel', 'skipped'],
    ['retry', 'queued'],
    ['requeue', 'queued'],
    ['retry', 'running'],
    ['complete', 'running'],
  ] as const)('%s is refused for a task that is %s, and changes nothing', (verb, status) =>
    on(async (bench) => {
      await bench.load(['A']);
      if (status === 'completed') await bench.end('A');
      else if (status === 'cancelled') await bench.change('cancel', 'A');
      else if (status === 'skipped') await bench.change('skip', 'A');
      else if (status === 'running') await bench.take('A');
      const before = [await bench.task('A'), await bench.store.events({})];
      await expect(bench.change(verb, 'A')).rejects.toMatchObject({
        ...{ code: 'illegal_transition', details: { taskId: 'A', status } },
      });
      expect([await bench.task('A'), await bench.store.events({})]).toEqual(before);
    })(),
  );

  it.each(['failed', 'skipped', 'cancelled'] as const)(
    'retry sends a task that %s back with a fresh budget',
    (status) =>
      on(async (bench) => {
        await bench.load(['A']);
        if (status === 'failed') await bench.end('A', FAILED);
        else await bench.change(status === 'skipped' ? 'skip' : 'cancel', 'A');
        await bench.change('retry', 'A');
        expect(await bench.task('A')).toMatchObject({
          ...{ status: 'queued', attempts: 0, crashCount: 0, lastError: null, dueAtMs: 0 },
        });
      })(),
  );

  it.each(['hold', 'requeue', 'requeue_with_dependants', 'retry', 'skip', 'cancel'] as const)(
    '%s answers with the task as it is read then',
    (what) =>
      on(async (bench) => {
        await bench.load(['A', { taskId: 'B', after: ['A'] }]);
        if (what === 'retry') await bench.end('A', FAILED);
        else if (what !== 'hold') await bench.finish(await bench.take('A'), FAILED);
        const cascade = what === 'requeue_with_dependants';
        const verb = cascade ? 'requeue' : what;
        const { task } = await bench.change(verb, 'A', { cascade });
        const lines = await bench.store.tasks({ listId: bench.listId });
        expect(task).toEqual(lines.find(({ taskId }) => taskId === 'A'));
      })(),
  );

  it(
    'a reason with half a character, or with NUL, is answered as it is kept',
    on(async (bench) => {
      await bench.load(['A']);
      const { task } = await bench.change('hold', 'A', { reason: 'half \ud83d and \0' });
      expect(task.statusReason).toBe('half \ufffd and \ufffd');
      expect(task.statusReason).toBe((await bench.task('A')).statusReason);
    }),
  );

  it(
    'verbs that are asked at the same moment come one after the other, each with its own answer',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', after: ['A'] }, 'C']);
      const lines = await bench.store.tasks({ listId: bench.listId });
      const [a = '', b = '', c = ''] = lines.map(({ id }) => id);
      const how = { reason: 'because', by: 'person', confirmed: true, cascade: false } as const;
      const asked = [
        ...([
          { verb: 'skip', id: a },
          { verb: 'skip', id: a },
          { verb: 'hold', id: c },
        ] as const),
        ...([
          { verb: 'retry', id: c },
          { verb: 'requeue', id: b },
        ] as const),
      ];
      const said = await Promise.allSettled(
        asked.map((one) => bench.store.changeTask({ ...one, ...how })),
      );
      const answers = said.map((one) =>
        one.status === 'fulfilled' ? one.value.task.status : one.reason.code,
      );
      const refused = 'illegal_transition';
      expect(answers).toEqual(['skipped', refused, 'waiting', 'queued', refused]);
      expect(await bench.statuses()).toEqual({ A: 'skipped', B: 'skipped', C: 'queued' });
    }),
  );

  it(
    'requeue takes a delay away, with the budget renewed',
    on(async (bench) => {
      await bench.load(['A']);
      await bench.finish(await bench.take('A'), FAILED);
      await bench.change('requeue', 'A');
      expect(await bench.task('A')).toMatchObject({ status: 'queued', dueAtMs: 0, attempts: 0 });
      expect(await bench.claim()).toHaveLength(1);
    }),
  );

  it.each([
    ['cancel', 'cancelled'],
    ['skip', 'skipped'],
    ['requeue', 'queued'],
  ] as const)('%s of a running task is asked of its holder, then the task is %s', (verb, status) =>
    on(async (bench) => {
      await bench.load(['A']);
      const claimed = await bench.take('A');
      const answer = await bench.change(verb, 'A', { reason: 'enough' });
      expect(answer).toMatchObject({ kind: 'asked', task: { status: 'running' } });
      expect([answer.task]).toEqual(await bench.store.tasks({ listId: bench.listId }));
      const wish = [{ id: claimed.id, verb, reason: 'enough' }];
      const beat = { holderId: 'holder', leaseMs: LEASE_MS, held: [claimed] };
      expect(await bench.store.heartbeat(beat)).toMatchObject({ lost: [], endRequests: wish });
      const asked = { listId: bench.listId, holderId: 'holder', minPriority: 'P4' } as const;
      expect((await bench.store.control(asked)).endRequests).toEqual(wish);
      // The agent was ended, which by itself would be a failure to be tried again.
      await bench.finish(claimed, { kind: 'errored', cause: 'exit', error: 'SIGTERM' });
      expect(await bench.task('A')).toMatchObject({ status, attempts: 0, dueAtMs: 0 });
    })(),
  );

  it(
    'a wish outlives its holder: after an adoption the new one hears of it',
    on(async (bench) => {
      await bench.load(['A']);
      const { id, fence, term } = await bench.take('A', 'old');
      await bench.change('cancel', 'A');
      const adopted = await bench.store.adoptAttempt({
        ...{ id, fence, term, holderId: 'new', leaseMs: LEASE_MS },
      });
      const beat = { holderId: 'new', leaseMs: LEASE_MS, held: [adopted] };
      expect((await bench.store.heartbeat(beat)).endRequests).toMatchObject([{ verb: 'cancel' }]);
    }),
  );

  it(
    'a cancelled task is not run again when its agent was lost',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', after: ['A'] }]);
      const claimed = await bench.take('A');
      await bench.change('cancel', 'A');
      await bench.finish(claimed, { kind: 'lost', reason: 'holder and agent gone' });
      expect(await bench.statuses()).toEqual({ A: 'cancelled', B: 'skipped' });
    }),
  );

  it(
    'a success that came before the end is a success',
    on(async (bench) => {
      await bench.load(['A']);
      const claimed = await bench.take('A');
      await bench.change('cancel', 'A');
      await bench.finish(claimed, { kind: 'succeeded' });
      expect(await bench.task('A')).toMatchObject({ status: 'completed' });
    }),
  );

  it(
    'a wish that was served is forgotten by the next attempt',
    on(async (bench) => {
      await bench.load(['A']);
      const claimed = await bench.take('A');
      await bench.change('requeue', 'A');
      await bench.finish(claimed, { kind: 'released', reason: 'requeue' });
      const again = await bench.take('A');
      const beat = { holderId: 'holder', leaseMs: LEASE_MS, held: [again] };
      expect((await bench.store.heartbeat(beat)).endRequests).toEqual([]);
    }),
  );

  it(
    'a verb for a task that does not exist is a typed error',
    on(async (bench) => {
      const nobody = { id: 'none', verb: 'skip', reason: '', by: 'person' } as const;
      await expect(
        bench.store.changeTask({ ...nobody, confirmed: false, cascade: false }),
      ).rejects.toMatchObject({ code: 'task_not_found' });
    }),
  );
}
