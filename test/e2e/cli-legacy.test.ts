import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { traceOf } from '../support/folder-trace.ts';
import {
  olderPlan,
  olderSubtask,
  openOlderDatabase,
  writePlanFile,
} from '../support/older-stores.ts';
import { CliProject } from './cli-project.ts';

/** Commands in a project in which only the older server was at work. */
describe('a project with an older store', () => {
  let project: CliProject;
  beforeEach(() => {
    project = new CliProject('');
    writePlanFile(
      project.root,
      olderPlan('task_1', [
        olderSubtask('draw_1', { status: 'completed', completed_at: '2025-05-28T10:00:00' }),
        olderSubtask('build_1', { dependencies: ['draw_1'] }),
        olderSubtask('test_1', { dependencies: ['build_1'] }),
        olderSubtask('tell_1'),
      ]),
    );
    const database = project.path('.task_orchestrator/task_orchestrator.db');
    openOlderDatabase(database, '1.8.0', [olderPlan('task_2', [olderSubtask('b_2')])]).close();
  });
  afterEach(() => project.remove());

  it('shows its tasks, marked, before anything was made, and makes nothing', async () => {
    const before = traceOf(project.root);
    const status = await project.json('status');
    expect(status).toMatchObject({ code: 0, data: { lists: [] } });
    expect(status.data.legacy).toHaveLength(5);
    const list = await project.json('list');
    expect(list.data.legacy).toMatchObject([
      { taskId: 'draw_1', parentTaskId: 'task_1', source: 'legacy', status: 'completed' },
      { taskId: 'build_1', state: 'ready' },
      { taskId: 'test_1', state: 'blocked', waitsFor: ['build_1'] },
      { taskId: 'tell_1', state: 'ready' },
      { taskId: 'b_2', list: 'breakdown:task_2' },
    ]);
    const ready = await project.json('list', 'breakdown:task_1', '--status', 'ready');
    expect(ready.data.legacy).toMatchObject([{ taskId: 'build_1' }, { taskId: 'tell_1' }]);
    const shown = await project.json('show', 'test_1');
    expect(shown.data).toMatchObject({ task: { source: 'legacy' }, attempts: [], events: [] });
    const why = await project.pawl('why', 'test_1');
    expect(why.out).toBe('test_1: waits for build_1 (ready); still only in the older store.\n');
    const lines = await project.pawl('list');
    expect(lines.out).toContain('breakdown:task_1  legacy: 4 tasks still only in');
    expect((await project.pawl('show', 'none')).code).toBe(1);
    expect((await project.pawl('logs', 'test_1')).err).toContain('store_not_found');
    expect(traceOf(project.root)).toEqual(before);
    expect(existsSync(project.path('.pawl'))).toBe(false);
  });

  it('gives a breakdown up at the first change, once, however many change it', async () => {
    const before = traceOf(project.path('.task_orchestrator'));
    const typed = await project.pawl('skip', 'biuld_1', '--reason', 'no');
    expect([typed.code, existsSync(project.path('.pawl'))]).toEqual([1, false]);
    const changes = await Promise.all([
      project.start(['skip', 'build_1', '--reason', 'first']).end(),
      project.start(['skip', 'build_1', '--reason', 'second']).end(),
      project.start(['cancel', 'tell_1', '--reason', 'third']).end(),
    ]);
    expect(changes.map(({ code }) => code).toSorted()).toEqual([0, 0, 3]);
    expect(project.rows('SELECT parent_task_id AS id FROM task_breakdowns')).toEqual([
      { id: 'task_1' },
    ]);
    expect(project.statuses('breakdown:task_1')).toEqual({
      ...{ draw_1: 'completed', build_1: 'skipped', test_1: 'skipped', tell_1: 'cancelled' },
    });
    const skips = project.rows("SELECT 1 AS one FROM task_events WHERE kind = 'skipped'");
    expect(skips).toHaveLength(2);
    const list = await project.json('list');
    expect(list.data.tasks).toHaveLength(4);
    expect(list.data.legacy).toMatchObject([{ taskId: 'b_2' }]);
    expect(traceOf(project.path('.task_orchestrator'))).toEqual(before);
    const events = project.rows('SELECT count(*) AS n FROM task_events');
    for (const args of [['show', 'b_2'], ['why', 'b_2'], ['status'], ['logs', 'b_2']]) {
      await project.pawl(...args);
    }
    expect(project.rows('SELECT count(*) AS n FROM task_events')).toEqual(events);
  });

  it('runs a plan of it as a breakdown', async () => {
    const run = project.start(['run', 'breakdown:task_1', '--agent-command', 'sh agent.sh']);
    expect((await run.end()).code).toBe(0);
    expect(
      project
        .runs()
        .filter((line) => line.startsWith('start'))
        .toSorted(),
    ).toEqual(['start build_1 1', 'start tell_1 1', 'start test_1 1']);
  });

  it('is a warning where it cannot be read, and no failure', async () => {
    writeFileSync(project.path('.task_orchestrator/task_orchestrator.db'), 'no database at all');
    const status = await project.pawl('status');
    expect(status.code).toBe(0);
    expect(status.err).toContain('pawl: warning: the older store: ');
    expect(status.err).toContain('task_orchestrator.db cannot be read');
    expect(status.out).toContain('4 tasks are still only in .task_orchestrator');
    expect((await project.pawl('skip', 'build_1', '--reason', 'no')).code).toBe(0);
  });
});
