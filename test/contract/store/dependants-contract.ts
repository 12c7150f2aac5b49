import { expect, it } from 'vitest';
import { FAILED, type OnStore } from './store-bench.ts';

const CHAIN = ['A', { taskId: 'B', after: ['A'] }, { taskId: 'C', after: ['B'] }] as const;

/** What becomes of those who wait for a task. */
export function dependantsContract(on: OnStore): void {
  it(
    'a dependant is ready when the last of its dependencies completed, in the same moment',
    on(async (bench) => {
      await bench.load(['A', 'B', { taskId: 'C', after: ['A', 'B'] }]);
      await bench.end('A');
      expect(await bench.task('C')).toMatchObject({ pendingDeps: 1 });
      await bench.end('B');
      expect(await bench.task('C')).toMatchObject({ pendingDeps: 0 });
    }),
  );

  it(
    'by default a failure skips its dependants and theirs, each naming its own cause',
    on(async (bench) => {
      await bench.load(CHAIN);
      await bench.end('A', FAILED);
      expect(await bench.statuses()).toEqual({ A: 'failed', B: 'skipped', C: 'skipped' });
      const [a, b] = [await bench.task('A'), await bench.task('B')];
      expect(b).toMatchObject({ causeTaskId: a.id, statusReason: 'A failed' });
      expect(await bench.task('C')).toMatchObject({
        ...{ causeTaskId: b.id, statusReason: 'B was skipped' },
      });
    }),
  );

  it(
    'with the policy fail, dependants fail without having run',
    on(async (bench) => {
      await bench.load(CHAIN);
      await bench.set({ onDepFailure: 'fail' });
      await bench.end('A', FAILED);
      expect(await bench.statuses()).toEqual({ A: 'failed', B: 'failed', C: 'failed' });
      expect(await bench.task('B')).toMatchObject({ lastError: 'A failed', attempts: 0 });
    }),
  );

  it(
    'with the policy run, dependants run whatever became of the task',
    on(async (bench) => {
      await bench.load(CHAIN);
      await bench.set({ onDepFailure: 'run' });
      await bench.end('A', FAILED);
      expect(await bench.task('B')).toMatchObject({ status: 'queued', pendingDeps: 0 });
      expect(await bench.task('C')).toMatchObject({ status: 'queued', pendingDeps: 1 });
    }),
  );

  it(
    "a task's own policy goes before its list's",
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', after: ['A'], onDepFailure: 'run' }]);
      await bench.set({ onDepFailure: 'fail' });
      await bench.change('cancel', 'A');
      expect(await bench.task('B')).toMatchObject({ status: 'queued', pendingDeps: 0 });
    }),
  );

  it(
    'when the failed task completes after all, everything it had skipped comes back, transitively',
    on(async (bench) => {
      await bench.load(CHAIN);
      await bench.end('A', FAILED);
      await bench.change('retry', 'A');
      expect(await bench.statuses()).toEqual({ A: 'queued', B: 'skipped', C: 'skipped' });
      await bench.end('A');
      expect(await bench.statuses()).toEqual({ A: 'completed', B: 'queued', C: 'queued' });
      expect(await bench.task('B')).toMatchObject({ pendingDeps: 0, causeTaskId: null });
      expect(await bench.task('C')).toMatchObject({ pendingDeps: 1 });
      await bench.end('B');
      await bench.end('C');
      expect(Object.values(await bench.statuses())).toEqual(Array(3).fill('completed'));
    }),
  );

  it(
    'what a person skipped does not come back, nor what was skipped because of it',
    on(async (bench) => {
      await bench.load(CHAIN);
      await bench.change('skip', 'B');
      await bench.end('A', FAILED);
      await bench.change('retry', 'A');
      await bench.end('A');
      expect(await bench.statuses()).toEqual({ A: 'completed', B: 'skipped', C: 'skipped' });
    }),
  );

  it(
    'a person can skip for good what a failure had skipped',
    on(async (bench) => {
      await bench.load(CHAIN);
      await bench.end('A', FAILED);
      await bench.change('skip', 'B', { reason: 'not needed' });
      expect(await bench.task('B')).toMatchObject({ causeTaskId: null });
      await bench.change('retry', 'A');
      await bench.end('A');
      expect(await bench.task('B')).toMatchObject({
        ...{ status: 'skipped', statusReason: 'not needed' },
      });
    }),
  );

  it(
    'a task with two failed dependencies comes back only when both completed',
    on(async (bench) => {
      await bench.load(['A', 'B', { taskId: 'C', after: ['A', 'B'] }]);
      await bench.end('A', FAILED);
      await bench.end('B', FAILED);
      await bench.change('complete', 'A');
      expect(await bench.task('C')).toMatchObject({
        ...{ status: 'skipped', causeTaskId: (await bench.task('B')).id },
      });
      await bench.change('complete', 'B');
      expect(await bench.task('C')).toMatchObject({ status: 'queued', pendingDeps: 0 });
    }),
  );

  it(
    'a chain of a thousand tasks is skipped and brought back in one transaction each',
    on(async (bench) => {
      const chain = Array.from({ length: 1_000 }, (_, at) => ({
        ...{ taskId: `T${at}`, after: at === 0 ? [] : [`T${at - 1}`] },
      }));
      await bench.load(chain);
      await bench.end('T0', FAILED);
      expect((await bench.store.list(bench.listId))?.counts).toMatchObject({ skipped: 999 });
      await bench.change('complete', 'T0');
      expect((await bench.store.list(bench.listId))?.counts).toMatchObject({ queued: 999 });
    }),
  );

  it(
    'retrying a task whose dependency is over for good is refused, naming the dependency',
    on(async (bench) => {
      await bench.load(CHAIN);
      await bench.end('A', FAILED);
      await expect(bench.change('retry', 'B')).rejects.toMatchObject({
        ...{ code: 'illegal_transition', details: { dependency: 'A' } },
      });
      expect(await bench.task('B')).toMatchObject({ status: 'skipped' });
    }),
  );

  it(
    'the same retry is served once the list runs dependants whatever happens',
    on(async (bench) => {
      await bench.load(CHAIN);
      await bench.end('A', FAILED);
      await bench.set({ onDepFailure: 'run' });
      await bench.change('retry', 'B');
      expect(await bench.task('B')).toMatchObject({ status: 'queued', pendingDeps: 0 });
    }),
  );

  it(
    'requeue runs completed work again only after a yes, and leaves the dependants alone',
    on(async (bench) => {
      await bench.load(CHAIN);
      await bench.end('A');
      await bench.end('B');
      await expect(bench.change('requeue', 'A')).rejects.toMatchObject({
        code: 'confirmation_needed',
      });
      expect(await bench.task('A')).toMatchObject({ status: 'completed' });
      await bench.change('requeue', 'A', { confirmed: true });
      expect(await bench.statuses()).toEqual({ A: 'queued', B: 'completed', C: 'queued' });
      expect(await bench.task('C')).toMatchObject({ pendingDeps: 0 });
    }),
  );

  it(
    'requeue with cascade sends the dependants back, too, and they wait for it again',
    on(async (bench) => {
      await bench.load([...CHAIN, { taskId: 'D', after: ['B'] }]);
      await bench.end('A');
      await bench.end('B');
      await bench.end('C');
      await bench.change('skip', 'D');
      await bench.change('requeue', 'A', { confirmed: true, cascade: true });
      expect(await bench.statuses()).toEqual({
        ...{ A: 'queued', B: 'queued', C: 'queued', D: 'skipped' },
      });
      expect((await bench.claim({ max: 9 })).map((task) => task.taskId)).toEqual(['A']);
    }),
  );

  it(
    'a cascade leaves nobody waiting for another dependency that failed for good',
    on(async (bench) => {
      await bench.load(['A', 'F', { taskId: 'C', after: ['A', 'F'] }]);
      await bench.end('A');
      await bench.end('F', FAILED);
      await bench.change('requeue', 'A', { confirmed: true, cascade: true });
      expect(await bench.task('C')).toMatchObject({
        ...{ status: 'skipped', causeTaskId: (await bench.task('F')).id },
      });
    }),
  );

  it(
    'a cascade asks for the end of a dependant that runs',
    on(async (bench) => {
      await bench.load(CHAIN);
      await bench.end('A');
      const running = await bench.take('B');
      await bench.change('requeue', 'A', { confirmed: true, cascade: true });
      await bench.finish(running, FAILED);
      expect(await bench.task('B')).toMatchObject({ status: 'queued', pendingDeps: 1 });
    }),
  );
}
