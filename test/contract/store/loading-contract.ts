import { expect, it } from 'vitest';
import { listOf, type OnStore, PATH, type TaskSketch } from './store-bench.ts';

/** Bringing a list to what its file says. */
export function loadingContract(on: OnStore): void {
  it(
    'loading a list stores its tasks in the order of the file, with one event each',
    on(async (bench) => {
      const loaded = await bench.load(['A', { taskId: 'B', after: ['A'], priority: 'P1' }]);
      expect(loaded).toMatchObject({ added: 2, updated: 0, archived: 0, findings: [] });
      expect(loaded.list).toMatchObject({ path: PATH, title: 'Tasks', total: 2, homeHost: 'here' });
      const tasks = await bench.store.tasks({ listId: bench.listId });
      expect(tasks.map((task) => [task.taskId, task.position, task.pendingDeps])).toEqual([
        ['A', 1, 0],
        ['B', 2, 1],
      ]);
      expect(await bench.kinds('A')).toEqual(['enqueued']);
    }),
  );

  it(
    'loading the same list again changes nothing and writes no event',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', after: ['A'] }]);
      const before = await bench.store.events({});
      const again = await bench.load(['A', { taskId: 'B', after: ['A'] }]);
      expect(again).toMatchObject({ added: 0, updated: 0, archived: 0 });
      expect(await bench.store.events({})).toEqual(before);
    }),
  );

  it(
    'everything a line says is kept with its task',
    on(async (bench) => {
      const said: Partial<TaskSketch> = {
        ...{ description: "it's “quoted”\n", section: 'One', priority: 'P3', agent: 'codex' },
        ...{ verify: ['npm', 'test'], timeoutMs: 5_000, needs: ['net'], steps: ['first'] },
        ...{ criteria: ['green'], onDepFailure: 'run', fields: { Owner: 'Ana' }, line: 17 },
      };
      await bench.load([{ taskId: 'A', ...said }]);
      expect(await bench.task('A')).toMatchObject(said);
    }),
  );

  it(
    'an edited line updates its task; a moved one writes no event',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      const loaded = await bench.load(['B', { taskId: 'A', description: 'changed' }]);
      expect(loaded).toMatchObject({ added: 0, updated: 1, moved: 1, archived: 0 });
      expect(await bench.task('A')).toMatchObject({ description: 'changed', position: 2 });
      expect(await bench.task('B')).toMatchObject({ position: 1 });
      expect(await bench.kinds('A')).toEqual(['enqueued', 'edited']);
      expect(await bench.kinds('B')).toEqual(['enqueued']);
    }),
  );

  it(
    'a task removed from its list is archived: out of claims, counts and views',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      const loaded = await bench.load(['B']);
      expect(loaded).toMatchObject({ archived: 1, list: { total: 1, counts: { queued: 1 } } });
      expect((await bench.claim({ max: 9 })).map((task) => task.taskId)).toEqual(['B']);
      expect(await bench.task('A')).toMatchObject({ held: 1, status: 'queued' });
      await expect(bench.take('A')).rejects.toMatchObject({ code: 'illegal_transition' });
    }),
  );

  it(
    'a task removed from its list keeps the place it had, whatever moves over it',
    on(async (bench) => {
      await bench.load(['A', 'B', 'C', 'D', 'E']);
      await bench.load(['X', 'A', 'B', 'N', 'D', 'E']);
      expect(await bench.task('C')).toMatchObject({ position: 3, line: 3 });
      expect(await bench.task('D')).toMatchObject({ position: 5, line: 5 });
    }),
  );

  it(
    'a task that comes back into its list goes on where it was',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      await bench.end('A');
      const { id } = await bench.task('A');
      await bench.load(['B']);
      await bench.load(['A', 'B']);
      expect(await bench.task('A')).toMatchObject({ id, held: 0, status: 'completed' });
      expect(await bench.kinds('A')).toEqual([
        ...['enqueued', 'claimed', 'completed', 'archived', 'restored'],
      ]);
    }),
  );

  it(
    'a running task that is removed from its list finishes, and its dependants are answered',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', after: ['A'] }]);
      const claimed = await bench.take('A');
      await bench.load([{ taskId: 'B', after: ['A'] }]);
      expect(await bench.heartbeatLost(claimed)).toEqual([]);
      expect(await bench.finish(claimed, { kind: 'succeeded' })).toMatchObject({
        kind: 'finished',
        status: 'completed',
      });
      expect(await bench.task('B')).toMatchObject({ pendingDeps: 0 });
    }),
  );

  it(
    'what the file already marks as done or skipped is never queued',
    on(async (bench) => {
      await bench.load([
        { taskId: 'A', mark: 'completed' },
        { taskId: 'B', mark: 'skipped' },
        { taskId: 'C', after: ['A'] },
        { taskId: 'D', after: ['B'] },
      ]);
      expect(await bench.statuses()).toEqual({
        ...{ A: 'completed', B: 'skipped', C: 'queued', D: 'skipped' },
      });
      expect(await bench.task('C')).toMatchObject({ pendingDeps: 0 });
    }),
  );

  it(
    'a tick by hand completes a task and frees its dependants',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', after: ['A'] }]);
      await bench.load([
        { taskId: 'A', mark: 'completed' },
        { taskId: 'B', after: ['A'] },
      ]);
      expect(await bench.task('A')).toMatchObject({ status: 'completed' });
      expect((await bench.claim()).map((task) => task.taskId)).toEqual(['B']);
    }),
  );

  it(
    'a skip by hand in the file is answered by the dependants, each by its policy',
    on(async (bench) => {
      const rest = [
        { taskId: 'B', after: ['A'] },
        { taskId: 'C', after: ['A'], onDepFailure: 'fail' },
        { taskId: 'D', after: ['A'], onDepFailure: 'run' },
      ] as const;
      await bench.load(['A', ...rest]);
      await bench.load([{ taskId: 'A', mark: 'skipped' }, ...rest]);
      expect(await bench.statuses()).toEqual({
        ...{ A: 'skipped', B: 'skipped', C: 'failed', D: 'queued' },
      });
      expect(await bench.task('D')).toMatchObject({ pendingDeps: 0 });
    }),
  );

  it(
    'a dependency that the list does not have keeps its dependant waiting, until it comes',
    on(async (bench) => {
      await bench.load([{ taskId: 'B', after: ['A'] }]);
      expect(await bench.claim()).toEqual([]);
      expect(await bench.dependencies('B')).toMatchObject([
        { taskId: 'A', id: null, satisfied: false },
      ]);
      await bench.load(['A', { taskId: 'B', after: ['A'] }]);
      expect(await bench.dependencies('B')).toMatchObject([
        { taskId: 'A', id: (await bench.task('A')).id, satisfied: false },
      ]);
      await bench.end('A');
      expect((await bench.claim()).map((task) => task.taskId)).toEqual(['B']);
    }),
  );

  it(
    'an edge to an archived task leads to it again when the task comes back',
    on(async (bench) => {
      await bench.load(['A', 'X']);
      await bench.load(['X']);
      await bench.load(['X', { taskId: 'B', after: ['A'] }]);
      expect(await bench.dependencies('B')).toMatchObject([{ taskId: 'A', id: null }]);
      await bench.load(['A', 'X', { taskId: 'B', after: ['A'], position: 3 }]);
      expect(await bench.dependencies('B')).toMatchObject([
        { taskId: 'A', id: (await bench.task('A')).id },
      ]);
      await bench.end('A');
      expect(await bench.task('B')).toMatchObject({ pendingDeps: 0 });
    }),
  );

  it(
    'several tasks are given other dependencies at once, again and again',
    on(async (bench) => {
      for (const after of [['A'], [], ['A'], []]) {
        await bench.load(['A', { taskId: 'B', after }, { taskId: 'C', after }]);
        for (const taskId of ['B', 'C']) {
          expect(await bench.task(taskId)).toMatchObject({ pendingDeps: after.length });
        }
      }
    }),
  );

  it(
    'with missing dependencies ignored, neither absent nor removed ones keep anybody waiting',
    on(async (bench) => {
      await bench.load(['R', { taskId: 'B', after: ['A'] }, { taskId: 'C', after: ['R'] }]);
      const left = [
        { taskId: 'B', after: ['A'] },
        { taskId: 'C', after: ['R'] },
      ];
      await bench.load(left);
      expect(await bench.claim({ max: 9 })).toEqual([]);
      await bench.load(left, { ignoreMissing: true });
      const claimed = await bench.claim({ max: 9 });
      expect(claimed.map((task) => task.taskId)).toEqual(['B', 'C']);
    }),
  );

  it(
    'a dependency written into the file later is waited for; one taken out is not',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      await bench.load(['A', { taskId: 'B', after: ['A'] }]);
      expect(await bench.task('B')).toMatchObject({ pendingDeps: 1, dependencies: ['A'] });
      await bench.load(['A', 'B']);
      expect(await bench.task('B')).toMatchObject({ pendingDeps: 0, dependencies: [] });
    }),
  );

  it(
    'a dependency that is over is answered at once when it is written into the file',
    on(async (bench) => {
      await bench.load(['A', 'B', 'C']);
      await bench.end('A');
      await bench.change('skip', 'B');
      await bench.load(['A', { taskId: 'B', mark: 'skipped' }, { taskId: 'C', after: ['A', 'B'] }]);
      expect(await bench.task('C')).toMatchObject({
        ...{ status: 'skipped', statusReason: 'B was skipped' },
        causeTaskId: (await bench.task('B')).id,
      });
    }),
  );

  it(
    'a dependency that fails while its new dependant runs is answered when the dependant is back',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      const running = await bench.take('B');
      await bench.load(['A', { taskId: 'B', after: ['A'] }]);
      await bench.end('A', { kind: 'errored', cause: 'exit', error: 'no' });
      expect(await bench.task('B')).toMatchObject({ status: 'running', pendingDeps: 1 });
      const finished = await bench.finish(running, { kind: 'released', reason: 'drain' });
      expect(finished).toMatchObject({ kind: 'finished', status: 'skipped' });
    }),
  );

  it(
    'a list of another host is refused and unchanged, unless it is joined',
    on(async (bench) => {
      await bench.load(['A']);
      const elsewhere = { ...listOf(['A', 'B']), host: 'there' };
      await expect(bench.store.loadList(elsewhere)).rejects.toMatchObject({
        code: 'list_foreign_host',
        details: { host: 'here' },
      });
      expect(await bench.statuses()).toEqual({ A: 'queued' });
      await bench.store.loadList({ ...elsewhere, joinHost: true });
      expect(await bench.statuses()).toEqual({ A: 'queued', B: 'queued' });
    }),
  );

  it(
    'several lists lie beside each other, with equal task ids and each with its own executor',
    on(async (bench) => {
      const one = (await bench.load(['A', 'B'])).list;
      await bench.end('A');
      const two = (await bench.load(['A'], { path: '/lists/other.md' })).list;
      await bench.set({ status: 'paused' });
      const lists = await bench.store.lists();
      expect(lists.map((list) => [list.path, list.executor.status, list.total])).toEqual([
        ['/lists/other.md', 'paused', 1],
        [PATH, 'running', 2],
      ]);
      expect((await bench.store.listByPath(PATH))?.listId).toBe(one.listId);
      expect((await bench.store.list(two.listId))?.counts.queued).toBe(1);
      expect(await bench.store.listByPath('/lists/none.md')).toBeNull();
    }),
  );

  it(
    'a list is found by the real path of its file, too',
    on(async (bench) => {
      await bench.load(['A'], { realPath: '/real/tasks.md' });
      expect((await bench.store.listByPath('/real/tasks.md'))?.path).toBe(PATH);
    }),
  );

  it(
    'one task that cannot be stored takes the whole load back',
    on(async (bench) => {
      const bad = { taskId: 'B', priority: 'P9' as 'P1' };
      await expect(bench.store.loadList(listOf(['A', bad]))).rejects.toMatchObject({
        code: 'constraint',
      });
      expect(await bench.store.lists()).toEqual([]);
      expect(await bench.store.events({})).toEqual([]);
    }),
  );
}
