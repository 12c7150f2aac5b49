import { expect, it } from 'vitest';
import type { Instance, LoadList } from '../../../src/store/store.ts';
import {
  FAILED,
  listOf,
  type OnStore,
  PATH,
  type StoreBench,
  type TaskSketch,
} from './store-bench.ts';

const MOVED = '/lists/moved.md';
const box = (taskId: string, description: string): TaskSketch => ({
  ...{ taskId, description, explicitId: false },
});

/** A load under the new path that goes on with the list of the old one. */
const moved = (
  bench: StoreBench,
  change: Partial<LoadList['renames']> = {},
): Partial<LoadList> => ({
  path: MOVED,
  renames: { listId: bench.listId, from: PATH, deadExecutors: [], ...change },
});

const executor = (bench: StoreBench, id: string): Instance => ({
  ...{ id, kind: 'executor', host: 'here', version: '1', listId: bench.listId },
  process: { pid: 4_711, startedAt: 'then', bootId: 'boot' },
});

/** Which list a file is, and which of its lines is which task. */
export function listIdentityContract(on: OnStore): void {
  it(
    'made ids are read before the file; when they are others by then, nothing is loaded',
    on(async (bench) => {
      await bench.load([box('box-1', 'write it'), 'A']);
      const knownBoxes = await bench.store.knownBoxes(bench.listId);
      expect(knownBoxes).toEqual([
        { taskId: 'box-1', section: null, description: 'write it', archived: false },
        { taskId: 'A', section: null, description: '', named: true },
      ]);
      const again = [box('box-1', 'write it now'), 'A'];
      const before = await bench.store.events({});
      await expect(bench.load(again)).rejects.toMatchObject({ code: 'list_changed' });
      expect(await bench.store.events({})).toEqual(before);
      await bench.load(again, { knownBoxes });
      await expect(bench.load(again, { knownBoxes })).rejects.toMatchObject({
        code: 'list_changed',
      });
    }),
  );

  it(
    'a line that is given an id goes on with its row, its attempts and its dependants',
    on(async (bench) => {
      await bench.load([box('box-1', 'write it'), 'B']);
      await bench.end('box-1');
      const { id } = await bench.task('box-1');
      const knownBoxes = await bench.store.knownBoxes(bench.listId);
      const loaded = await bench.load(
        [
          { taskId: 'A', description: 'write it' },
          { taskId: 'B', after: ['A'] },
        ],
        { knownBoxes },
      );
      expect(loaded).toMatchObject({ added: 0, updated: 2, archived: 0 });
      expect(await bench.task('A')).toMatchObject({ id, status: 'completed' });
      expect(await bench.kinds('A')).toEqual(['enqueued', 'claimed', 'completed', 'edited']);
      expect(await bench.task('B')).toMatchObject({ pendingDeps: 0 });
    }),
  );

  it(
    'a line that may be a completed task in other words waits; an id makes it a task of its own',
    on(async (bench) => {
      await bench.load([{ ...box('box-1', 'write the manual'), mark: 'completed' }]);
      const twins = [box('box-1', 'write the manual b'), box('box-2', 'write the manual a')];
      const first = { knownBoxes: await bench.store.knownBoxes(bench.listId) };
      const { findings } = await bench.load(twins, first);
      expect(findings.map((found) => found.code)).toEqual([
        ...['box_reworded', 'done_mark_removed', 'box_may_be_done'],
      ]);
      expect(await bench.statuses()).toEqual({ 'box-1': 'completed', 'box-2': 'waiting' });
      expect(await bench.claim({ max: 9 })).toEqual([]);

      const labelled = [
        { taskId: 'A', description: 'write the manual b' },
        { taskId: 'B', description: 'write the manual a' },
      ];
      const second = { knownBoxes: await bench.store.knownBoxes(bench.listId) };
      expect(await bench.load(labelled, second)).toMatchObject({ added: 2, archived: 2 });
      expect((await bench.claim({ max: 9 })).map((task) => task.taskId)).toEqual(['A', 'B']);
    }),
  );

  it(
    'a list goes on under another path: rows, executor, attempts and events are the same',
    on(async (bench) => {
      const before = (await bench.load(['A', 'B'])).list;
      await bench.end('A');
      await bench.load(['B']);
      const loaded = await bench.load(['B', 'C'], moved(bench));
      expect(loaded).toMatchObject({ added: 1, archived: 0 });
      expect(loaded.list).toMatchObject({ listId: before.listId, path: MOVED, total: 2 });
      expect(loaded.list.executor.id).toBe(before.executor.id);
      const tasks = await bench.store.tasks({ archived: true });
      expect(new Set(tasks.map((task) => task.list))).toEqual(new Set([MOVED]));
      expect(await bench.store.attempts((await bench.task('A')).id)).toHaveLength(1);
      expect(await bench.store.listByPath(PATH)).toBeNull();
    }),
  );

  it(
    'a rename is refused while somebody executes the list, and not because of the dead',
    on(async (bench) => {
      await bench.load(['A']);
      await bench.store.registerInstance(executor(bench, 'one'));
      await bench.store.registerInstance(executor(bench, 'two'));
      const deadExecutors = ['one'];
      await expect(bench.load(['A'], moved(bench, { deadExecutors }))).rejects.toMatchObject({
        code: 'list_in_use',
        details: { pid: 4_711, host: 'here', sinceMs: bench.world.nowMs },
      });
      expect((await bench.store.lists()).map((list) => list.path)).toEqual([PATH]);
      await bench.store.endInstance('two');
      await bench.load(['A'], moved(bench, { deadExecutors }));
      expect((await bench.store.lists()).map((list) => list.path)).toEqual([MOVED]);
    }),
  );

  it(
    'a rename is refused when another was first, and onto a list of which something ran',
    on(async (bench) => {
      const other = (await bench.load(['A', 'X'], { path: MOVED })).list.listId;
      await bench.load(['A']);
      await expect(bench.load(['A'], moved(bench))).rejects.toMatchObject({ code: 'list_changed' });
      await expect(
        bench.load(['A'], moved(bench, { from: '/lists/before.md', replaces: other })),
      ).rejects.toMatchObject({ code: 'list_changed' });
      const replacing = moved(bench, { replaces: other });
      const mine = bench.listId;
      bench.listId = other;
      await bench.end('X');
      bench.listId = mine;
      await expect(bench.load(['A'], replacing)).rejects.toMatchObject({ code: 'list_exists' });
      expect(await bench.store.lists()).toHaveLength(2);
    }),
  );

  it(
    'a rename takes the place of a list of which nothing ever ran',
    on(async (bench) => {
      const other = (await bench.load(['A', { taskId: 'X', after: ['A'] }], { path: MOVED })).list;
      await bench.load(['A']);
      await bench.load(['A', 'X'], moved(bench, { replaces: other.listId }));
      const lists = await bench.store.lists();
      expect(lists.map((list) => [list.listId, list.path])).toEqual([[bench.listId, MOVED]]);
      expect((await bench.store.tasks({})).map((task) => task.taskId)).toEqual(['A', 'X']);
    }),
  );

  it(
    'a preview says what a load does, and changes nothing',
    on(async (bench) => {
      expect(await bench.store.previewLoad(listOf(['A']))).toMatchObject({
        ...{ list: null, added: 1, differences: [{ sign: '+', taskId: 'A', fields: [] }] },
      });
      await bench.load(['A', { taskId: 'B', after: ['A'] }, 'C']);
      const before = [await bench.store.events({}), await bench.store.tasks({})];
      const next = listOf([
        { taskId: 'B', after: ['A'] },
        { taskId: 'A', mark: 'skipped', priority: 'P1' },
      ]);
      const preview = await bench.store.previewLoad(next);
      expect([await bench.store.events({}), await bench.store.tasks({})]).toEqual(before);
      expect(preview.differences).toEqual([
        {
          ...{ sign: '~', taskId: 'B', description: 'do B' },
          fields: [
            { field: 'status', from: 'queued', to: 'skipped' },
            { field: 'position', from: 2, to: 1 },
          ],
        },
        {
          ...{ sign: '~', taskId: 'A', description: 'do A' },
          fields: [
            { field: 'priority', from: 'P2', to: 'P1' },
            { field: 'status', from: 'queued', to: 'skipped' },
          ],
        },
        { sign: '-', taskId: 'C', description: 'do C', fields: [] },
      ]);
      const { added, updated, moved: placed, archived } = await bench.store.loadList(next);
      expect(preview).toMatchObject({ added, updated, moved: placed, archived });
      expect(Object.fromEntries(preview.statuses)).toEqual({ A: 'skipped', B: 'skipped' });
      expect(await bench.statuses()).toEqual({ A: 'skipped', B: 'skipped', C: 'queued' });
    }),
  );

  it(
    'what a dependency had skipped comes back when it does not depend on it any more',
    on(async (bench) => {
      const rest = [{ taskId: 'C', after: ['B'] }];
      await bench.load(['A', { taskId: 'B', after: ['A'] }, ...rest]);
      await bench.change('skip', 'A');
      expect(await bench.statuses()).toEqual({ A: 'skipped', B: 'skipped', C: 'skipped' });
      const skipped = { taskId: 'A', mark: 'skipped' } as const;
      const held = { taskId: 'B', mark: 'skipped', after: ['A'] } as const;
      await bench.load([skipped, { ...held, onDepFailure: 'fail' }, ...rest]);
      expect(await bench.statuses()).toEqual({ A: 'skipped', B: 'failed', C: 'skipped' });
      await bench.load([skipped, { taskId: 'B', after: [] }, ...rest]);
      expect(await bench.statuses()).toEqual({ A: 'skipped', B: 'queued', C: 'queued' });
      expect((await bench.claim({ max: 9 })).map((task) => task.taskId)).toEqual(['B']);
    }),
  );

  it(
    'a mark by hand outweighs what a dependency had made of a task, as the preview says',
    on(async (bench) => {
      const chain = (list: string, marks: readonly TaskSketch['mark'][] = []): TaskSketch[] =>
        ([1, 2, 3] as const).map((at) => ({
          taskId: `${list}${at}`,
          mark: marks[at - 1] ?? 'queued',
          after: at === 1 ? [] : [`${list}${at - 1}`],
          onDepFailure: at === 2 && list === 'B' ? 'fail' : null,
        }));
      await bench.load([...chain('A'), ...chain('B'), ...chain('C')]);
      for (const first of ['A1', 'B1', 'C1']) await bench.end(first, FAILED);
      const [a1, a2, a3] = chain('A', ['queued', 'completed']);
      const next = [
        ...[a1, { ...a2, after: [] }, a3],
        ...chain('B', ['completed', 'skipped']),
        ...chain('C', ['completed', 'completed']),
      ] as TaskSketch[];
      const { statuses } = await bench.store.previewLoad(listOf(next));
      await bench.load(next);
      const now = await bench.statuses();
      expect(now).toEqual({
        ...{ A1: 'failed', A2: 'completed', A3: 'queued' },
        ...{ B1: 'completed', B2: 'skipped', B3: 'skipped' },
        ...{ C1: 'completed', C2: 'completed', C3: 'queued' },
      });
      expect(Object.fromEntries(statuses)).toEqual(now);
    }),
  );

  it(
    'a preview follows dependencies through lines that left, and through other ids',
    on(async (bench) => {
      const rest = [
        { taskId: 'C', after: ['B'] },
        { taskId: 'D', after: ['A'] },
      ];
      const first = { description: 'the first one' };
      await bench.load([{ taskId: 'A', ...first }, { taskId: 'B', after: ['A'] }, ...rest]);
      const left = [{ ...box('box-1', first.description) }, ...rest];
      await bench.load(left);
      expect(await bench.statuses()).toMatchObject({ B: 'queued', C: 'queued', D: 'queued' });
      const next = [{ ...box('box-1', first.description), mark: 'skipped' as const }, ...rest];
      const knownBoxes = await bench.store.knownBoxes(bench.listId);
      const { statuses } = await bench.store.previewLoad({ ...listOf(next), knownBoxes });
      await bench.load(next, { knownBoxes });
      const { B, ...now } = await bench.statuses();
      expect(B).toBe('skipped');
      expect(now).toEqual({ 'box-1': 'skipped', C: 'skipped', D: 'skipped' });
      expect(Object.fromEntries(statuses)).toEqual(now);
    }),
  );

  it(
    'a dependency on what was completed and left the list is satisfied',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      await bench.end('A');
      await bench.load(['B']);
      await bench.load([{ taskId: 'B', after: ['A'] }]);
      expect(await bench.task('B')).toMatchObject({ pendingDeps: 0, dependencies: ['A'] });
    }),
  );
}
