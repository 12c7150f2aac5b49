import { expect, it } from 'vitest';
import { plan, subtasksOf } from './breakdown-sketch.ts';
import { FAILED, listOf, type OnStore, type StoreBench } from './store-bench.ts';

/** What is stored, byte for byte as far as anybody can read it. */
async function everything({ store }: StoreBench): Promise<unknown> {
  return {
    lists: await store.lists(),
    tasks: (await store.taskPage({ archived: 'too', withArtifacts: true })).tasks,
    breakdowns: await store.breakdowns({ archived: 'too' }),
    sessions: await store.sessions({}),
    events: await store.events({}),
  };
}

/** Bad input changes nothing. */
export async function expectNothingChanged(
  bench: StoreBench,
  call: () => Promise<unknown>,
  error: Readonly<Record<string, unknown>>,
): Promise<void> {
  const before = await everything(bench);
  await expect(call()).rejects.toMatchObject(error);
  expect(await everything(bench)).toEqual(before);
}

/** Plans made by agents: a list without a file. */
export function breakdownsContract(on: OnStore): void {
  it(
    'a breakdown is stored with its subtasks, edges and events; its list has no file',
    on(async (bench) => {
      const enqueued = await bench.store.enqueueBreakdown({
        source: 'plan',
        sessionId: 's1',
        plan: {
          description: 'Build X\nwith care',
          complexity: 'Very complex',
          context: 'why',
          subtasks: [
            { key: 'a', title: 'Design', specialistType: 'Architect', estimatedEffort: '2 hours' },
            {
              ...{ key: 'b', title: 'Build', description: 'all of it', dependencies: ['a'] },
              ...{ acceptance: ['it runs'], verify: ['npm', 'test'], labels: ['api'] },
              ...{ priority: 'high', agent: 'claude', timeoutMs: 1_000 },
            },
          ],
        },
      });
      bench.listId = enqueued.listId;
      expect(enqueued.parentTaskId).toMatch(/^task_[0-9a-f]{8}$/);
      const [a, b] = enqueued.subtasks;
      expect(a?.taskId).toMatch(/^architect_[0-9a-f]{6}$/);
      expect(b?.taskId).toMatch(/^subtask_[0-9a-f]{6}$/);
      expect(b?.dependencies).toEqual([a?.taskId]);
      expect(await bench.task(b?.taskId ?? '')).toMatchObject({
        ...{ id: b?.id, list: `breakdown:${enqueued.parentTaskId}`, status: 'queued' },
        ...{ title: 'Build', description: 'all of it', pendingDeps: 1, position: 2 },
        ...{ criteria: ['it runs'], verify: ['npm', 'test'], needs: ['api'], priority: 'P1' },
        ...{ agent: 'claude', timeoutMs: 1_000 },
      });
      expect(await bench.kinds(a?.taskId ?? '')).toEqual(['enqueued']);
      expect(await bench.store.breakdown(enqueued.parentTaskId)).toMatchObject({
        ...{ title: 'Build X', description: 'Build X\nwith care', complexity: 'very_complex' },
        ...{ context: 'why', sessionId: 's1', source: 'plan', total: 2, ready: 1, blocked: 1 },
        ...{ delayed: 0, archivedAtMs: null, createdAtMs: bench.world.nowMs },
      });
      expect(await bench.store.list(enqueued.listId)).toMatchObject({
        ...{ title: 'Build X', writeBack: false, realPath: null, homeHost: null, total: 2 },
      });
      await bench.set({ status: 'running' });
      await bench.end(a?.taskId ?? '');
      expect(await bench.claim()).toMatchObject([{ taskId: b?.taskId }]);
    }),
  );

  it(
    'no mark is ever owed to a file that a breakdown has not',
    on(async (bench) => {
      await plan(bench, ['A', 'B after A']);
      await bench.end('A');
      const { tasks, upToSeq, markedSeq } = await bench.store.marksOwed(bench.listId);
      expect(tasks).toEqual([]);
      expect(markedSeq).toBe(upToSeq);
    }),
  );

  it(
    'a plan with faults is refused with all of them, and nothing of it is stored',
    on(async (bench) => {
      await plan(bench, ['A']);
      const subtasks = [
        { key: 'a', title: '', dependencies: ['b', 'nobody'] },
        { key: 'b', title: 'B', dependencies: ['a', 'b'], priority: 'soonish' },
        { taskId: 'two words', title: 'C', complexity: 'x' },
      ];
      const call = (): Promise<unknown> =>
        bench.store.enqueueBreakdown({
          plan: { description: 'x', complexity: 'fiendish', subtasks },
          source: 'plan',
          sessionId: null,
        });
      const codes = ['complexity_unknown', 'id_invalid', 'text_missing', 'dependency_unknown'];
      codes.push('priority_unknown', 'dependency_on_self', 'dependency_cycle');
      await expectNothingChanged(bench, call, {
        code: 'plan_invalid',
        details: {
          faultCount: codes.length,
          faults: expect.arrayContaining(codes.map((code) => expect.objectContaining({ code }))),
        },
      });
    }),
  );

  it(
    'a parent id is given once; task ids are unique within a breakdown, not across',
    on(async (bench) => {
      const first = await plan(bench, ['A']);
      const again = (): Promise<unknown> => plan(bench, ['Z']);
      await expectNothingChanged(bench, again, { code: 'breakdown_exists' });
      await plan(bench, ['A'], { parentTaskId: 'task_2' });
      expect(await bench.store.findTasks('A', null)).toHaveLength(2);
      expect(await bench.store.findTasks('A', first.listId)).toHaveLength(1);
      // With a chance that stands still, ids that are not given are different all the same.
      const untitled = { plan: { description: 'x', subtasks: [{ title: 'a' }, { title: 'b' }] } };
      const named = { ...untitled, source: 'plan', sessionId: null };
      const [one, two] = [
        await bench.store.enqueueBreakdown(named),
        await bench.store.enqueueBreakdown(named),
      ];
      expect(one.parentTaskId).not.toBe(two.parentTaskId);
      expect(new Set(one.subtasks.map(({ taskId }) => taskId)).size).toBe(2);
    }),
  );

  it(
    'the same request stores one breakdown; another plan under its key is refused',
    on(async (bench) => {
      const input = {
        plan: { description: 'x', subtasks: subtasksOf(['A', 'B after A']) },
        source: 'plan',
        sessionId: null,
      };
      const request = { scope: 'mcp', key: 'k1', inputHash: 'h1' };
      const first = await bench.store.enqueueBreakdown(input, { request });
      expect(await bench.store.enqueueBreakdown(input, { request })).toEqual(first);
      expect((await bench.store.breakdowns({})).breakdowns).toHaveLength(1);
      const other = { request: { ...request, inputHash: 'h2' } };
      const call = (): Promise<unknown> => bench.store.enqueueBreakdown(input, other);
      await expectNothingChanged(bench, call, { code: 'key_reused' });
    }),
  );

  it(
    'subtasks are added behind those that are there, and wait for them',
    on(async (bench) => {
      await plan(bench, ['A', 'B']);
      await bench.end('A');
      const add = (sketches: Parameters<typeof subtasksOf>[0]) =>
        bench.store.addSubtasks({ parentTaskId: 'task_1', subtasks: subtasksOf(sketches) });
      await add(['C after A,B', 'D after C']);
      expect(await bench.task('C')).toMatchObject({ position: 3, pendingDeps: 1 });
      expect(await bench.dependencies('C')).toMatchObject([
        { taskId: 'A', satisfied: true },
        { taskId: 'B', satisfied: false },
      ]);
      await expectNothingChanged(bench, () => add(['A']), { code: 'plan_invalid' });
      await expectNothingChanged(bench, () => add(['E after Z']), { code: 'plan_invalid' });
      const nowhere = { parentTaskId: 'none', subtasks: subtasksOf(['A']) };
      const call = (): Promise<unknown> => bench.store.addSubtasks(nowhere);
      await expectNothingChanged(bench, call, { code: 'breakdown_not_found' });
      await bench.end('B', FAILED);
      await add(['F after B']);
      expect(await bench.statuses()).toMatchObject({ C: 'skipped', D: 'skipped', F: 'skipped' });
    }),
  );

  it(
    'what came from elsewhere keeps its past: statuses, results and moments',
    on(async (bench) => {
      const nothing = { reason: null, result: null, createdAtMs: 1_000, endedAtMs: null };
      await plan(bench, ['A', 'B after A', 'C', 'D', 'E', 'F after C'], {
        source: 'older',
        createdAtMs: 1_000,
        past: [
          { ...nothing, status: 'completed', result: 'done', endedAtMs: 5_000 },
          { ...nothing, status: 'queued' },
          { ...nothing, status: 'failed', reason: 'broke', endedAtMs: 6_000 },
          { ...nothing, status: 'waiting', reason: 'which one?' },
          { ...nothing, status: 'cancelled', reason: 'no need' },
          null,
        ],
      });
      expect(await bench.statuses()).toEqual({
        ...{ A: 'completed', B: 'queued', C: 'failed', D: 'waiting', E: 'cancelled', F: 'skipped' },
      });
      expect(await bench.task('A')).toMatchObject({
        ...{ resultSummary: 'done', endedAtMs: 5_000, createdAt: '1970-01-01 00:00:01.000' },
      });
      expect(await bench.task('B')).toMatchObject({ pendingDeps: 0 });
      expect(await bench.store.breakdown('task_1')).toMatchObject({ createdAtMs: 1_000, total: 6 });
      expect(await bench.store.breakdown('task_1')).toMatchObject({ source: 'older' });
    }),
  );

  it(
    'a list that has a file is no breakdown',
    on(async (bench) => {
      await bench.load(['A']);
      const { id } = await bench.task('A');
      const call = (): Promise<unknown> =>
        bench.store.updateSubtask({ id, change: { title: 'other' } });
      await expectNothingChanged(bench, call, { code: 'list_has_file' });
      expect(await bench.store.breakdown(listOf([]).path)).toBeNull();
    }),
  );
}
