import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { traceOf } from '../../support/folder-trace.ts';
import {
  olderPlan,
  olderSubtask,
  openOlderDatabase,
  writePlanFile,
} from '../../support/older-stores.ts';
import { DoorBench, type DoorClient } from './door-bench.ts';

const DONE = { status: 'completed', results: 'It is drawn.', completed_at: '2025-05-28T10:00:00' };

/** A client of a project in which there is nothing yet but the store of the older server. */
describe('tasks that only the older store has', () => {
  let bench: DoorBench;
  let agent: DoorClient;
  beforeEach(async () => {
    bench = new DoorBench();
    writePlanFile(
      bench.root,
      olderPlan('task_1', [
        olderSubtask('draw_1', DONE),
        olderSubtask('build_1', { dependencies: ['draw_1'] }),
        olderSubtask('test_1', { dependencies: ['build_1'], specialist_type: 'tester' }),
      ]),
    );
    const second = olderPlan('task_2', [olderSubtask('build_2'), olderSubtask('draw_1')]);
    openOlderDatabase(join(bench.root, '.task_orchestrator/task_orchestrator.db'), '1.8.0', [
      second,
    ]).close();
    agent = await bench.connect('modern', { set: 'all' });
  });
  afterEach(async () => await bench.close());

  const older = () => traceOf(join(bench.root, '.task_orchestrator'));
  const legacyIn = async (args = {}): Promise<readonly string[]> => {
    const { tasks = [] } = await agent.done('query_tasks', args);
    const found = tasks as readonly { readonly task_id: string; readonly source?: string }[];
    return found.filter(({ source }) => source === 'legacy').map((task) => task.task_id);
  };

  it('are found and counted, marked, and nothing is made or changed by that', async () => {
    const before = older();
    expect(await agent.done('query_tasks')).toMatchObject({
      tasks: [
        { task_id: 'draw_1', parent_task_id: 'task_1', state: 'completed', source: 'legacy' },
        { task_id: 'build_1', state: 'ready', source: 'legacy' },
        { task_id: 'test_1', state: 'blocked', waits_for: ['build_1'], source: 'legacy' },
        { task_id: 'build_2', parent_task_id: 'task_2', source: 'legacy' },
        { task_id: 'draw_1', parent_task_id: 'task_2', source: 'legacy' },
      ],
    });
    expect(await legacyIn({ status: ['ready'], parent_task_id: 'task_1' })).toEqual(['build_1']);
    expect(await legacyIn({ specialist_type: 'tester' })).toEqual(['test_1']);
    expect(await legacyIn({ search_text: 'about BUILD_2' })).toEqual(['build_2']);
    expect(await legacyIn({ created_after: '2026-01-01T00:00:00Z' })).toEqual([]);
    expect(await legacyIn({ archived: true })).toEqual([]);
    expect(await agent.done('get_status')).toMatchObject({
      legacy: {
        tasks: 5,
        plans: [
          { parent_task_id: 'task_1', counts: { completed: 1, ready: 1, blocked: 1 } },
          { parent_task_id: 'task_2', counts: { ready: 2 } },
        ],
      },
    });
    const one = await agent.done('query_tasks', { task_id: 'test_1' });
    expect(one).toMatchObject({
      task: { taskId: 'test_1', source: 'legacy', why: expect.stringContaining('build_1') },
      dependsOn: [{ taskId: 'build_1', satisfied: false }],
    });
    expect(existsSync(join(bench.root, '.pawl'))).toBe(false);
    expect(older()).toEqual(before);
  });

  it('are named to who asks for anything to do, and claimed by their plan', async () => {
    const { claimed, next } = await agent.done('claim_next');
    expect({ claimed, next }).toMatchObject({ claimed: false });
    const [, named = ''] = /orchestrator_claim_next (\{.*\})/.exec(next) ?? [];
    expect(await agent.done('claim_next', JSON.parse(named))).toMatchObject({ task_id: 'build_1' });
  });

  it('come page by page, each once, behind those that are stored', async () => {
    await agent.done('plan_task', { description: 'New', subtasks: [{ title: 'A' }] });
    const shown: string[] = [];
    for (let cursor: string | undefined, pages = 0; pages < 10; pages += 1) {
      const page = await agent.done('query_tasks', { limit: 2, cursor });
      shown.push(...page.tasks.map((task: { title: string }) => task.title));
      cursor = page.cursor;
      if (cursor === undefined) break;
    }
    expect(shown).toEqual(['A', 'Do draw_1', 'Do build_1', 'Do test_1', 'Do build_2', 'Do draw_1']);
  });

  it('one that is claimed brings its breakdown along, once, and is ended here', async () => {
    const before = older();
    const other = await bench.connect('modern', { name: 'other' });
    const [mine, theirs] = await Promise.all([
      agent.call('execute_task', { task_id: 'build_1' }),
      other.call('execute_task', { task_id: 'build_1' }),
    ]);
    const [winner, loser] = mine.isError ? [theirs, mine] : [mine, theirs];
    expect(winner.data).toMatchObject({ task_id: 'build_1' });
    expect(loser.data.error.code).toBe('lease_held');
    expect(await legacyIn()).toEqual(['build_2', 'draw_1']);
    const stored = await agent.done('query_tasks', { parent_task_id: 'task_1' });
    expect(stored.tasks.map((task: { state: string }) => task.state)).toEqual([
      'completed',
      'running',
      'blocked',
    ]);
    const { claim } = winner.data;
    const holder = mine.isError ? other : agent;
    await holder.done('complete_task', { claim, summary: 'Built', next_action: 'complete' });
    expect(await agent.done('claim_next')).toMatchObject({ task_id: 'test_1' });
    expect(older()).toEqual(before);
  });

  it.each([
    ['update_task', { task_id: 'build_2', title: 'Another title' }],
    ['update_task', { task_id: 'build_2', status: 'skipped', reason: 'no' }],
    ['cancel_task', { task_id: 'build_2' }],
    ['cancel_task', { parent_task_id: 'task_2' }],
    ['claim_next', { parent_task_id: 'task_2' }],
    ['delete_task', { task_id: 'task_2' }],
  ])('%s %j takes over the breakdown that it changes', async (name, args) => {
    await agent.done(name, args);
    expect(await legacyIn()).toEqual(['draw_1', 'build_1', 'test_1']);
    const archived = name === 'delete_task';
    const found = await agent.done('query_tasks', { parent_task_id: 'task_2', archived });
    expect(found.tasks).toHaveLength(2);
  });

  it('an id of two plans is refused where no plan is named, and nothing is taken', async () => {
    const refused = await agent.call('execute_task', { task_id: 'draw_1' });
    expect(refused.data.error).toMatchObject({ code: 'task_ambiguous' });
    expect(await legacyIn()).toHaveLength(5);
    const named = { task_id: 'draw_1', parent_task_id: 'task_2' };
    expect(await agent.done('execute_task', named)).toMatchObject({ task_id: 'draw_1' });
    expect(await legacyIn()).toEqual(['draw_1', 'build_1', 'test_1']);
  });

  it('a part that cannot be read is told with what to do, beside all the rest', async () => {
    writeFileSync(join(bench.root, '.task_orchestrator/tasks/active/task_3.json'), '{"torn');
    const found = await agent.done('query_tasks', { parent_task_id: 'task_1' });
    expect(found).toMatchObject({
      tasks: [{}, {}, {}],
      legacy_trouble: { code: 'file_unreadable', next: expect.any(String) },
    });
    expect(await agent.done('get_status')).toMatchObject({
      legacy_trouble: { message: expect.stringContaining('task_3.json') },
    });
  });
});
