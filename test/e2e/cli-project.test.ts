import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../chaos/pawl-process.ts';
import { CliProject, listOf } from './cli-project.ts';

let project: CliProject;

afterEach(() => project.remove());

describe('a project', () => {
  it('needs nothing that was installed, made or started before its first run', async () => {
    const list = listOf(['A'], ['B', 'P1', 'A']);
    project = new CliProject(list);
    expect(existsSync(project.path('.pawl'))).toBe(false);
    const { code, out } = await project.run().end();
    expect(code, out).toBe(0);
    expect(project.runs()).toEqual(['start A 1', 'end A 1', 'start B 1', 'end B 1']);
    expect(project.read('tasks.md')).toBe(list.replaceAll('[ ]', '[x]'));
    // After it: one file of data, no lock, no process, nothing half written.
    await project.nothingLeft();
    const left = readdirSync(project.path('.pawl'));
    const made = ['.gitignore', 'attempts', 'backups', 'log', 'pawl.db', 'replaced'];
    expect(left.toSorted()).toEqual(made);
    const kept = readdirSync(project.path('.pawl/replaced'));
    expect(kept.filter((name) => !/^\d{17}-/.test(name))).toEqual([]);
    const locks = 'SELECT name FROM locks WHERE holder_id IS NOT NULL';
    expect(project.rows(locks)).toEqual([]);
    expect(project.rows('SELECT id FROM instances WHERE ended_at_ms IS NULL')).toEqual([]);
  });

  it('is found from its list, from the folders below it, and from another one', async () => {
    project = new CliProject(listOf(['A']));
    await project.run().end();
    project.write('deep/er/other.md', listOf(['X']));
    for (const args of [
      ['-C', 'deep/er', 'status'],
      ['-C', '/', 'status', project.list],
    ]) {
      const { data } = await project.json(...args);
      expect(data.lists).toMatchObject([{ list: project.list, counts: { completed: 1 } }]);
    }
    // A list further below is one of this project's, not the beginning of another.
    await project.run('deep/er/other.md').end();
    expect(existsSync(project.path('deep/er/.pawl'))).toBe(false);
    expect(project.statuses(project.path('deep/er/other.md'))).toEqual({ X: 'completed' });
  });

  it('opens no door while it runs, and writes nothing outside its folder', async () => {
    project = new CliProject(listOf(['A']));
    project.hold('A');
    const pawl = project.start(['run', 'tasks.md', '--agent-command', 'sh agent.sh'], {
      HOME: project.path('home'),
    });
    await project.agentsBegun('A');
    expect(doorsOf(pawl.pid)).toEqual([]);
    project.release('A');
    await pawl.end();
    expect(existsSync(project.path('home'))).toBe(false);
  });
});

describe('locks that nobody lives to give back', () => {
  it('are freed at the start of any run, and again and again while it goes on', async () => {
    project = new CliProject(listOf(['A']));
    project.write('other.md', listOf(['B']));
    project.hold('A', 'B');
    const killed = project.run();
    await project.agentsBegun('A');
    await killed.kill();
    const [left] = project.rows("SELECT name FROM locks WHERE name LIKE 'executor:%'");
    const held = (name: unknown): boolean =>
      project
        .rows('SELECT name FROM locks WHERE holder_id IS NOT NULL')
        .some((row) => row['name'] === name);
    expect(held(left?.['name'])).toBe(true);

    const other = ['run', 'other.md', '--agent-command', 'sh agent.sh'];
    const next = project.start(other, { PAWL_HEARTBEAT: '150ms', PAWL_SWEEP: '150ms' });
    await until('the first clean-up', () => !held(left?.['name']));
    project.leaveExpiredLock('left behind');
    const freed = () => project.log().filter(({ event }) => event === 'locks.cleaned');
    await until('the next clean-up', () => freed().length > 1);
    expect(held('left behind')).toBe(false);
    expect(freed()).toMatchObject([{ freed: 1 }, { freed: 1 }]);
    project.release('A', 'B');
    expect((await next.end()).code).toBe(0);
  });
});

describe('a list whose run was killed', () => {
  it('keeps its order, its times and its counts', async () => {
    project = new CliProject(listOf(['A'], ['B'], ['C'], ['D', 'P2', 'A'], ['E', 'P1']));
    project.hold('A', 'B');
    project.fail('E');
    const killed = project.run('--concurrency', '2', '--retries', '0');
    await project.agentsBegun('E', 'A', 'B');
    const order = 'SELECT task_id, position, queued_at FROM task_queue ORDER BY position';
    const counts =
      'SELECT total_tasks, completed_tasks, failed_tasks, skipped_tasks FROM executor_state';
    await project.pawl('skip', 'C', '--reason', 'not needed');
    const before = [project.rows(order), project.rows(counts)];
    await killed.kill();
    expect([project.rows(order), project.rows(counts)]).toEqual(before);
    expect(before[1]).toEqual([
      { total_tasks: 5, completed_tasks: 0, failed_tasks: 1, skipped_tasks: 1 },
    ]);

    const next = project.start(['run', 'tasks.md']);
    const adopted = "SELECT seq FROM task_events WHERE kind = 'adopted'";
    await until('two adoptions', () => project.rows(adopted).length === 2);
    project.release('A', 'B');
    expect((await next.end()).code).toBe(1);
    expect(project.rows(order)).toEqual(before[0]);
    expect(project.rows(counts)).toEqual([
      { total_tasks: 5, completed_tasks: 3, failed_tasks: 1, skipped_tasks: 1 },
    ]);
    // With everything that was written, before the kill and after it.
    expect((await project.pawl('logs', 'A')).out).toBe('hello from A\ngood-bye from A\n');
    expect(project.runs().filter((line) => line.startsWith('start'))).toHaveLength(4);
  });
});

describe('a command that fails', () => {
  it('leaves one line in the log, with code, operation and task, and no secret', async () => {
    project = new CliProject(listOf(['A'], ['B']));
    await project.run().end();
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    const before = project.log().length;
    expect((await project.pawl('why', secret)).code).toBe(1);
    expect((await project.pawl('retry', 'A')).code).toBe(3);
    expect(project.log().slice(before)).toMatchObject([
      { level: 'warn', event: 'operation.refused', code: 'task_not_found' },
      {
        ...{ level: 'warn', event: 'operation.refused', code: 'illegal_transition' },
        ...{ operation: 'retry-task', task: 'A', message: expect.stringContaining('completed') },
      },
    ]);
    expect(project.read('.pawl/log/pawl.log')).not.toContain(secret);
  });
});

/** Sockets on which a process listens, TCP and Unix. Empty where there is no /proc. */
function doorsOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  if (!existsSync(folder)) return [];
  const sockets = readdirSync(folder).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1] ?? [];
    } catch {
      return []; // closed meanwhile
    }
  });
  const table = (name: string): readonly (readonly string[])[] =>
    readFileSync(`/proc/${pid}/net/${name}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/));
  const ports = [...table('tcp'), ...table('tcp6')].filter(
    ([, , , state, , , , , , inode = '']) => state === '0A' && sockets.includes(inode),
  );
  const files = table('unix').filter(
    ([, , , flags, , , inode = '']) => flags === '00010000' && sockets.includes(inode),
  );
  return [...ports, ...files].map((fields) => fields.join(' '));
}
