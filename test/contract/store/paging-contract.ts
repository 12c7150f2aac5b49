import { expect, it } from 'vitest';
import type { TaskKey, TaskPageQuery } from '../../../src/store/task-pages.ts';
import { plan, subtasksOf } from './breakdown-sketch.ts';
import { FAILED, type OnStore, type StoreBench } from './store-bench.ts';

/** Searching all lists, a page at a time; sessions. */
export function pagingContract(on: OnStore): void {
  const found = async ({ store }: StoreBench, query: TaskPageQuery): Promise<readonly string[]> =>
    (await store.taskPage(query)).tasks.map(({ taskId }) => taskId);

  const mixed = async (bench: StoreBench): Promise<readonly string[]> => {
    const one = await plan(bench, [
      { taskId: 'A', title: 'Straße ÄNDERN', specialistType: 'tester', labels: ['API', '100%'] },
      { taskId: 'B', title: 'under_score', dependencies: ['A'], labels: ['api'] },
      { taskId: 'C', description: 'Broken Pipe' },
    ]);
    await bench.end('C', FAILED);
    bench.world.nowMs += 10_000;
    const two = await plan(bench, ['D', 'E after D'], { parentTaskId: 'task_2' });
    return [one.listId, two.listId];
  };

  it(
    'every filter leaves what it says',
    on(async (bench) => {
      const [first = '', second = ''] = await mixed(bench);
      const later = bench.world.nowMs - 5_000;
      const cases: readonly (readonly [TaskPageQuery, string])[] = [
        [{}, 'ABCDE'],
        [{ listIds: [second] }, 'DE'],
        [{ listIds: [first, second] }, 'ABCDE'],
        [{ listIds: [] }, ''],
        [{ statuses: ['failed', 'running'] }, 'C'],
        [{ readiness: ['ready'] }, 'AD'],
        [{ readiness: ['blocked'] }, 'BE'],
        [{ readiness: ['delayed'] }, ''],
        [{ readiness: ['ready', 'blocked'] }, 'ABDE'],
        [{ specialistTypes: ['tester', 'coder'] }, 'A'],
        [{ labels: ['api'] }, 'AB'],
        [{ labels: ['api', '100%'] }, 'A'],
        [{ labels: ['ap'] }, ''],
        [{ text: 'PIPE broken' }, 'C'],
        [{ text: 'ändern' }, 'A'],
        [{ text: 'r_s' }, 'B'],
        [{ text: '%' }, ''],
        [{ text: 'nothing like it' }, ''],
        [{ createdFromMs: later }, 'DE'],
        [{ createdToMs: later }, 'ABC'],
        [{ updatedFromMs: later, statuses: ['queued'] }, 'DE'],
        [{ updatedToMs: later }, 'ABC'],
        [{ archived: 'only' }, ''],
      ];
      for (const [query, ids] of cases) {
        expect([query, (await found(bench, query)).join('')]).toEqual([query, ids]);
      }
    }),
  );

  it(
    'a page begins behind the last task of the one before, whatever comes or goes meanwhile',
    on(async (bench) => {
      await mixed(bench);
      const seen: string[] = [];
      for (let after: TaskKey | undefined; ; ) {
        const page = await bench.store.taskPage({ limit: 2, ...(after && { after }) });
        seen.push(...page.tasks.map(({ taskId }) => taskId));
        if (page.next === null) break;
        after = page.next;
        const subtasks = subtasksOf([`${seen.length}new`]);
        await bench.store.addSubtasks({ parentTaskId: 'task_1', subtasks });
        await bench.end('A').catch(() => undefined);
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(['A', 'B', 'C', 'D', 'E']));
    }),
  );

  it(
    'breakdowns come newest first, a page at a time, by session too',
    on(async (bench) => {
      for (const n of [1, 2, 3]) {
        await plan(bench, ['A'], { parentTaskId: `task_${n}`, sessionId: `s${n % 2}` });
        bench.world.nowMs += n === 2 ? 0 : 1;
      }
      const page = await bench.store.breakdowns({ limit: 2 });
      expect(page.breakdowns.map((one) => one.parentTaskId)).toEqual(['task_3', 'task_2']);
      const rest = await bench.store.breakdowns({ limit: 2, after: page.next! });
      expect(rest.breakdowns.map((one) => one.parentTaskId)).toEqual(['task_1']);
      expect(rest.next).toBeNull();
      const mine = await bench.store.breakdowns({ sessionId: 's1' });
      expect(mine.breakdowns.map((one) => one.parentTaskId)).toEqual(['task_3', 'task_1']);
    }),
  );

  it(
    'a session is opened, seen, ended and taken up again',
    on(async (bench) => {
      const client = { clientName: 'c', clientVersion: '1', clientId: 'c:1', root: '/p' };
      const { store, world } = bench;
      const opened = await store.openSession(client);
      const { sessionId } = opened.session;
      expect(opened).toMatchObject({ kind: 'opened', session: { ...client, endedAtMs: null } });
      world.nowMs += 5;
      expect(await store.touchSession(sessionId)).toBe(true);
      expect(await store.session(sessionId)).toMatchObject({ seenAtMs: world.nowMs });
      await store.endSession({ sessionId, summary: 'half done' });
      expect(await store.touchSession(sessionId)).toBe(false);
      expect((await store.sessions({ open: true })).sessions).toEqual([]);
      const nobody = { clientName: null, clientVersion: null, clientId: 'c:2', root: '/p' };
      const resumed = await store.openSession({ ...nobody, sessionId });
      expect(resumed).toMatchObject({
        kind: 'resumed',
        session: { clientName: 'c', clientId: 'c:2', summary: 'half done', endedAtMs: null },
      });
      world.nowMs += 5;
      const other = await store.openSession({ ...client, sessionId: 'mine' });
      expect(other.session.sessionId).toBe('mine');
      const page = await store.sessions({ limit: 1 });
      expect(page.sessions).toMatchObject([{ sessionId: 'mine' }]);
      const rest = await store.sessions({ limit: 1, after: page.next! });
      expect(rest).toMatchObject({ sessions: [{ sessionId }], next: null });
      expect((await store.sessions({ clientId: 'c:1' })).sessions).toHaveLength(1);
      expect(await store.session('none')).toBeNull();
      expect(await store.touchSession('none')).toBe(false);
      const ending = store.endSession({ sessionId: 'none', summary: null });
      await expect(ending).rejects.toMatchObject({ code: 'session_not_found' });
    }),
  );
}
