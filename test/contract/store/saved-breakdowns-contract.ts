import { expect, it } from 'vitest';
import type { TaskStatus } from '../../../src/domain/status.ts';
import type { Client } from '../../../src/store/claims.ts';
import type { BreakdownSave, SaveSubtask } from '../../../src/store/saved-breakdowns.ts';
import { plan } from './breakdown-sketch.ts';
import { expectNothingChanged } from './breakdowns-contract.ts';
import type { OnStore, StoreBench } from './store-bench.ts';

const LEASE_MS = 60_000;

const clientNamed = (name: string): Client => ({
  ...{ sessionId: name, clientId: name, name: 'program', version: null, root: '/project' },
});

async function save(bench: StoreBench, saves: readonly BreakdownSave[], by = 'p1'): Promise<void> {
  await bench.store.saveBreakdowns({ saves, client: clientNamed(by), leaseMs: LEASE_MS });
}

const subtask = (taskId: string, rest: Omit<SaveSubtask, 'taskId'>): BreakdownSave => ({
  ...{ kind: 'subtask', parentTaskId: 'task_1', subtask: { taskId, ...rest } },
});

async function loaded({ store }: StoreBench, archived: 'no' | 'only' | 'too' = 'too') {
  const [found] = await store.savedBreakdowns({ parentTaskId: 'task_1', archived });
  return found;
}

async function statuses(bench: StoreBench): Promise<Readonly<Record<string, TaskStatus>>> {
  const { subtasks = [] } = (await loaded(bench)) ?? {};
  return Object.fromEntries(subtasks.map(({ taskId, status }) => [taskId, status]));
}

/** Breakdowns kept as wholes. */
export function savedBreakdownsContract(on: OnStore): void {
  it(
    'what is saved is loaded the same, with what had become of it before',
    on(async (bench) => {
      await save(bench, [
        {
          ...{ kind: 'breakdown', parentTaskId: 'task_1', description: 'Build X\nwith care' },
          ...{ complexity: 'complex', context: 'why', createdAtMs: 1_000 },
          subtasks: [
            {
              ...{ taskId: 'a', title: 'Design', description: 'all of it', results: 'done' },
              ...{ specialistType: 'architect', estimatedEffort: '2 hours' },
              artifacts: ['docs/x.md'],
              ofNew: { status: 'completed', results: 'done', createdAtMs: 2_000, endedAtMs: 3_000 },
            },
            {
              ...{ taskId: 'b', title: 'Build', dependencies: ['a'] },
              ofNew: { status: 'running', results: null, createdAtMs: null, endedAtMs: null },
            },
            {
              ...{ taskId: 'c', title: 'Test', dependencies: ['b'] },
              ofNew: { status: 'failed', results: 'no', createdAtMs: null, endedAtMs: null },
            },
          ],
        },
      ]);
      expect(await loaded(bench)).toMatchObject({
        ...{ parentTaskId: 'task_1', description: 'Build X\nwith care', complexity: 'complex' },
        ...{ context: 'why', createdAtMs: 1_000, archivedAtMs: null },
        subtasks: [
          {
            ...{ taskId: 'a', title: 'Design', description: 'all of it', status: 'completed' },
            ...{ specialistType: 'architect', dependencies: [], estimatedEffort: '2 hours' },
            ...{ results: 'done', artifacts: ['docs/x.md'], createdAtMs: 2_000, endedAtMs: 3_000 },
          },
          { taskId: 'b', status: 'running', dependencies: ['a'], results: null },
          { taskId: 'c', status: 'failed', results: 'no' },
        ],
      });
    }),
  );

  it(
    'a save of what is there changes what it names: others’ subtasks and ends stay',
    on(async (bench) => {
      await plan(bench, ['a', 'b after a', 'c']);
      await save(bench, [subtask('a', { status: 'completed', results: 'done' })], 'p2');
      await save(bench, [
        {
          ...{ kind: 'breakdown', parentTaskId: 'task_1', context: 'more' },
          subtasks: [
            {
              ...{ taskId: 'a', title: 'Anew' },
              ofNew: { status: 'queued', results: null, createdAtMs: null, endedAtMs: null },
            },
            {
              ...{ taskId: 'd', title: 'One more', dependencies: ['b'] },
              ofNew: { status: 'waiting', results: 'ask', createdAtMs: null, endedAtMs: null },
            },
          ],
        },
      ]);
      expect(await loaded(bench)).toMatchObject({
        ...{ description: 'Build it', context: 'more' },
        subtasks: [
          { taskId: 'a', title: 'Anew', status: 'completed', results: 'done' },
          { taskId: 'b', status: 'queued' },
          { taskId: 'c', status: 'queued' },
          { taskId: 'd', status: 'waiting', results: 'ask', dependencies: ['b'] },
        ],
      });
    }),
  );

  const ways: readonly TaskStatus[] = [
    ...(['queued', 'running', 'waiting', 'completed', 'failed', 'skipped', 'cancelled'] as const),
  ];
  it.each(ways.flatMap((from) => ways.map((to) => [from, to] as const)))(
    'a subtask that is %s can be saved as %s, by the events that lead there',
    async (from, to) => {
      await on(async (bench) => {
        await plan(bench, ['a', 'b after a']);
        await save(bench, [subtask('a', { status: from, results: 'first' })]);
        await save(bench, [subtask('a', { status: to, results: 'then' })]);
        expect(await statuses(bench)).toMatchObject({ a: to });
      })();
    },
  );

  it(
    'what somebody else holds is not touched, and what waits for others is not begun',
    on(async (bench) => {
      await plan(bench, ['a', 'b after a']);
      await expectNothingChanged(bench, () => save(bench, [subtask('b', { status: 'running' })]), {
        code: 'task_blocked',
      });
      await save(bench, [subtask('a', { status: 'running' })], 'p1');
      await expectNothingChanged(
        bench,
        () => save(bench, [subtask('a', { status: 'completed' })], 'p2'),
        { code: 'claim_needed' },
      );
      await save(bench, [subtask('a', { status: 'completed' })], 'p1');
      expect(await statuses(bench)).toEqual({ a: 'completed', b: 'queued' });
    }),
  );

  it(
    'all of several saves happens, or nothing',
    on(async (bench) => {
      await plan(bench, ['a', 'b after a']);
      const saves = [subtask('a', { title: 'New', status: 'completed' }), subtask('x', {})];
      await expectNothingChanged(bench, () => save(bench, saves), { code: 'task_not_found' });
      await expectNothingChanged(
        bench,
        () => save(bench, [subtask('a', { title: 'New' }), subtask('a', { dependencies: ['b'] })]),
        { code: 'plan_invalid' },
      );
      const lost = { kind: 'archive', parentTaskId: 'task_2' } as const;
      await expectNothingChanged(
        bench,
        () => save(bench, [subtask('a', { status: 'completed' }), lost]),
        { code: 'breakdown_not_found' },
      );
    }),
  );

  it(
    'what is archived is loaded as it was, and not saved again',
    on(async (bench) => {
      await plan(bench, ['a', 'b after a']);
      await save(bench, [
        subtask('a', { status: 'completed', results: 'done', artifacts: ['x', 'y'] }),
        { kind: 'archive', parentTaskId: 'task_1' },
        { kind: 'archive', parentTaskId: 'task_1' },
      ]);
      expect(await loaded(bench, 'no')).toBeUndefined();
      expect(await loaded(bench, 'only')).toMatchObject({
        subtasks: [
          { taskId: 'a', status: 'completed', results: 'done', artifacts: ['x', 'y'] },
          { taskId: 'b', status: 'queued', dependencies: ['a'] },
        ],
      });
      const again = { kind: 'breakdown', parentTaskId: 'task_1', subtasks: [] } as const;
      await expectNothingChanged(bench, () => save(bench, [again]), { code: 'breakdown_archived' });
    }),
  );
}
