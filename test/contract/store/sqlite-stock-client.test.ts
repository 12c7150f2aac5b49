import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { createSteeredWorld } from './steered-world.ts';
import { StoreBench } from './store-bench.ts';

const LIST = '/path/to/tasks.md';
const installed = spawnSync('sqlite3', ['--version']).status === 0;

const folder = mkdtempSync(join(tmpdir(), 'pawl-stock-'));
const path = join(folder, 'pawl.db');
afterAll(() => rmSync(folder, { recursive: true }));

/** What the stock client prints as JSON; nothing for no rows. */
function stock(sql: string): readonly Readonly<Record<string, unknown>>[] {
  const printed = execFileSync('sqlite3', ['-json', path, sql], { encoding: 'utf8' });
  return printed === '' ? [] : (JSON.parse(printed) as Readonly<Record<string, unknown>>[]);
}

// Without the client on this machine there is nothing to run it with.
describe.skipIf(!installed)('the stock sqlite3 client', () => {
  it('runs the documented queries verbatim, while a list is worked on and afterwards', async () => {
    const world = createSteeredWorld();
    const store = await openSqliteStore({ world, path });
    const bench = new StoreBench(world, { store, outside: null, dispose: () => store.close() });
    await bench.load(['A', { taskId: 'B', priority: 'P1' }, 'C'], { path: LIST });
    await bench.take('C');

    expect(stock('SELECT * FROM v_active_queue;')).toMatchObject([
      { task_id: 'B', priority_order: 1, executor_status: 'running' },
      { task_id: 'A', priority_order: 2, executor_status: 'running' },
    ]);
    const tasks = stock(
      `SELECT * FROM task_queue WHERE task_list_path = '/path/to/tasks.md' ORDER BY position;`,
    );
    expect(tasks.map((task) => [task['task_id'], task['status']])).toEqual([
      ...[['A', 'queued'] as const, ['B', 'queued'] as const, ['C', 'running'] as const],
    ]);
    const state = `SELECT * FROM executor_state WHERE task_list_path = '/path/to/tasks.md';`;
    expect(stock(state)).toMatchObject([
      { status: 'running', total_tasks: 3, completed_tasks: 0, current_task_id: 'C' },
    ]);

    await bench.change('complete', 'A');
    await bench.change('skip', 'B');
    expect(stock('SELECT * FROM v_active_queue;')).toEqual([]);
    expect(stock(state)).toMatchObject([{ completed_tasks: 1, skipped_tasks: 1 }]);
    await store.close();
    expect(stock(state)).toMatchObject([{ total_tasks: 3 }]);
  });

  it('inserts a task and an executor with the promised columns alone', async () => {
    stock(
      'INSERT INTO task_queue (id, task_list_path, task_id, priority, description, position) ' +
        "VALUES ('x', '/other.md', 'X', 'P1', 'do X', 1);" +
        "INSERT INTO executor_state (id, task_list_path) VALUES ('e', '/other.md');" +
        "UPDATE executor_state SET status = 'running' WHERE task_list_path = '/other.md';",
    );
    const world = createSteeredWorld();
    const store = await openSqliteStore({ world, path });
    const listId = (await store.listByPath('/other.md'))?.listId ?? '';
    const claim = { listId, holderId: 'h', max: 1, maxConcurrent: 1, leaseMs: 1 };
    expect(
      await store.claimNext({ ...claim, minPriority: 'P4', defaultAgent: null }),
    ).toMatchObject([{ taskId: 'X' }]);
    await store.close();
  });
});
