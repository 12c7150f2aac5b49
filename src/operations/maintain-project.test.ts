import { afterEach, beforeEach, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { restoreArchived } from './archive-breakdown.ts';
import { getBreakdown, listBreakdowns } from './list-breakdowns.ts';
import { maintainProject } from './maintain-project.ts';
import { planBreakdown } from './plan-breakdown.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const scene = {} as { project: ScratchProject };

beforeEach(async () => {
  scene.project = await openScratchProject();
});
afterEach(async () => {
  expect(await scene.project.store.audit()).toEqual([]);
  await scene.project.close();
});

const plan = async (parentTaskId: string, ...roles: readonly string[]) => {
  const subtasks = roles.map((specialistType) => ({
    ...{ taskId: `${parentTaskId}_${specialistType}`, title: 'do it', specialistType },
  }));
  const input = { plan: { parentTaskId, description: parentTaskId, subtasks } };
  return (await planBreakdown(scene.project, input)).subtasks;
};

const complete = async (id: string): Promise<void> => {
  const by = { by: 'person', confirmed: false, cascade: false } as const;
  await scene.project.store.changeTask({ id, verb: 'complete', reason: 'x', ...by });
};

it('a task is stale by its role, from when something happened to it last', async () => {
  const [reviewer] = await plan('task_1', 'reviewer', 'architect', 'alchemist');
  const stale = async () =>
    (await maintainProject(scene.project)).staleTasks.map((task) => task.specialistType);
  scene.project.advance(5 * HOUR);
  expect(await stale()).toEqual([]);
  scene.project.advance(2 * HOUR);
  expect(await stale()).toEqual(['reviewer']);
  const change = { title: 'still wanted' };
  await scene.project.store.updateSubtask({ id: reviewer?.id ?? '', change });
  expect(await stale()).toEqual([]);
  scene.project.advance(20 * HOUR);
  expect(await stale()).toEqual(['reviewer', 'alchemist']);
  scene.project.advance(50 * HOUR);
  expect(await stale()).toEqual(['reviewer', 'architect', 'alchemist']);
});

it('a preview changes nothing; what is applied is put away and comes back as it was', async () => {
  const [done] = await plan('task_done', 'tester');
  await complete(done?.id ?? '');
  await plan('task_left', 'tester');
  const before = await getBreakdown(scene.project, { parentTaskId: 'task_left' });
  scene.project.advance(8 * DAY);
  const events = await scene.project.store.events({});
  const preview = await maintainProject(scene.project);
  expect(preview).toMatchObject({
    applied: false,
    breakdowns: [{ parentTaskId: 'task_left', why: 'abandoned', verdict: 'in_progress' }],
  });
  expect(await scene.project.store.events({})).toEqual(events);
  await maintainProject(scene.project, { apply: true });
  const left = (await listBreakdowns(scene.project)).breakdowns;
  expect(left.map(({ parentTaskId }) => parentTaskId)).toEqual(['task_done']);
  scene.project.advance(83 * DAY);
  const applied = await maintainProject(scene.project, { apply: true });
  expect(applied.breakdowns).toMatchObject([
    { parentTaskId: 'task_done', why: 'over', verdict: 'completed', left: null },
  ]);
  expect((await listBreakdowns(scene.project)).breakdowns).toEqual([]);
  await restoreArchived(scene.project, { parentTaskId: 'task_left' });
  const restored = await getBreakdown(scene.project, { parentTaskId: 'task_left' });
  // The hint how to run it names the list no more: it is the only one.
  expect(restored.subtasks).toMatchObject(before.subtasks.map(({ why: _, ...same }) => same));
});

it('a lease that ran out is told, and a breakdown that is worked on is not abandoned', async () => {
  const [a] = await plan('task_1', 'tester');
  const lease = { holderId: 'session:s1', defaultAgent: null, leaseMs: 30 * 60_000 };
  await scene.project.store.claimTask({ id: a?.id ?? '', ...lease });
  expect((await maintainProject(scene.project)).expiredLeases).toEqual([]);
  scene.project.advance(10 * DAY);
  const care = await maintainProject(scene.project, { parentTaskId: 'task_1', apply: true });
  expect(care).toMatchObject({
    expiredLeases: [{ id: a?.id, holder: 'session:s1' }],
    breakdowns: [],
    artifacts: null,
  });
  const none = maintainProject(scene.project, { parentTaskId: 'none' });
  await expect(none).rejects.toMatchObject({ code: 'breakdown_not_found' });
});
