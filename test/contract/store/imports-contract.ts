import { expect, it } from 'vitest';
import type { ImportedPlan, ImportedTask } from '../../../src/domain/importing/imported-plan.ts';
import type { StoreBench } from './store-bench.ts';

type On = (run: (bench: StoreBench) => Promise<void>) => () => Promise<void>;

const task = (taskId: string, change: Partial<ImportedTask> = {}): ImportedTask => ({
  ...{ taskId, title: `Do ${taskId}`, description: `About ${taskId}`, specialist: 'tester' },
  ...{ effort: null, priority: 'P2', dependencies: [], status: 'queued', reason: null },
  ...{ archived: null, result: null, labels: [], criteria: [], fields: {}, artifacts: [] },
  ...{ createdAtMs: 1_000_000, completedAtMs: null },
  ...change,
});

const done = (taskId: string, change: Partial<ImportedTask> = {}): ImportedTask =>
  task(taskId, { status: 'completed', completedAtMs: 2_000_000, result: 'it works', ...change });

const plan = (
  tasks: readonly ImportedTask[],
  change: Partial<ImportedPlan> = {},
): ImportedPlan => ({
  ...{ key: 'task_1', planId: 'task_1', title: 'Build', description: 'Build it' },
  ...{ complexity: 'complex', context: null, createdAtMs: 500_000, archived: null },
  ...{ place: '/there', tasks },
  ...change,
});

const input = (
  tasks: readonly ImportedTask[],
  change: Partial<ImportedPlan> = {},
  source = 'a',
) => ({
  ...{ source, kind: 'older-orchestrator' as const, plan: plan(tasks, change) },
  otherId: `task_1_${source}`,
});

/** Plans of other programs, taken over and followed. */
export function importsContract(on: On): void {
  const states = async ({ fresh: { store } }: StoreBench, listId: string | null) =>
    Object.fromEntries(
      (await store.tasks({ listId: listId ?? '' })).map((one) => [one.taskId, one.status]),
    );

  it(
    'a plan is taken over with what became of its tasks, when it did',
    on(async (bench) => {
      const { store } = bench.fresh;
      const own = input([
        done('a'),
        task('b', { dependencies: ['a'] }),
        task('c', { status: 'waiting', reason: 'it failed', dependencies: ['b'] }),
        task('d', { status: 'cancelled', reason: 'no' }),
        task('e', { dependencies: ['d', 'a'], labels: ['x'], criteria: ['y'], fields: { z: '1' } }),
        done('f', { archived: 'old' }),
      ]);
      expect(await store.previewImport(own)).toMatchObject({ change: 'added', listId: null });
      const imported = await store.importPlan(own);
      expect(imported.tasks.map(({ change }) => change)).toEqual(Array(6).fill('added'));
      expect(await states(bench, imported.listId)).toEqual({
        ...{ a: 'completed', b: 'queued', c: 'waiting', d: 'cancelled', e: 'queued' },
      });
      const [first, , , , fifth] = await store.tasks({ listId: imported.listId ?? '' });
      expect(first).toMatchObject({ endedAtMs: 2_000_000 });
      expect(fifth).toMatchObject({ pendingDeps: 0, dependencies: ['d', 'a'] });
      expect(await store.checkImport(own)).toMatchObject({ tasks: 6, wrong: [] });
      expect(await store.breakdown('task_1')).toMatchObject({ createdAtMs: 500_000 });
      const keys = await store.importedKeys('a');
      expect(keys.tasks.has('["task_1","b"]')).toBe(true);
    }),
  );

  it(
    'the same again changes nothing, and what changed there is brought over',
    on(async (bench) => {
      const { store } = bench.fresh;
      const { listId } = await store.importPlan(
        input([task('a'), task('b', { dependencies: ['a'] })]),
      );
      const events = async () => (await store.events({ listId: listId ?? '' })).length;
      const before = await events();
      const again = await store.importPlan(input([task('a'), task('b', { dependencies: ['a'] })]));
      expect(again).toMatchObject({
        change: 'same',
        tasks: [{ change: 'same' }, { change: 'same' }],
      });
      expect(await events()).toBe(before);
      const now = input([done('a'), task('b', { dependencies: ['a'] }), task('c')]);
      expect((await store.importPlan(now)).tasks.map(({ change }) => change)).toEqual([
        ...['updated', 'same', 'added'],
      ]);
      expect(await states(bench, listId)).toEqual({ a: 'completed', b: 'queued', c: 'queued' });
      const [, second] = await store.tasks({ listId: listId ?? '' });
      expect(second?.pendingDeps).toBe(0);
      expect(await store.importPlan(now)).toMatchObject({ change: 'same' });
      // It was reopened over there.
      await store.importPlan(input([task('a'), task('b', { dependencies: ['a'] }), task('c')]));
      expect(await states(bench, listId)).toMatchObject({ a: 'queued' });
    }),
  );

  it(
    'what was changed here stays, and the conflict is told each time',
    on(async (bench) => {
      const { store } = bench.fresh;
      const { tasks, listId } = await store.importPlan(input([task('a'), task('b')]));
      await store.changeTask({
        ...{ id: tasks[0]?.id ?? '', verb: 'skip', reason: 'not needed', by: 'person' },
        ...{ confirmed: false, cascade: false },
      });
      for (let time = 0; time < 2; time += 1) {
        const imported = await store.importPlan(input([done('a'), done('b')]));
        expect(imported.tasks.map(({ change }) => change)).toEqual([
          ...['kept', time === 0 ? 'updated' : 'same'],
        ]);
        expect(imported.findings.map(({ code }) => code)).toEqual(['local_change_kept']);
      }
      expect(await states(bench, listId)).toEqual({ a: 'skipped', b: 'completed' });
    }),
  );

  it(
    'ids that clash are namespaced: between sources, and with a task of the list itself',
    on(async (bench) => {
      const { store } = bench.fresh;
      await store.importPlan(input([task('a')]));
      const other = await store.importPlan(input([task('a')], { description: 'Other' }, 'b'));
      expect(other).toMatchObject({ parentTaskId: 'task_1_b', tasks: [{ taskId: 'a' }] });
      expect(other.findings.map(({ code }) => code)).toEqual(['id_namespaced']);
      await store.addSubtasks({
        ...{ parentTaskId: 'task_1', subtasks: [{ taskId: 'new', title: 'Ours' }] },
      });
      const more = input([task('a'), task('new'), task('z', { dependencies: ['new'] })]);
      const imported = await store.importPlan(more);
      expect(imported.tasks.map(({ taskId }) => taskId)).toEqual(['a', 'new~2', 'z']);
      const all = await store.tasks({ listId: imported.listId ?? '' });
      expect(all.map(({ taskId, dependencies }) => [taskId, dependencies])).toEqual([
        ...[
          ['a', []],
          ['new', []],
          ['new~2', []],
          ['z', ['new~2']],
        ],
      ]);
      expect(await store.importPlan(more)).toMatchObject({ change: 'same' });
    }),
  );

  it(
    'a copy of the same store is the same plan, not a second one',
    on(async (bench) => {
      const { store } = bench.fresh;
      await store.importPlan(input([task('a')]));
      const copy = await store.importPlan(input([task('a'), task('b')], {}, 'b'));
      expect(copy).toMatchObject({
        ...{ parentTaskId: 'task_1', tasks: [{ change: 'same' }, { change: 'added' }] },
      });
      expect((await store.breakdowns({})).breakdowns).toHaveLength(1);
    }),
  );

  it(
    'a task that is gone over there stays here, and that is told while it is open',
    on(async (bench) => {
      const { store } = bench.fresh;
      await store.importPlan(input([task('a'), done('b')]));
      const imported = await store.importPlan(input([]));
      expect(imported.findings.map(({ code, taskId }) => [code, taskId])).toEqual([
        ['removed_in_source', 'a'],
      ]);
    }),
  );
}
