import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { isPawlError } from '../domain/errors.ts';
import { DEFAULT_RETRY_POLICY } from '../domain/task.ts';
import { addSubtasks } from './add-subtasks.ts';
import { archiveBreakdown, restoreArchived } from './archive-breakdown.ts';
import { resolveBreakdown } from './breakdown-view.ts';
import { cancelBreakdown } from './cancel-breakdown.ts';
import { getBreakdown, listBreakdowns } from './list-breakdowns.ts';
import { planBreakdown } from './plan-breakdown.ts';
import { queryTasks } from './query-tasks.ts';
import type { SubtaskWish } from './subtask-wish.ts';
import { synthesizeBreakdown } from './synthesize-breakdown.ts';
import { type UpdateTask, updateTask } from './update-task.ts';

const scene = {} as { project: ScratchProject };

beforeEach(async () => {
  scene.project = await openScratchProject();
});
afterEach(async () => {
  expect(await scene.project.store.audit()).toEqual([]);
  await scene.project.close();
});

const wishes = (...sketches: readonly string[]): readonly SubtaskWish[] =>
  sketches.map((sketch) => {
    const [taskId = '', after] = sketch.split(' after ');
    return { taskId, title: `do ${taskId}`, dependencies: after?.split(',') ?? [] };
  });

const plan = (subtasks: readonly SubtaskWish[], parentTaskId = 'task_1') =>
  planBreakdown(scene.project, { plan: { parentTaskId, description: 'Build X', subtasks } });

const ENDING = {
  endByFolder: async () => undefined,
  killGraceMs: 10,
  waitMs: 100,
  version: '1',
};

const update = async (taskId: string, change: Partial<UpdateTask>) =>
  await updateTask(scene.project, {
    task: await scene.project.task(taskId),
    ...ENDING,
    ...change,
  });

const work = async (taskId: string, summary: string, detailedWork: string | null = null) => {
  const { store } = scene.project;
  const { id } = await scene.project.task(taskId);
  const lease = { holderId: 'h', defaultAgent: null, leaseMs: 60_000 };
  const { fence } = await store.claimTask({ id, ...lease });
  await store.finishAttempt({
    ...{ id, fence, outcome: { kind: 'succeeded', summary }, policy: DEFAULT_RETRY_POLICY },
    evidence: { exitCode: 0, resultJson: JSON.stringify({ detailedWork }) },
  });
};

/** Everything that can be read of the store. */
async function everything(): Promise<unknown> {
  const { store } = scene.project;
  const page = await store.taskPage({ archived: 'too', withArtifacts: true });
  const events = await store.events({});
  return [page, events, await store.breakdowns({ archived: 'too' }), await store.lists()];
}

async function refused(call: () => Promise<unknown>, code: string): Promise<unknown> {
  const before = await everything();
  const error: unknown = await call().then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(error).toMatchObject({ code });
  expect(await everything()).toEqual(before);
  return isPawlError(error) ? error.details : null;
}

describe('planning', () => {
  it('stores what is planned, tells its ids, and repeats its answer for the same key', async () => {
    const subtasks = [
      { key: 'a', title: 'Design', specialistType: 'architect', verify: 'test -f "a b"' },
      { key: 'b', title: 'Build', dependencies: ['a'] },
    ];
    const wish = { plan: { description: 'Build X', subtasks }, requestKey: 'k' };
    const planned = await planBreakdown(scene.project, wish);
    const { breakdown } = planned;
    expect(breakdown).toMatchObject({ title: 'Build X', total: 2, ready: 1, blocked: 1 });
    expect(breakdown).toMatchObject({ percentCompleted: 0, archivedAt: null });
    expect(planned.subtasks.map(({ key }) => key)).toEqual(['a', 'b']);
    const [a] = planned.subtasks;
    expect((await scene.project.store.task(a?.id ?? ''))?.verify).toEqual(['test', '-f', 'a b']);
    expect((await planBreakdown(scene.project, wish)).subtasks).toEqual(planned.subtasks);
    await refused(() => planBreakdown(scene.project, { ...wish, sessionId: 'x' }), 'key_reused');
    expect((await listBreakdowns(scene.project)).breakdowns).toHaveLength(1);
  });

  it('refuses a plan with everything that is amiss in it, each with its place', async () => {
    const subtasks = [
      { title: 'a', verify: 'a | b' },
      { title: 'b', dependencies: ['c'], timeoutMs: -1 },
      { taskId: 'c', title: 'c', dependencies: ['d'] },
      { taskId: 'd', title: 'd', dependencies: ['c'] },
    ];
    const details = await refused(() => plan(subtasks), 'plan_invalid');
    expect(details).toMatchObject({
      faults: [
        { code: 'verify_invalid', index: 0, remedy: expect.stringContaining("sh -c 'a | b'") },
        { code: 'timeout_invalid', index: 1, field: 'timeoutMs' },
        { code: 'dependency_cycle', index: 2, message: 'c waits for d waits for c' },
      ],
    });
    await refused(() => plan([]), 'plan_invalid');
    await refused(() => plan(wishes(...Array.from({ length: 2_001 }, () => 'x'))), 'plan_invalid');
  });

  it('adds to a breakdown, and refuses what does not fit there', async () => {
    const { project } = scene;
    await plan(wishes('A'));
    const added = await addSubtasks(project, {
      parentTaskId: 'task_1',
      subtasks: wishes('B after A', 'C after B'),
    });
    expect(added.breakdown).toMatchObject({ total: 3, ready: 1, blocked: 2 });
    const add = (parentTaskId: string, ...sketches: string[]) =>
      addSubtasks(project, { parentTaskId, subtasks: wishes(...sketches) });
    await refused(() => add('task_1', 'D after nobody'), 'plan_invalid');
    await refused(() => add('task_1', 'A'), 'plan_invalid');
    await refused(() => add('none', 'A'), 'breakdown_not_found');
  });

  it('does nothing when its caller is gone', async () => {
    const signal = AbortSignal.abort();
    const call = () =>
      planBreakdown(scene.project, { plan: { description: 'x', subtasks: wishes('A') }, signal });
    await refused(call, 'aborted');
  });
});

describe('updating a task', () => {
  it('changes what it says and where it stands at once, or neither', async () => {
    await plan(wishes('A', 'B after A'));
    const done = await update('A', { edit: { title: 'New' }, status: 'done' });
    expect(done).toMatchObject({ kind: 'changed', changed: ['title'] });
    expect(done.task).toMatchObject({ title: 'New', status: 'completed' });
    expect((await scene.project.task('B')).pendingDeps).toBe(0);
    const both = { edit: { title: 'Newer' }, status: 'cancelled' };
    await refused(() => update('A', both), 'illegal_transition');
    await refused(() => update('B', { edit: { title: '' }, status: 'skipped' }), 'plan_invalid');
    expect(await update('A', { edit: { title: 'New' } })).toMatchObject({ kind: 'same' });
  });

  it('reaches every status that can be reached by hand, and says why another cannot', async () => {
    await plan(wishes('A'));
    for (const [word, status] of [
      ['on hold', 'waiting'],
      ['todo', 'queued'],
      ["won't fix", 'skipped'],
      ['pending', 'queued'],
      ['canceled', 'cancelled'],
      ['open', 'queued'],
      ['closed', 'completed'],
    ] as const) {
      expect((await update('A', { status: word })).task.status).toBe(status);
    }
    await refused(() => update('A', { status: 'todo' }), 'confirmation_needed');
    expect((await update('A', { status: 'todo', confirmed: true })).task.status).toBe('queued');
    await refused(() => update('A', { status: 'in_progress' }), 'illegal_transition');
    await refused(() => update('A', { status: 'failed' }), 'illegal_transition');
    await refused(() => update('A', { status: 'bogus' }), 'usage');
  });

  it('leaves the words of a list that has a file to its file, not its status', async () => {
    await scene.project.load('- [ ] A-1: one\n');
    await refused(() => update('A-1', { edit: { title: 'x' } }), 'list_has_file');
    expect((await update('A-1', { status: 'skipped' })).task.status).toBe('skipped');
    expect(scene.project.read()).toBe('- [-] A-1: one\n');
  });
});

describe('finding', () => {
  it('finds breakdowns by id, path and end, and refuses an end that two have', async () => {
    await plan(wishes('A'), 'task_1a2b3c4d');
    await plan(wishes('A'), 'task_2a2b3c4d');
    const of = async (ref: string) => (await resolveBreakdown(scene.project, ref)).parentTaskId;
    expect(await of('task_1a2b3c4d')).toBe('task_1a2b3c4d');
    expect(await of('breakdown:task_1a2b3c4d')).toBe('task_1a2b3c4d');
    expect(await of('1a2b3c4d')).toBe('task_1a2b3c4d');
    await refused(() => of('a2b3c4d'), 'task_ambiguous');
    await refused(() => of('nowhere'), 'breakdown_not_found');
    await refused(() => of('c4d'), 'breakdown_not_found');
  });

  it('finds tasks of all lists with the reason why each is where it is', async () => {
    await scene.project.load('- [ ] A-1: one\n- [ ] A-2: two depends: A-1\n');
    await plan(wishes('A', 'B after A', 'C after B'));
    const found = await queryTasks(scene.project, { states: ['blocked', 'done'] });
    expect(found.tasks.map(({ taskId, why }) => [taskId, why])).toEqual([
      ['A-2', expect.stringContaining('A-1')],
      ['B', expect.stringContaining('A')],
      ['C', expect.stringContaining('B')],
    ]);
    expect(found.tasks.map(({ parentTaskId }) => parentTaskId)).toEqual([null, 'task_1', 'task_1']);
    const mine = await queryTasks(scene.project, { parentTaskIds: ['task_1'], limit: 2 });
    expect(mine.tasks.map(({ taskId }) => taskId)).toEqual(['A', 'B']);
    const of = { parentTaskIds: ['task_1'], limit: 2, cursor: mine.cursor };
    const rest = await queryTasks(scene.project, of);
    expect([rest.tasks.map(({ taskId }) => taskId), rest.cursor]).toEqual([['C'], null]);
    await refused(() => queryTasks(scene.project, { cursor: mine.cursor }), 'cursor_invalid');
    await refused(() => queryTasks(scene.project, { cursor: 'nonsense' }), 'cursor_invalid');
    await refused(() => queryTasks(scene.project, { states: ['odd'] }), 'usage');
  });

  it('shows a breakdown page by page', async () => {
    await plan(wishes('A', 'B after A', 'C'));
    const of = { parentTaskId: 'task_1', limit: 2 };
    const first = await getBreakdown(scene.project, of);
    expect(first.subtasks.map(({ taskId }) => taskId)).toEqual(['A', 'B']);
    expect(first.subtasks[1]).toMatchObject({ state: 'blocked', waitsFor: ['A'] });
    const rest = await getBreakdown(scene.project, { ...of, cursor: first.cursor });
    expect(rest.subtasks.map(({ taskId }) => taskId)).toEqual(['C']);
    expect(rest.cursor).toBeNull();
  });
});

describe('putting away and giving up', () => {
  it('archives a breakdown and brings it back as it was', async () => {
    await plan(wishes('A', 'B after A'));
    const before = await getBreakdown(scene.project, { parentTaskId: 'task_1' });
    const archived = await archiveBreakdown(scene.project, { parentTaskId: 'task_1' });
    expect(archived).toMatchObject({ kind: 'changed', breakdown: { total: 2 } });
    expect((await listBreakdowns(scene.project)).breakdowns).toEqual([]);
    const shown = await getBreakdown(scene.project, { parentTaskId: 'task_1' });
    expect(shown.subtasks).toHaveLength(2);
    await refused(() => update('A', { edit: { title: 'x' } }), 'breakdown_archived');
    await restoreArchived(scene.project, { parentTaskId: 'task_1' });
    expect(await getBreakdown(scene.project, { parentTaskId: 'task_1' })).toMatchObject({
      subtasks: before.subtasks,
    });
  });

  it('cancels all that is not over, and leaves what is as it ended', async () => {
    await plan(wishes('A', 'B after A', 'C after B', 'D'));
    await work('A', 'done');
    await scene.project.store.claimTask({
      id: (await scene.project.task('D')).id,
      ...{ holderId: 'nobody', defaultAgent: null, leaseMs: 60_000 },
    });
    const cancelled = await cancelBreakdown(scene.project, {
      ...{ parentTaskId: 'task_1', reason: 'no need', ...ENDING },
    });
    expect(cancelled).toMatchObject({ cancelled: 2, ended: ['D'], asked: [] });
    expect(cancelled.breakdown.counts).toMatchObject({ completed: 1, cancelled: 3 });
    expect((await scene.project.task('C')).statusReason).toBe('no need');
  });
});

describe('synthesis', () => {
  it('says that all is done only when all is, and what is open otherwise', async () => {
    await plan(wishes('A', 'B after A', 'C after B'));
    const of = { parentTaskId: 'task_1' };
    await work('A', 'the design is in a.md', 'at length');
    const open = await synthesizeBreakdown(scene.project, of);
    expect(open.verdict).toBe('in_progress');
    expect(open.headline).toBe('It is not done: of 3 subtasks 1 completed, 1 ready, 1 blocked.');
    expect(open.markdown).toContain('the design is in a.md');
    expect(open.markdown).toContain('at length');
    expect(open.markdown).toContain('## Not begun');
    expect(open.markdown).not.toMatch(/all 3 subtasks/i);
    await update('B', { status: 'waiting', reason: 'which one?' });
    const stuck = await synthesizeBreakdown(scene.project, of);
    expect(stuck).toMatchObject({ verdict: 'stuck', attention: [{ taskId: 'B' }] });
    expect(stuck.markdown).toContain('which one?');
    await update('B', { status: 'skipped', reason: 'not needed' });
    const ended = await synthesizeBreakdown(scene.project, of);
    expect(ended.verdict).toBe('ended_incomplete');
    expect(ended.markdown).toContain('not needed');
    await update('B', { status: 'queued' });
    await work('B', 'b');
    await work('C', 'c');
    const done = await synthesizeBreakdown(scene.project, of);
    expect(done).toMatchObject({ verdict: 'completed', cursor: null });
    expect(done.headline).toBe('All 3 subtasks are completed.');
  });

  it('keeps within its length, tells every subtask once, and goes on by its cursor', async () => {
    await plan(wishes(...Array.from({ length: 30 }, (_, index) => `T${index}`)));
    for (let index = 0; index < 30; index += 1) await work(`T${index}`, 'x'.repeat(700));
    const told: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof synthesizeBreakdown>> = await synthesizeBreakdown(
        scene.project,
        { parentTaskId: 'task_1', charsMax: 4_000, cursor },
      );
      expect(page.markdown.length).toBeLessThanOrEqual(4_000);
      told.push(...page.subtasks.map(({ taskId }) => taskId));
      cursor = page.cursor;
    } while (cursor !== null);
    expect(told).toEqual(Array.from({ length: 30 }, (_, index) => `T${index}`));
  });
});
