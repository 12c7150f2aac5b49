import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FACTS } from '../../../src/store/sql/read-control.ts';
import { BY_EXACT_REF, NEXT } from '../../../src/store/sql/read-tasks.ts';
import type { SqlValue } from '../../../src/store/sql/verb.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createSteeredWorld } from './steered-world.ts';
import { FAILED, ONE_TRY, PATH, StoreBench } from './store-bench.ts';

const ROWS = 100_000;
const folder = mkdtempSync(join(tmpdir(), 'pawl-plans-'));
const path = join(folder, 'pawl.db');
const ran: { sql: string; params: readonly SqlValue[] }[] = [];
let store: Store;
let bench: StoreBench;
let other: DatabaseSync;

beforeAll(async () => {
  const world = createSteeredWorld();
  const intercept = (sql: string, params: readonly SqlValue[]) => void ran.push({ sql, params });
  store = await openSqliteStore({ world, path, intercept });
  bench = new StoreBench(world, { store, outside: null, dispose: () => store.close() });
  await bench.load(['A', { taskId: 'B', after: ['A'] }, 'C', 'D']);
  other = new DatabaseSync(path);
  other.exec(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
     INSERT INTO task_queue (id, list_id, task_list_path, task_id, priority, description, position,
       status) SELECT 'row' || i, '${bench.listId}', '${PATH}', 'T' || i,
       'P' || (1 + i % 4), 'do it', 10 + i, iif(i % 10 = 0, 'queued', 'completed') FROM n`,
  );
}, 60_000);

afterAll(async () => {
  other.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

/** How the database would run a statement: one line a step. */
function planOf(sql: string, params: readonly SqlValue[] = []): string {
  const steps = other.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...params);
  return steps.map((step) => String(step['detail'])).join('\n');
}

/** The plans of what `work` ran on the queue's tables, in order. */
async function plansOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  ran.length = 0;
  await work();
  const statements = ran.filter(({ sql }) => /^(SELECT|UPDATE|DELETE|WITH)/.test(sql));
  return statements.map(({ sql, params }) => planOf(sql, params));
}

describe(`with ${ROWS} rows in the queue`, () => {
  it.each([
    ['list', `task_list_path = '${PATH}' ORDER BY position`, 'task_queue_path_position'],
    ['status', "status = 'running'", 'task_queue_status'],
    ['priority', "priority = 'P1'", 'task_queue_by_priority'],
    ['position', 'position = 17', 'task_queue_by_position'],
    ['list and task', `task_list_path = '${PATH}' AND task_id = 'A'`, 'task_queue_path_task'],
  ])('rows are looked up by %s through an index, without a sort', (_name, where, index) => {
    const plan = planOf(`SELECT * FROM task_queue WHERE ${where}`);
    expect(plan).toMatch(new RegExp(`SEARCH task_queue USING INDEX ${index}\\b`));
    expect(plan).not.toContain('TEMP B-TREE');
  });

  it('a claim reads the ready index alone, in its order', async () => {
    const plans = await plansOf(() => bench.claim());
    expect(plans.join('\n')).toContain('SEARCH task_queue USING INDEX task_queue_ready');
    expect(plans.join('\n')).not.toMatch(/TEMP B-TREE|SCAN (?!CONSTANT|claim_limits)/);
  });

  it('a claim within limits of agents reads the same index', async () => {
    const plans = await plansOf(() => bench.claim({ agentLimits: { slow: 1 } }));
    expect(plans.join('\n')).toContain('SEARCH task_queue USING INDEX task_queue_ready');
    expect(plans.join('\n')).not.toContain('USE TEMP B-TREE FOR ORDER BY');
  });

  it('a heartbeat goes from what is held to its rows, never over the queue', async () => {
    const held = await bench.claim({ max: 3 });
    const beat = { holderId: 'holder', leaseMs: 1_000, held };
    const plans = await plansOf(() => store.heartbeat(beat));
    expect(plans.join('\n')).toMatch(/SEARCH q USING INDEX sqlite_autoindex_task_queue/);
    expect(plans.join('\n')).not.toMatch(/SCAN q/);
  });

  it('delayed tasks are found by when they are due', async () => {
    const plans = await plansOf(() => store.promoteDue());
    expect(plans).toHaveLength(3);
    for (const plan of plans.slice(1)) expect(plan).toContain('INDEX task_queue_delayed');
    expect(plans.join('\n')).not.toContain('TEMP B-TREE');
  });

  it('finishing finds the dependants, and those to bring back, through indexes', async () => {
    const claimed = await bench.take('A');
    const plans = await plansOf(() => bench.finish(claimed, FAILED, ONE_TRY));
    expect(plans.join('\n')).toContain('INDEX task_dependencies_depends_on');
    expect(plans.join('\n')).not.toMatch(/SCAN (task_queue|d\b)/);
    const revived = await plansOf(() => bench.change('complete', 'A'));
    expect(revived.join('\n')).toContain('INDEX task_queue_caused');
    expect(revived.join('\n')).not.toMatch(/SCAN (task_queue|d\b)/);
    expect(await bench.task('B')).toMatchObject({ status: 'queued' });
  });

  it('what an executor looks at between two claims is answered by partial indexes', () => {
    const plan = planOf(FACTS, [
      ...[bench.listId, 'P4', bench.listId, 'P4', bench.listId, bench.listId],
    ]);
    expect(plan).toContain('INDEX task_queue_ready');
    expect(plan.match(/INDEX task_queue_delayed/g)).toHaveLength(2);
    expect(plan).not.toMatch(/SCAN task_queue$/m);
  });

  it('the next tasks of the outlook are read in the order of the ready index', () => {
    const plan = planOf(NEXT, [bench.listId, 'P4', 5]);
    expect(plan).toContain('SEARCH q USING INDEX task_queue_ready');
    expect(plan).not.toContain('TEMP B-TREE');
  });

  it('a task is found by its task id in all lists without walking over the queue', () => {
    expect(planOf(BY_EXACT_REF, ['A', 'A'])).toContain('INDEX task_queue_path_task');
    expect(planOf(BY_EXACT_REF, ['A', 'A'])).not.toMatch(/SCAN q/);
  });

  it('counts are read from an index alone', () => {
    const plan = planOf(`SELECT * FROM executor_state WHERE task_list_path = '${PATH}'`);
    expect(plan).toContain('SEARCH q USING COVERING INDEX task_queue_status');
    expect(plan).not.toMatch(/SCAN (task_queue|q\b)/);
  });

  it('loading a small list reads nothing of the large one', async () => {
    const plans = await plansOf(() => bench.load(['X'], { path: '/lists/small.md' }));
    expect(plans.join('\n')).not.toMatch(/SCAN (task_queue|q\b)/);
  });

  it('a claim for a host with labels reads each kind of needs by its index', async () => {
    other.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS / 20})
       INSERT INTO task_queue (id, list_id, task_list_path, task_id, priority, description,
         position, needs_json) SELECT 'gpu' || i, list_id, task_list_path, 'G' || i, 'P1', 'do it',
         1000000 + i, '["gpu"]' FROM n, task_lists WHERE list_id = '${bench.listId}'`,
    );
    const plain = await plansOf(() => bench.claim({ labels: ['net'] }));
    expect(plain.join('\n')).toContain('SEARCH task_queue USING INDEX task_queue_ready_needs');
    expect(plain.join('\n')).not.toContain('INDEX task_queue_ready ');
    const own = await plansOf(() => bench.claim({ labels: ['gpu'] }));
    expect(own.join('\n')).toContain('INDEX task_queue_ready_needs (list_id=? AND needs_json=?');
    for (const plan of [...plain, ...own]) {
      expect(plan).not.toMatch(/USE TEMP B-TREE FOR ORDER BY|SCAN task_queue$/m);
    }
  });
});
