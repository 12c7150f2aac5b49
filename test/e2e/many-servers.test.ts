import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../chaos/pawl-process.ts';
import { execute, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { listOf } from './cli-project.ts';
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
    url = await server.createDatabase();
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

  it('two that work and one that runs the list share it: each task runs once', async () => {
    const servers = [alpha().work('--capacity', '2'), beta().work('--capacity', '2')];
    await untilRows(
      url,
      'both servers',
      "SELECT 1 FROM instances WHERE kind = 'server' HAVING count(*) = 2",
    );
    for (const { project } of hosts) project.hold(...TASKS);
    const run = gamma().start('run', 'tasks.md', '--concurrency', '6');
    // Held tasks of all three: only then is it sure that they share.
    await until('tasks on every host', () =>
      hosts.every(({ project }) => project.runs().length > 0),
    );
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
});
