import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../chaos/pawl-process.ts';
import {
  execute,
  OWN_SERVER,
  type PostgresServer,
  startPostgresServer,
} from '../support/postgres-server.ts';
import { CliProject, listOf } from './cli-project.ts';
import { FleetHost, runsOf, statusesAt, untilRows } from './fleet-hosts.ts';

const TASKS = Array.from({ length: 12 }, (_, at) => `T${String(at + 10)}`);
const allOnce = TASKS.flatMap((id) => [`end ${id} 1`, `start ${id} 1`]).toSorted();
const allCompleted = Object.fromEntries(TASKS.map((id) => [id, 'completed']));
const LIST = listOf(...TASKS.map((id) => [id] as const));

describe('several servers on one store', () => {
  let server: PostgresServer;
  let url = '';
  let hosts: FleetHost[] = [];
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    url = await server.createStore();
    hosts = ['alpha', 'beta', 'gamma'].map((name) => new FleetHost(name, url, LIST));
  });
  afterEach(async () => {
    for (const { project } of hosts) await project.remove();
  });
  const [alpha, beta, gamma] = [0, 1, 2].map((at) => () => hosts[at] as FleetHost) as [
    () => FleetHost,
    () => FleetHost,
    () => FleetHost,
  ];

  const charged = async (): Promise<unknown> =>
    await execute(url, 'SELECT task_id FROM task_queue WHERE attempts > 1 OR crash_count > 0');

  const load = async (concurrency: number): Promise<void> => {
    const env = ['load', 'tasks.md'] as const;
    expect(
      (
        await gamma()
          .start(...env)
          .end()
      ).code,
    ).toBe(0);
    await execute(
      url,
      `UPDATE executors SET status = 'running', config_json = '{"maxConcurrent": ${concurrency}}'`,
    );
  };
  const heldBy = (host: string, count: number): string =>
    'SELECT 1 FROM task_queue q JOIN instances i ON i.id = q.holder_id ' +
    `WHERE q.status = 'running' AND i.host = '${host}' HAVING count(*) = ${count}`;
  const startsOf = (host: FleetHost): number =>
    host.project.runs().filter((line) => line.startsWith('start')).length;

  it('two that work and one that runs the list share it: each task runs once', async () => {
    await load(6);
    for (const { project } of hosts) project.hold(...TASKS);
    const servers = [alpha().work('--capacity', '2'), beta().work('--capacity', '2')];
    // One that runs the list may take all that it allows: it comes when the others hold theirs.
    for (const host of ['alpha', 'beta']) await untilRows(url, host, heldBy(host, 2));
    const run = gamma().start('run', 'tasks.md', '--concurrency', '6');
    // Held tasks of all three: only then is it sure that they share.
    await until('two tasks on every host', () => hosts.every((host) => startsOf(host) === 2));
    for (const { project } of hosts) project.release(...TASKS);
    expect((await run.end()).code).toBe(0);
    expect(runsOf(hosts)).toEqual(allOnce);
    expect(await statusesAt(url)).toEqual(allCompleted);
    expect(gamma().project.read('tasks.md')).not.toContain('[ ]');
    for (const one of servers) one.signal('SIGTERM');
    for (const one of servers) expect((await one.end()).code).toBe(130);
    expect(await execute(url, 'SELECT id FROM instances WHERE ended_at_ms IS NULL')).toEqual([]);
    expect(await charged()).toEqual([]);
  });

  it('run as many tasks of a list as is said, on all hosts, while they work', async () => {
    await load(1);
    for (const { project } of hosts) project.hold(...TASKS);
    const running = (count: number): Promise<void> => {
      const sql = `SELECT 1 FROM task_queue WHERE status = 'running' HAVING count(*) = ${count}`;
      return untilRows(url, `${count} tasks`, sql);
    };
    alpha().work('--capacity', '2');
    beta().work('--capacity', '2');
    await running(1);
    const wrong = await gamma().start('resume', 'tasks.md', '--concurrency', 'none').end();
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('config_invalid') });
    const more = await gamma().start('resume', 'tasks.md', '--concurrency', '3').end();
    expect(more.out).toContain('At most 3 of its tasks run at once');
    await running(3);
    expect(await execute(url, 'SELECT config_json::jsonb AS c FROM executors')).toEqual([
      { c: { maxConcurrent: 3, given: ['maxConcurrent'] } },
    ]);
  });

  it('one that ends a task claims the next one in the same commit', async () => {
    await load(6);
    expect((await alpha().work('--capacity', '1', '--until-idle').end()).code).toBe(0);
    expect(runsOf(hosts)).toEqual(allOnce);
    const claims = await execute(
      url,
      `SELECT EXISTS (SELECT 1 FROM task_events e WHERE e.kind = 'completed' AND e.at_ms = c.at_ms
         AND e.seq = c.seq - 1) AS passed FROM task_events c WHERE kind = 'claimed' ORDER BY seq`,
    );
    const passedOn = TASKS.slice(1).map(() => ({ passed: true }));
    expect(claims).toEqual([{ passed: false }, ...passedOn]);
  });

  it('one takes from two lists in turns', async () => {
    gamma().project.write('other.md', listOf(['U1'], ['U2'], ['U3'], ['U4']));
    expect((await gamma().start('load', 'other.md').end()).code).toBe(0);
    await load(6);
    expect((await alpha().work('--capacity', '1', '--until-idle').end()).code).toBe(0);
    const claims = await execute(
      url,
      `SELECT task_id FROM task_events e JOIN task_queue q ON q.id = e.task
         WHERE e.kind = 'claimed' ORDER BY seq`,
    );
    const lists = claims.map((row) => String(row['task_id']).slice(0, 1)).join('');
    expect(lists).toMatch(/^(TU|UT){4}T{8}$/);
  });

  it('what a killed one ran is ended there and done by others, charged as a crash', async () => {
    await load(4);
    for (const { project } of hosts) project.hold(...TASKS);
    const killed = alpha().work('--capacity', '4');
    await untilRows(url, 'four tasks at alpha', heldBy('alpha', 4));
    await until('four agents', () => startsOf(alpha()) === 4);
    const other = beta().work('--until-idle');
    await killed.kill();
    await untilRows(url, 'four tasks at beta', heldBy('beta', 4));
    await alpha().project.nothingLeft();
    beta().project.release(...TASKS);
    expect((await other.end()).code).toBe(0);
    expect(await statusesAt(url)).toEqual(allCompleted);
    expect(
      alpha()
        .project.runs()
        .filter((line) => line.startsWith('end')),
    ).toEqual([]);
    expect(startsOf(beta())).toBe(TASKS.length);
    expect(
      await execute(url, 'SELECT task_id FROM task_queue WHERE crash_count = 1 AND attempts = 1'),
    ).toHaveLength(4);
  });

  it('a killed one that is back at once takes its agents over: nothing runs twice', async () => {
    await load(2);
    alpha().lease = '60s';
    alpha().project.hold(...TASKS);
    const killed = alpha().work('--capacity', '2');
    await until('two agents', () => startsOf(alpha()) === 2);
    await killed.kill();
    const next = alpha().work('--capacity', '2', '--until-idle');
    await until(
      'adoption',
      () => next.said.includes('"adopted":true'),
      undefined,
      () => next.said,
    );
    alpha().project.release(...TASKS);
    expect((await next.end()).code).toBe(0);
    expect(runsOf(hosts)).toEqual(allOnce);
    expect(await charged()).toEqual([]);
  });

  it('one that is drained ends what it runs and leaves, uncharged', async () => {
    await load(4);
    for (const { project } of hosts) project.hold(...TASKS);
    const drained = alpha().work('--capacity', '2');
    await until('two agents', () => startsOf(alpha()) === 2);
    const asked = await gamma().start('drain', 'alpha').end();
    expect(asked.out).toMatch(/^drains +alpha .* 2\/2 /);
    alpha().project.release(...TASKS);
    expect(await drained.end()).toMatchObject({ code: 0 });
    expect(startsOf(alpha())).toBe(2);
    beta().project.release(...TASKS);
    expect((await beta().work('--until-idle').end()).code).toBe(0);
    expect(runsOf(hosts)).toEqual(allOnce);
    expect(await charged()).toEqual([]);
    const wrong = await gamma().start('drain', 'delta', '--json').end();
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('host_not_found') });
  });

  it('drained at once it ends its agents, and others do their tasks, uncharged', async () => {
    await load(2);
    alpha().project.hold(...TASKS);
    const drained = alpha().work('--capacity', '2');
    await until('two agents', () => startsOf(alpha()) === 2);
    const hostsOf = async () =>
      JSON.parse((await gamma().start('hosts', '--json').end()).out).data.hosts;
    expect(await hostsOf()).toMatchObject([
      { host: 'alpha', kind: 'server', state: 'works', running: 2, capacity: 2 },
    ]);
    expect((await gamma().start('drain', 'alpha', '--now', '--wait').end()).out).toMatch(/^ended/);
    expect((await drained.end()).code).toBe(0);
    expect((await beta().work('--until-idle').end()).code).toBe(0);
    expect(await statusesAt(url)).toEqual(allCompleted);
    expect(await charged()).toEqual([]);
    expect(startsOf(beta())).toBe(TASKS.length);
  });

  it.runIf(OWN_SERVER)(
    'while the database is away agents go on; killed and started meanwhile, it collects them',
    async () => {
      await load(2);
      alpha().lease = '60s';
      alpha().project.hold(...TASKS);
      const killed = alpha().work('--capacity', '2');
      await until('two agents', () => startsOf(alpha()) === 2);
      await server.crash();
      const away = /"store:away","sinceMs":\d+,.*"againWithinMs":10000,.*"agents":2/;
      await until('word of it', () => away.test(killed.said));
      await killed.kill();
      const next = alpha().work('--capacity', '2', '--until-idle');
      alpha().project.release(...TASKS);
      const ends = (): number =>
        alpha()
          .project.runs()
          .filter((line) => line.startsWith('end')).length;
      await until('both results on disk', () => ends() === 2);
      await server.restart();
      expect(await next.end()).toMatchObject({ code: 0 });
      expect(runsOf(hosts)).toEqual(allOnce);
      expect(await charged()).toEqual([]);
    },
  );
});

describe('several servers of one project on one machine', () => {
  it('share its own database, and each task runs once', async () => {
    const project = new CliProject(LIST);
    try {
      const { code } = await project.start(['load', 'tasks.md']).end();
      expect(code).toBe(0);
      const options = JSON.stringify({ maxConcurrent: 4, agentCommand: ['sh', 'agent.sh'] });
      project.write('.pawl/config.json', options);
      expect((await project.pawl('resume', 'tasks.md')).code).toBe(0);
      const work = ['work', '--until-idle', '--capacity', '2'];
      const servers = [project.start(work), project.start(work)];
      for (const one of servers) expect((await one.end()).code).toBe(0);
      expect(project.runs().toSorted()).toEqual(allOnce);
      expect(project.statuses()).toEqual(allCompleted);
      expect(project.read('tasks.md')).not.toContain('[ ]');
    } finally {
      await project.remove();
    }
  });
});
