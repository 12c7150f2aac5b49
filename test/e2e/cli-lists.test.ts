import { execFileSync, spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { rememberOption, storedOptions } from '../../src/config/stored-options.ts';
import { TaskExecutor } from '../../src/index.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { until } from '../chaos/pawl-process.ts';
import { CliProject, listOf } from './cli-project.ts';

let project: CliProject;

afterEach(() => project.remove());

const hasStockClient = spawnSync('sqlite3', ['--version']).status === 0;

/** What the stock client answers; nothing for no rows. Without one: our own reader. */
function stock(sql: string): readonly Readonly<Record<string, unknown>>[] {
  if (!hasStockClient) return project.rows(sql);
  const argv = ['-json', '-cmd', '.timeout 10000', project.database, sql];
  const printed = execFileSync('sqlite3', argv, { encoding: 'utf8' });
  return printed === '' ? [] : (JSON.parse(printed) as Readonly<Record<string, unknown>>[]);
}

const of = (column: string, rows: ReturnType<typeof stock>) => rows.map((row) => row[column]);

describe('the promised queries, as written', () => {
  it('answer while a list is worked through, and afterwards', async () => {
    project = new CliProject(listOf(['A'], ['B', 'P3'], ['C', 'P1'], ['D', 'P2', 'A']));
    const { list } = project;
    const queue = `SELECT * FROM task_queue WHERE task_list_path = '${list}' ORDER BY position;`;
    const state = `SELECT * FROM executor_state WHERE task_list_path = '${list}';`;
    project.hold('A', 'C');
    const pawl = project.run('--concurrency', '2');
    await project.agentsBegun('A', 'C');

    const active = stock('SELECT * FROM v_active_queue;');
    expect(of('task_id', active)).toEqual(['D', 'B']);
    expect(active[0]).toMatchObject({ priority_order: 2, executor_status: 'running' });
    expect(of('status', stock(queue))).toEqual(['running', 'queued', 'running', 'queued']);
    const [running] = stock(queue);
    expect(running).toMatchObject({ task_id: 'A', attempts: 1, completed_at: null });
    expect(running?.['started_at']).not.toBeNull();
    expect(stock(state)).toMatchObject([{ status: 'running', total_tasks: 4, completed_tasks: 0 }]);
    expect(['A', 'C']).toContain(stock(state)[0]?.['current_task_id']);

    // The graph is a table, and the promised column says the same.
    const edges = stock(
      'SELECT q.task_id, d.depends_on_task_id, q.dependencies FROM task_dependencies d ' +
        'JOIN task_queue q ON q.id = d.task;',
    );
    expect(edges).toEqual([{ task_id: 'D', depends_on_task_id: 'A', dependencies: '["A"]' }]);

    project.release('A', 'C');
    expect((await pawl.end()).code).toBe(0);
    expect(stock('SELECT * FROM v_active_queue;')).toEqual([]);
    expect(of('status', stock(queue))).toEqual(Array.from({ length: 4 }, () => 'completed'));
    for (const row of stock(queue)) expect(row['completed_at']).not.toBeNull();
    expect(stock(state)).toMatchObject([
      { total_tasks: 4, completed_tasks: 4, failed_tasks: 0, current_task_id: null },
    ]);
  });
});

describe('several lists at once', () => {
  it('are each worked through by a process of their own, with a state of their own', async () => {
    project = new CliProject(listOf(['A'], ['B']));
    project.write('other.md', listOf(['A', 'P2', 'C'], ['C']));
    const other = project.path('other.md');
    project.hold('B', 'C');
    const one = project.run();
    const two = project.run('other.md', '--concurrency', '3');
    await project.agentsBegun('B', 'C');
    // The one is paused, the other is not; equal task ids do not meet.
    expect((await project.json('pause', other)).data.status.executor.status).toBe('paused');
    const { data } = await project.json('status');
    const byList = new Map(
      (data.lists as readonly { list: string }[]).map((status) => [status.list, status]),
    );
    expect(byList.get(project.list)).toMatchObject({
      ...{ executor: { status: 'running', pid: one.pid }, total: 2 },
      counts: { completed: 1, running: 1 },
    });
    expect(byList.get(other)).toMatchObject({
      ...{ executor: { status: 'paused', pid: two.pid }, total: 2 },
      counts: { queued: 1, running: 1 },
    });
    project.release('B', 'C');
    expect((await one.end()).code).toBe(0);
    // Which list is meant must be said where it matters.
    const ambiguous = await project.pawl('resume', '--json');
    expect(ambiguous).toMatchObject({ code: 2, out: '' });
    expect(JSON.parse(ambiguous.err)).toMatchObject({ data: { code: 'list_ambiguous' } });
    await project.pawl('resume', other);
    await until('the end of the other list', () => project.statuses(other)['A'] === 'completed');
    expect((await two.end()).code).toBe(0);
    const states = project.rows('SELECT completed_tasks, config_json FROM executor_state');
    expect(of('completed_tasks', states)).toEqual([2, 2]);
    expect(of('config_json', states).map((text) => JSON.parse(String(text)).maxConcurrent)).toEqual(
      expect.arrayContaining([1, 3]),
    );
  });
});

describe('what a person sees during a run', () => {
  it('is why each task is where it is, and what its agent writes, as it is written', async () => {
    project = new CliProject(
      [
        listOf(['A', 'P1'], ['B', 'P1'], ['R'], ['C', 'P2', 'B'], ['D', 'P2', 'C'], ['L', 'P4']),
        '| N | Do N | P3 | NOT-7 | [ ] |\n',
      ].join(''),
    );
    project.hold('A');
    project.fail('B');
    const options = ['--concurrency', '2', '--min-priority', 'P3', '--retry-delay', '3h'];
    const pawl = project.run(...options, '--events', '--json');
    await project.agentsBegun('A', 'R');
    await until('the end of R', () => project.statuses()['R'] === 'completed');
    const following = project.start(['logs', 'A', '-f']);
    await until('the first line', () => following.said.includes('hello from A'));

    const { data } = await project.json('list');
    const why = Object.fromEntries(
      (data.tasks as readonly { taskId: string; state: string; why: string }[]).map((task) => [
        ...[task.taskId, `${task.state}: ${task.why}`],
      ]),
    );
    expect(why).toMatchObject({
      A: expect.stringMatching(new RegExp(`^running: .*process ${pawl.pid}.*`)),
      B: expect.stringMatching(/^delayed: .* until .*exit code 1/),
      C: expect.stringMatching(/^blocked: waits for B/),
      D: expect.stringMatching(/^blocked: waits for C.* B/),
      L: expect.stringMatching(/^excluded: .*--min-priority P3/),
      N: expect.stringMatching(/^blocked: .*NOT-7/),
      R: expect.stringMatching(/^completed: /),
    });
    // The command for one task says the same of the whole chain.
    expect((await project.pawl('why', 'D')).out).toContain('B');

    await project.pawl('cancel', 'B');
    project.release('A');
    // It ends by itself, with the agent, and missed nothing.
    expect(await following.end()).toMatchObject({
      ...{ code: 0, out: 'hello from A\ngood-bye from A\n' },
    });
    const end = await pawl.end();
    expect(end.code).toBe(4);
    const documents = end.out.split('\n').slice(0, -1);
    const kinds = documents.map((text) => (JSON.parse(text) as { kind: string }).kind);
    expect([new Set(kinds.slice(0, -1)), kinds.at(-1)]).toEqual([new Set(['event']), 'run']);
    expect(project.statuses()).toMatchObject({ C: 'skipped', D: 'skipped', N: 'queued' });
  });
});

describe('two processes that look at one list', () => {
  it('each see at once what the other did: a stale read is impossible', async () => {
    project = new CliProject(listOf(['A'], ['B'], ['C']));
    const executor = new TaskExecutor({ config: { agentCommand: ['true'] } });
    try {
      await executor.loadTaskList(project.list);
      expect(await executor.getStatus()).toMatchObject({ skippedTasks: 0, queuedTasks: 3 });
      for (const [count, id] of ['A', 'B'].entries()) {
        await project.pawl('skip', id, '--reason', 'seen elsewhere');
        expect(await executor.getStatus()).toMatchObject({ skippedTasks: count + 1 });
      }
      expect((await executor.getNextTask())?.id).toBe('C');
      await executor.skipTask('C');
      const { data } = await project.json('list', '--status', 'skipped');
      expect(data.tasks).toHaveLength(3);
    } finally {
      await executor.close();
    }
  });
});

describe('a list with pictures for boxes', () => {
  it('stays that list when its last task is done, whether its items have ids or not', async () => {
    const items = ['- ⬜ A-1: one', '- ⬜ A-2: two', '', '## More', '', '- ⬜ three', '- ⬜ four'];
    project = new CliProject(['# Work', '', ...items, ''].join('\n'));
    expect((await project.run().end()).code).toBe(0);
    expect(project.read('tasks.md').match(/- ✅/g)).toHaveLength(4);
    const again = await project.json('load', 'tasks.md');
    expect(again.data).toMatchObject({ added: 0, updated: 0, archived: 0 });
    expect((await project.pawl('sync', '--dry-run')).code).toBe(0);
    expect(project.rows('SELECT total_tasks, completed_tasks FROM executor_state')).toEqual([
      { total_tasks: 4, completed_tasks: 4 },
    ]);
    const archived = 'SELECT task_id FROM task_queue WHERE archived_at_ms IS NOT NULL';
    expect(project.rows(archived)).toEqual([]);
  });
});

it('a list is loaded with how many of it may run at once, and later loads keep that', async () => {
  project = new CliProject(listOf(['A'], ['B']));
  const wrong = await project.pawl('load', 'tasks.md', '--concurrency', 'many');
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.err).toContain('--concurrency');
  expect((await project.pawl('load', 'tasks.md', '--concurrency', '7')).code).toBe(0);
  expect((await project.pawl('load', 'tasks.md')).code).toBe(0);
  const [kept] = project.rows('SELECT config_json FROM executor_state');
  expect(JSON.parse(String(kept?.['config_json']))).toMatchObject({
    ...{ maxConcurrent: 7, given: ['maxConcurrent'] },
  });
});

it('how many run at once is changed while a run is under way', async () => {
  project = new CliProject(listOf(['A'], ['B'], ['C'], ['D']));
  project.hold('A', 'B', 'C', 'D');
  const run = project.run('--concurrency', '1');
  await project.agentsBegun('A');
  expect((await project.pawl('resume', '--concurrency', '3')).out).toContain('At most 3');
  await project.agentsBegun('A', 'B', 'C');
  expect((await project.pawl('resume', '--concurrency', '1')).code).toBe(0);
  project.release('A');
  await until('the end of A', () => project.runs().includes('end A 1'));
  project.release('B', 'C');
  await project.agentsBegun('D');
  expect(project.runs().indexOf('start D 1')).toBe(project.runs().length - 1);
  expect(project.runs().filter((line) => line.startsWith('end'))).toHaveLength(3);
  project.release('D');
  expect((await run.end()).code).toBe(0);
});

it('and what is said while a run only watches still holds when it goes on itself', async () => {
  project = new CliProject(listOf(['A'], ['B'], ['C'], ['D']));
  project.hold('A', 'B', 'C', 'D');
  const first = project.run('--concurrency', '1');
  await project.agentsBegun('A');
  const second = project.run('--concurrency', '1');
  await until('the watcher', () => second.said.includes('this one watches'));
  expect((await project.pawl('resume', '--concurrency', '3')).code).toBe(0);
  await project.agentsBegun('A', 'B', 'C');
  await first.kill();
  project.release('A');
  await project.agentsBegun('D');
  project.release('B', 'C', 'D');
  expect((await second.end()).code).toBe(0);
});

it('what others change at the same moment is not lost by a resume', async () => {
  project = new CliProject(listOf(['A']));
  expect((await project.pawl('load', 'tasks.md')).code).toBe(0);
  const store = await openSqliteStore({ world: createRealWorld(), path: project.database });
  const listId = (await store.lists())[0]?.listId ?? '';
  const changes = { said: 0, lost: 0 };
  const change = async (): Promise<void> => {
    const [before, next] = [changes.said, changes.said + 1];
    let found: unknown = before;
    const configJson = (kept: string | null): string => {
      found = storedOptions(kept)['retryAttempts'] ?? 0;
      return rememberOption(kept, 'retryAttempts', next);
    };
    await store.setExecutor({ listId, configJson });
    changes.said = next;
    if (found !== before) changes.lost += 1;
  };
  for (const concurrency of [3, 4, 5]) {
    const resume = project.start(['resume', '--concurrency', String(concurrency)]);
    while (!resume.over) await change();
    expect((await resume.ended).code).toBe(0);
  }
  await store.close();
  expect(changes).toEqual({ said: expect.any(Number), lost: 0 });
  const [row] = project.rows('SELECT config_json FROM executor_state');
  expect(storedOptions(String(row?.['config_json']))).toEqual({
    ...{ maxConcurrent: 5, retryAttempts: changes.said },
  });
});
