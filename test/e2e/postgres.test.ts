import { existsSync, rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_RETRY_POLICY } from '../../src/domain/task.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import type { TaskLine } from '../../src/store/store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { until } from '../chaos/pawl-process.ts';
import {
  execute,
  OWN_SERVER,
  type PostgresServer,
  startPostgresServer,
} from '../support/postgres-server.ts';
import { CliProject, listOf } from './cli-project.ts';
import { McpWire } from './mcp-wire.ts';

describe('a project whose store is on PostgreSQL', () => {
  let server: PostgresServer;
  let url = '';
  let project: CliProject;
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    url = await server.createDatabase();
    project = new CliProject(listOf(['A'], ['B'], ['C', 'P2', 'A']));
    project.write('.pawl/config.json', JSON.stringify({ databaseUrl: url }));
  });
  afterEach(() => project.remove());

  const starts = (): readonly string[] =>
    project
      .runs()
      .filter((line) => line.startsWith('start'))
      .toSorted();
  const statuses = async (): Promise<unknown> =>
    Object.fromEntries(
      (await execute(url, 'SELECT task_id, status FROM task_queue')).map((row) => [
        row['task_id'],
        row['status'],
      ]),
    );
  const { password } = new URL('postgres://x:secret-of-the-tests@h/d');

  it('is run, shown, explained, corrected and examined by the same commands', async () => {
    project.fail('A');
    const run = await project.run('--retries', '0').end();
    expect(run.code).toBe(1);
    expect(await statuses()).toEqual({ A: 'failed', B: 'completed', C: 'skipped' });
    expect((await project.json('status')).data).toMatchObject({
      lists: [{ counts: { failed: 1, completed: 1, skipped: 1 } }],
    });
    expect((await project.pawl('why', 'C')).out).toContain('A');
    rmSync(project.path('fail/A'));
    expect((await project.pawl('retry', 'A')).code).toBe(0);
    expect((await project.run().end()).code).toBe(0);
    expect(await statuses()).toEqual({ A: 'completed', B: 'completed', C: 'completed' });
    expect(project.read('tasks.md')).not.toContain('[ ]');
    const doctor = await project.pawl('doctor');
    expect(doctor.out).toContain('PostgreSQL ');
    expect(doctor.out).toContain('between the server and this host');
    expect(existsSync(project.database)).toBe(false);
    for (const { out, err } of [run, doctor]) expect(out + err).not.toContain(password);
    const backup = await project.pawl('backup', project.path('copy.db'));
    expect(backup.err).toContain('pg_dump');
  });

  it('is skipped in parts and listed; the environment is heard before the file', async () => {
    const other = await server.createDatabase();
    const env = { PAWL_DATABASE_URL: other };
    expect((await project.ask(['load', 'tasks.md'], env)).code).toBe(0);
    expect(await execute(url, "SELECT to_regclass('task_queue') AS t")).toEqual([{ t: null }]);
    expect((await project.ask(['skip', 'B', '--reason', 'later'], env)).code).toBe(0);
    const list = await project.ask(['list', '--json'], env);
    expect(list.out).toContain('"skipped"');
    expect((await project.pawl('status')).out).not.toContain('skipped');
    expect((await project.ask(['migrate', 'status'], env)).code).toBe(0);
    expect((await project.ask(['migrate', 'restore'], env)).err).toContain('pg_restore');
  });

  it('is not begun a second time in a file where the address is forgotten', async () => {
    project.write('.pawl/config.json', '{}');
    const onServer = { PAWL_DATABASE_URL: url };
    expect((await project.ask(['load', 'tasks.md'], onServer)).code).toBe(0);
    const note = project.read('.pawl/server');
    expect(note).toContain(new URL(url).pathname);
    for (const secret of [new URL(url).password, '?'].filter((one) => one !== '')) {
      expect(note).not.toContain(secret);
    }
    const forgotten = [
      ['run', 'tasks.md', '--agent-command', 'sh agent.sh'],
      ...[['load', 'tasks.md'], ['status'], ['work', '--until-idle'], ['init'], ['next']],
      ...[
        ['store', 'copy', '--to', 'copy.db'],
        ['migrate', 'status'],
      ],
    ];
    for (const args of forgotten) {
      const { code, err } = await project.ask(args);
      expect({ args, code, err: err.includes('store_elsewhere') }).toEqual({
        ...{ args, code: 3, err: true },
      });
    }
    expect((await project.pawl('doctor')).out).toContain('no address is set');
    expect(existsSync(project.database)).toBe(false);
    expect(project.runs()).toEqual([]);
    // Whoever means it goes back to a file, and is warned where both are there.
    rmSync(project.path('.pawl/server'));
    expect((await project.pawl('load', 'tasks.md')).err).toBe('');
    expect((await project.ask(['status'], onServer)).code).toBe(0);
    const both = await project.pawl('status');
    expect(both.code).toBe(0);
    expect(both.err).toContain('the project was last opened on postgres://');
  });

  it('is asked from any folder by its address, and none becomes a project by that', async () => {
    expect((await project.pawl('load', 'tasks.md')).code).toBe(0);
    project.write('else/where', '');
    const folder = project.path('else');
    rmSync(project.path('.pawl'), { recursive: true });
    const ask = (address: string, ...args: readonly string[]) =>
      project.ask(['-C', folder, ...args], { PAWL_DATABASE_URL: address });
    expect((await ask(url, 'status')).out).toContain('0/3');
    expect((await ask(url, 'hosts')).out).toContain('Nothing works on this store.');
    expect(await ask(url, 'drain', '')).toMatchObject({ code: 2 });
    const wrong = await ask('postgres://ann:s3cret@127.0.0.1:1/x?sslmode=require', 'hosts');
    expect(wrong.err).toMatch(/^pawl: store_unreachable: the database did not answer: /);
    expect(wrong.err).not.toContain('WARNING');
    expect(existsSync(project.path('else/.pawl')) || existsSync(project.path('.pawl'))).toBe(false);
  });

  describe('is looked after', () => {
    let elsewhere: CliProject;
    beforeEach(() => {
      elsewhere = new CliProject('');
    });
    afterEach(async () => {
      expect(existsSync(elsewhere.path('.pawl'))).toBe(false);
      await elsewhere.remove();
    });
    const ask = async (host: string | null, ...args: readonly string[]) => {
      const env = { PAWL_DATABASE_URL: url, ...(host === null ? {} : { PAWL_HOST: host }) };
      return await elsewhere.ask(args, env);
    };

    it('from any folder, by every verb; a database without a store is none', async () => {
      const none = await ask('there', 'limit', 'global', '1');
      expect(none).toMatchObject({ code: 1, err: expect.stringContaining('store_not_found') });
      expect((await project.pawl('load', 'tasks.md')).code).toBe(0);
      expect((await ask('there', 'pause')).out).toContain('Paused');
      expect((await ask('there', 'next')).out).toContain('Do A');
      const verbs = [
        [null, 'cancelled', 'cancel'],
        ['there', 'queued', 'retry'],
        ['there', 'skipped', 'skip', '--reason', 'later'],
        ['there', 'queued', 'requeue'],
      ] as const;
      for (const [host, status, verb, ...options] of verbs) {
        const { code, err } = await ask(host, verb, 'B', ...options);
        expect({ verb, code, err }).toEqual({ verb, code: 0, err: '' });
        expect(await statuses()).toMatchObject({ B: status });
      }
      expect((await ask('there', 'lock', 'list')).code).toBe(0);
      // A list is known by its path on the host that has it.
      for (const table of ['task_lists', 'task_queue']) {
        await execute(url, `UPDATE ${table} SET task_list_path = '/nowhere/at/all.md'`);
      }
      expect((await ask('there', 'resume', '/nowhere/at/all.md')).out).toContain('Resumed');
    });

    it('from any folder without a touch of the list, whose marks are written at home', async () => {
      expect((await project.pawl('load', 'tasks.md')).code).toBe(0);
      expect((await ask(null, 'skip', 'B', '--reason', 'later')).code).toBe(0);
      expect(project.read('tasks.md')).not.toContain('[-]');
      expect((await project.pawl('sync')).code).toBe(0);
      expect(project.read('tasks.md')).toContain('[-]');
    });

    it('by its output on the host that has it; elsewhere that host is named', async () => {
      expect((await project.run('--concurrency', '2').end()).code).toBe(0);
      expect((await ask(null, 'logs', 'A')).out).toContain('hello from A');
      const [home] = await execute(url, 'SELECT host FROM instances LIMIT 1');
      const far = await ask('there', 'logs', 'A', '--follow', '--json');
      expect(far).toMatchObject({ code: 3, out: '' });
      const { host } = home as { host: string };
      const details = { host, folder: expect.stringContaining(`${project.root}/.pawl/attempts/`) };
      expect(JSON.parse(far.err).data).toMatchObject({ code: 'output_elsewhere', details });
      // Seven days after its process ended nobody knows where that was.
      await execute(url, 'DELETE FROM instances');
      expect((await ask('there', 'logs', 'A')).err).toContain('not known any more');
      expect((await project.pawl('logs', 'A')).out).toContain('hello from A');
    });
  });

  it('names the host that verified what a client did to whoever asks for its output', async () => {
    project.write('tasks.md', '- [ ] A-1: one verify: true\n');
    expect((await project.pawl('load', 'tasks.md')).code).toBe(0);
    const store = await openPostgresStore({ world: createRealWorld(), url });
    const [task] = await store.findTasks('A-1', null);
    const { id, listId } = task as TaskLine;
    const client = { sessionId: 's', clientId: 'c', name: 'ann', version: '1', root: '/there' };
    const [policy, leaseMs] = [DEFAULT_RETRY_POLICY, 600_000];
    await store.claimForClient({
      ...{ client, leaseMs, clientMax: null, leasesCount: true },
      wanted: { kind: 'task', id, inside: null },
      lists: [{ listId, policy, maxConcurrent: null }],
    });
    // Nobody has verified it: there is no output, and no host to name.
    expect(await project.pawl('logs', 'A-1')).toMatchObject({ code: 0, out: '' });
    const { self: process } = createRealWorld().processes;
    const far = { id: 'far', kind: 'verifier', host: 'far', version: '1', listId: null };
    await store.registerInstance({ ...far, process, attemptsDir: '/far/attempts' });
    await store.finishClaim({
      ref: { id, fence: 1, epoch: null },
      ...{ client, resultJson: null, progress: null, policy, leaseMs },
      end: { kind: 'succeeded', summary: 'done' },
      verifier: { holderId: 'far', leaseMs },
    });
    await store.close();
    const { code, out, err } = await project.json('logs', 'A-1');
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(JSON.parse(err).data).toMatchObject({
      code: 'output_elsewhere',
      details: { host: 'far', folder: `/far/attempts/${id}/1` },
    });
  });

  it('without a server a command says so in a sentence, and no secret', async () => {
    const env = { PAWL_DATABASE_URL: 'mysql://ann:s3cret@db/x' };
    const wrong = await project.ask(['status'], env);
    expect(wrong.code).not.toBe(0);
    expect(wrong.out + wrong.err).toContain('PAWL_DATABASE_URL');
    expect(wrong.out + wrong.err).not.toContain('s3cret');
  });

  it.runIf(OWN_SERVER)(
    'a client waits for a busy server, and is answered in time when it is away',
    async () => {
      const wires = [new McpWire(project.root)];
      try {
        const asked = async (wire: McpWire) => {
          const begun = performance.now();
          const { isError, structuredContent } = await wire.call('get_status');
          expect(performance.now() - begun).toBeLessThan(25_000);
          return isError === true ? structuredContent.error : null;
        };
        expect((await project.pawl('load', 'tasks.md')).code).toBe(0);
        for (const wire of wires) expect(await asked(wire)).toBeNull();
        // Somebody has the turn to write for longer than that: it is only waited for.
        const turn = 'pg_advisory_xact_lock(1346459468, hashtext(current_schema()))';
        const busy = execute(url, `SELECT ${turn}, pg_sleep(11)`);
        const held = 'SELECT 1 FROM pg_locks WHERE classid = 1346459468 AND granted';
        while ((await execute(url, held)).length === 0);
        const plan = { description: 'One', subtasks: [{ title: 'It' }] };
        const begun = performance.now();
        const planned = await (wires[0] as McpWire).call('plan_task', plan);
        expect(planned).toMatchObject({ structuredContent: { total: 1 } });
        expect(performance.now() - begun).toBeGreaterThan(10_000);
        await busy;
        await server.crash();
        wires.push(new McpWire(project.root));
        for (const error of await Promise.all(wires.map(asked))) {
          expect(error).toMatchObject({
            ...{ code: 'store_unreachable', retryable: true },
            next: expect.stringContaining('Call again in a minute'),
          });
        }
        await server.restart();
        expect(await Promise.all(wires.map(asked))).toEqual([null, null]);
      } finally {
        for (const wire of wires) {
          wire.process.kill('SIGKILL');
          await wire.ended;
        }
      }
    },
    120_000,
  );

  it.runIf(OWN_SERVER)(
    'goes on through crashes of the server: one outcome each, none run twice',
    async () => {
      project.hold('A', 'B');
      const run = project.run('--concurrency', '2');
      await project.agentsBegun('A', 'B');
      const watcher = project.run();
      await until('the watcher', () => watcher.said.includes('this one watches'));
      await server.crash();
      // Their results come while the server is away.
      project.release('A', 'B');
      await until(
        'both ends',
        () => project.runs().filter((l) => l.startsWith('end')).length === 2,
      );
      await until('word of it', () =>
        [run, watcher].every(({ said }) => /store:away the database has not answered/.test(said)),
      );
      await server.restart();
      for (const one of [run, watcher]) {
        const { code, out } = await one.end();
        expect(code).toBe(0);
        expect(out).toMatch(/ store:back the database answers again, after \d+ s: /);
      }
      expect(project.log().map((line) => line['event'])).toContain('store.away');
      expect(starts()).toEqual(['start A 1', 'start B 1', 'start C 1']);
      expect(await statuses()).toEqual({ A: 'completed', B: 'completed', C: 'completed' });
      expect(
        await execute(url, 'SELECT task FROM task_attempts GROUP BY task HAVING count(*) > 1'),
      ).toEqual([]);
    },
    120_000,
  );
});
