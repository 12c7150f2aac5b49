import { expect, it } from 'vitest';
import { plan } from './breakdown-sketch.ts';
import { FAILED, type OnStore, PATH, type StoreBench } from './store-bench.ts';

/** What other programs were promised, and what the audit says about what they should not do. */
export function outsideContract(on: OnStore): void {
  const sql = async (bench: StoreBench, statement: string) => {
    if (bench.fresh.outside === null) throw new Error('no other program can get at this store');
    return await bench.fresh.outside(statement);
  };

  it(
    'a task that another program inserts with the promised columns alone can be run',
    on(async (bench) => {
      await bench.load(['A']);
      await sql(
        bench,
        'INSERT INTO task_queue (id, task_list_path, task_id, priority, description, position) ' +
          `VALUES ('x1', '${PATH}', 'X', 'P1', 'from outside', 9)`,
      );
      const claimed = await bench.claim();
      expect(claimed).toMatchObject([{ id: 'x1', taskId: 'X', listId: bench.listId }]);
      expect(await bench.task('X')).toMatchObject({ status: 'running', attempts: 1 });
      expect(await bench.store.audit()).toMatchObject([{ code: 'no_event', taskId: 'X' }]);
    }),
  );

  it(
    'a list of rows inserted from outside becomes a list of ours when it is loaded',
    on(async (bench) => {
      const path = '/lists/outside.md';
      await sql(
        bench,
        'INSERT INTO task_queue (id, task_list_path, task_id, priority, description, position) ' +
          `VALUES ('x1', '${path}', 'X', 'P2', 'do X', 1)`,
      );
      const [row] = await sql(bench, 'SELECT status, attempts, queued_at FROM task_queue');
      expect(row).toMatchObject({ status: 'queued', attempts: 0 });
      expect(String(row?.['queued_at'])).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
      const loaded = await bench.load(['X', 'Y'], { path });
      expect(loaded).toMatchObject({ added: 1, list: { total: 2 } });
    }),
  );

  it(
    'the view of subtasks has the columns that users of the older server know',
    on(async (bench) => {
      const sketch = { taskId: 'A', specialistType: 'tester', estimatedEffort: '1 hour' };
      const [a] = (await plan(bench, [sketch, 'B after A'])).subtasks;
      await bench.end('A', { kind: 'succeeded', summary: 'done' });
      const hash = (digit: string): string => digit.repeat(64);
      const values = ['1', '2', '3'].map(
        (n) =>
          `('${n}', '${bench.listId}', '${a?.id}', 'n', 'code', 't', '${hash(n)}', ` +
          `'${n === '3' ? 'open' : 'complete'}', 1, 1)`,
      );
      await sql(
        bench,
        'INSERT INTO artifacts (artifact_id, list_id, task, name, kind, media_type, sha256, ' +
          `state, created_at_ms, completed_at_ms) VALUES ${values.join(', ')}`,
      );
      const [first, second] = await sql(bench, 'SELECT * FROM subtasks ORDER BY task_id');
      const { artifacts, created_at: created, completed_at: completed, ...rest } = first ?? {};
      expect(rest).toEqual({
        ...{ task_id: 'A', parent_task_id: 'task_1', title: 'do A', description: 'do A' },
        ...{ specialist_type: 'tester', dependencies: '[]', estimated_effort: '1 hour' },
        ...{ status: 'completed', results: 'done' },
      });
      expect(JSON.parse(String(artifacts)).sort()).toEqual([
        `.pawl/artifacts/11/${hash('1')}`,
        `.pawl/artifacts/22/${hash('2')}`,
      ]);
      expect(created).toBe(completed);
      expect(second).toMatchObject({ dependencies: '["A"]', artifacts: '[]', results: null });
      await bench.store.archiveBreakdown({ parentTaskId: 'task_1', reason: 'x' });
      expect(await sql(bench, 'SELECT * FROM subtasks')).toEqual([]);
      expect(await sql(bench, 'SELECT * FROM v_active_queue')).toEqual([]);
    }),
  );

  it(
    'an executor that another program inserts, pauses and resumes is ours to run',
    on(async (bench) => {
      await sql(
        bench,
        "INSERT INTO executor_state (id, task_list_path) VALUES ('e1', '/lists/outside.md')",
      );
      expect(await sql(bench, 'SELECT * FROM executor_state')).toMatchObject([
        { id: 'e1', status: 'stopped', total_tasks: 0, completed_tasks: 0, current_task_id: null },
      ]);
      const { list } = await bench.load(['A'], { path: '/lists/outside.md' });
      expect(list.executor.id).toBe('e1');
      await sql(bench, "UPDATE executor_state SET status = 'paused' WHERE id = 'e1'");
      expect(await bench.claim()).toEqual([]);
      await expect(
        sql(bench, "UPDATE executor_state SET status = 'odd' WHERE id = 'e1'"),
      ).rejects.toThrow();
    }),
  );

  it(
    'the promised columns show what happened, with times that compare as text',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', after: ['A'] }]);
      await bench.end('A', FAILED);
      const rows = await sql(
        bench,
        `SELECT * FROM task_queue WHERE task_list_path = '${PATH}' ORDER BY position`,
      );
      const at = '2030-01-02 03:04:05.678';
      expect(rows).toMatchObject([
        {
          ...{ task_id: 'A', status: 'failed', attempts: 1, last_error: 'exit code 1' },
          ...{ started_at: at, completed_at: at, queued_at: at, dependencies: '[]' },
        },
        { task_id: 'B', status: 'skipped', started_at: null, dependencies: '["A"]' },
      ]);
      const state = await sql(
        bench,
        `SELECT * FROM executor_state WHERE task_list_path = '${PATH}'`,
      );
      expect(state).toMatchObject([
        {
          status: 'running',
          total_tasks: 2,
          completed_tasks: 0,
          failed_tasks: 1,
          skipped_tasks: 1,
        },
      ]);
    }),
  );

  it(
    'the active queue has the promised columns, in the promised order of rows',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', priority: 'P1' }, 'C', 'D']);
      await bench.take('C');
      await bench.load(['A', { taskId: 'B', priority: 'P1' }, 'C']);
      const rows = await sql(bench, 'SELECT * FROM v_active_queue');
      expect(rows.map((row) => row['task_id'])).toEqual(['B', 'A']);
      expect(Object.keys(rows[0] ?? {})).toEqual([
        ...['id', 'task_list_path', 'task_id', 'priority', 'section', 'description', 'status'],
        ...['assigned_agent', 'position', 'attempts', 'queued_at', 'executor_status'],
        'priority_order',
      ]);
      expect(rows[0]).toMatchObject({ priority_order: 1, executor_status: 'running' });
    }),
  );

  it.each([
    ['a changed status', "UPDATE task_queue SET status = 'completed' WHERE task_id = 'A'", 'fold'],
    ['a changed count', "UPDATE task_queue SET attempts = 7 WHERE task_id = 'A'", 'fold'],
    ['a lost event', 'DELETE FROM task_events WHERE seq = 1', 'no_event'],
    ['a lease of nothing', 'UPDATE task_queue SET lease_until_ms = 1', 'holder'],
    ['a wrong number of open edges', 'UPDATE task_queue SET pending_deps = 5', 'pending_deps'],
    ['a lost edge', 'DELETE FROM task_dependencies', 'dependencies_column'],
    [
      'an edge that nobody answered',
      "UPDATE task_queue SET status = 'failed' WHERE task_id = 'A'",
      'unresolved',
    ],
    ['a holder of nothing', "UPDATE task_queue SET holder_id = 'x' WHERE task_id = 'A'", 'holder'],
  ] as const)('the audit finds %s', (_name, damage, code) =>
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', after: ['A'] }]);
      await bench.expectSound();
      await sql(bench, damage);
      const codes = (await bench.store.audit()).map((fault) => fault.code);
      expect(codes).toContain(code);
    })(),
  );

  it(
    'a constraint keeps nonsense out, and is told as such',
    on(async (bench) => {
      await bench.load(['A']);
      for (const nonsense of [
        "UPDATE task_queue SET status = 'odd'",
        "UPDATE task_queue SET priority = 'P7'",
        'UPDATE task_queue SET attempts = -1',
        'UPDATE task_queue SET pending_deps = -1',
        'INSERT INTO task_queue (id, task_list_path, task_id, priority, description, position) ' +
          `VALUES ('x1', '${PATH}', 'A', 'P1', 'twice', 9)`,
      ]) {
        await expect(sql(bench, nonsense)).rejects.toThrow();
      }
      await bench.expectSound();
    }),
  );
}
