import { expect, it } from 'vitest';
import type { SubtaskChange } from '../../../src/store/breakdowns.ts';
import { plan } from './breakdown-sketch.ts';
import { expectNothingChanged } from './breakdowns-contract.ts';
import { FAILED, type OnStore, type StoreBench } from './store-bench.ts';

/** Changing a breakdown, putting it away and bringing it back. */
export function breakdownEditsContract(on: OnStore): void {
  const update = async (bench: StoreBench, taskId: string, change: SubtaskChange) =>
    await bench.store.updateSubtask({ id: (await bench.task(taskId)).id, change });

  it(
    'a subtask says what its change says; the rest stays, and an event names what changed',
    on(async (bench) => {
      await plan(bench, [{ taskId: 'A', labels: ['x'], acceptance: ['it runs'] }, 'B after A']);
      const { changed, task } = await update(bench, 'A', {
        ...{ title: 'New', specialistType: 'Tester', priority: 'P1', labels: null },
        ...{ verify: ['true'], acceptance: ['it runs'] },
      });
      expect(changed).toEqual(['title', 'specialistType', 'verify', 'priority', 'labels']);
      expect(task).toMatchObject({ title: 'New', specialistType: 'tester', priority: 'P1' });
      expect(await bench.task('A')).toMatchObject({
        ...{ needs: [], verify: ['true'], criteria: ['it runs'], description: 'do A' },
      });
      const events = await bench.store.events({ task: task.id });
      expect(events.at(-1)?.event).toEqual({ kind: 'edited', fields: changed });
      const again = await update(bench, 'A', { title: 'New' });
      expect(again.changed).toEqual([]);
      expect(await bench.kinds('A')).toEqual(['enqueued', 'edited']);
    }),
  );

  it(
    'dependencies that are given anew are settled anew',
    on(async (bench) => {
      await plan(bench, ['A', 'B', 'C after A', 'D after C']);
      await update(bench, 'C', { dependencies: ['B'] });
      await bench.end('B');
      expect(await bench.task('C')).toMatchObject({ pendingDeps: 0, dependencies: ['B'] });
      await bench.end('A', FAILED);
      expect(await bench.statuses()).toMatchObject({ C: 'queued', D: 'queued' });
      await update(bench, 'D', { dependencies: ['C', 'A'] });
      expect(await bench.statuses()).toMatchObject({ D: 'skipped' });
      await update(bench, 'D', { dependencies: ['C'] });
      expect(await bench.statuses()).toMatchObject({ D: 'queued' });
      expect(await bench.task('D')).toMatchObject({ pendingDeps: 1, causeTaskId: null });
      await update(bench, 'D', { dependencies: [] });
      expect(await bench.task('D')).toMatchObject({ pendingDeps: 0 });
    }),
  );

  it(
    'a cycle is refused with its path, and so is what is not there',
    on(async (bench) => {
      await plan(bench, ['A', 'B after A', 'C after B']);
      const refused = (taskId: string, change: SubtaskChange, message: RegExp) =>
        expectNothingChanged(bench, () => update(bench, taskId, change), {
          code: 'plan_invalid',
          message: expect.stringMatching(message),
        });
      await refused('A', { dependencies: ['C'] }, /A waits for C waits for B waits for A/);
      await refused('A', { dependencies: ['A'] }, /A is the subtask itself/);
      await refused('A', { dependencies: ['nobody'] }, /there is no subtask nobody/);
      await refused('A', { title: null }, /title: is missing/);
      await refused('A', { description: 'x'.repeat(20_001) }, /20001 characters/);
      await refused('A', { verify: [''] }, /verify: is no command/);
    }),
  );

  it(
    'a running subtask goes by its old words, and its new dependencies hold from the next attempt',
    on(async (bench) => {
      await plan(bench, ['A', 'B']);
      const claimed = await bench.take('A');
      const { notes } = await update(bench, 'A', { description: 'new', dependencies: ['B'] });
      expect(notes).toMatchObject([{ key: 'A', message: expect.stringContaining('old words') }]);
      expect(await bench.task('A')).toMatchObject({ status: 'running', pendingDeps: 1 });
      await bench.finish(claimed, { kind: 'released', reason: 'stop' });
      expect(await bench.claim()).toMatchObject([{ taskId: 'B' }]);
      await bench.end('A').catch(() => undefined);
    }),
  );

  it(
    'what a breakdown says of itself can be changed',
    on(async (bench) => {
      await plan(bench, ['A']);
      const change = { title: 'Other', complexity: 'simple', context: 'c' };
      const input = { parentTaskId: 'task_1', change };
      expect(await bench.store.updateBreakdown(input)).toMatchObject({
        ...change,
        description: 'Build it',
      });
      expect(await bench.store.list(bench.listId)).toMatchObject({ title: 'Other' });
      const bad = { ...input, change: { complexity: 'odd' } };
      const call = (): Promise<unknown> => bench.store.updateBreakdown(bad);
      await expectNothingChanged(bench, call, { code: 'plan_invalid' });
    }),
  );

  it(
    'an archived breakdown is out of claims, counters and views, and comes back as it was',
    on(async (bench) => {
      await plan(bench, ['A', 'B after A', 'C']);
      await bench.end('C', FAILED);
      const before = await bench.store.breakdown('task_1');
      const archive = { parentTaskId: 'task_1', reason: 'not now' };
      const archived = await bench.store.archiveBreakdown(archive);
      expect(archived).toMatchObject({
        kind: 'changed',
        breakdown: { archiveReason: 'not now', total: 3, counts: { queued: 2, failed: 1 } },
      });
      expect(await bench.store.archiveBreakdown(archive)).toMatchObject({ kind: 'already' });
      expect(await bench.claim()).toEqual([]);
      expect(await bench.store.lists()).toEqual([]);
      expect(await bench.store.list(bench.listId)).toMatchObject({ total: 0 });
      expect((await bench.store.breakdowns({})).breakdowns).toEqual([]);
      expect((await bench.store.breakdowns({ archived: 'only' })).breakdowns).toHaveLength(1);
      expect((await bench.store.taskPage({})).tasks).toEqual([]);
      expect((await bench.store.taskPage({ archived: 'only' })).tasks).toHaveLength(3);
      const call = (): Promise<unknown> => update(bench, 'A', { title: 'x' });
      await expectNothingChanged(bench, call, { code: 'breakdown_archived' });
      await bench.store.restoreBreakdown('task_1');
      expect(await bench.store.breakdown('task_1')).toEqual(before);
      expect(await bench.store.restoreBreakdown('task_1')).toMatchObject({ kind: 'already' });
      expect(await bench.claim()).toMatchObject([{ taskId: 'A' }]);
      await bench.end('B').catch(() => undefined);
    }),
  );

  it(
    'a breakdown of which a subtask runs is not put away: its holder is named',
    on(async (bench) => {
      await plan(bench, ['A', 'B']);
      await bench.take('A', 'somebody');
      const archive = { parentTaskId: 'task_1', reason: 'x' };
      const call = (): Promise<unknown> => bench.store.archiveBreakdown(archive);
      const details = { tasks: [{ taskId: 'A', holder: 'somebody' }] };
      await expectNothingChanged(bench, call, { code: 'breakdown_in_use', details });
      const none = (): Promise<unknown> => bench.store.restoreBreakdown('none');
      await expectNothingChanged(bench, none, { code: 'breakdown_not_found' });
    }),
  );
}
