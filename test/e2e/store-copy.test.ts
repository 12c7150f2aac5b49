import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { execute, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { Dice } from '../support/random-schema.ts';
import { testDepth } from '../support/test-depth.ts';
import { CliProject, listOf } from './cli-project.ts';

const KILLS = testDepth.pick({ reduced: 3, full: 100 });
const TASKS = testDepth.pick({ reduced: 300, full: 5_000 });

describe('pawl store copy', () => {
  let server: PostgresServer;
  let url = '';
  let project: CliProject;
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    url = await server.createDatabase();
    project = new CliProject(listOf(['A'], ['B', 'P2', 'A']));
  });
  afterEach(() => project.remove());

  const source = (): string =>
    createHash('sha256').update(readFileSync(project.database)).digest('hex');
  const onServer = (): Readonly<Record<string, string>> => ({ PAWL_DATABASE_URL: url });
  const hasStore = async (): Promise<boolean> =>
    (await execute(url, "SELECT to_regclass('store_meta') AS t"))[0]?.['t'] !== null;

  it('moves a paused project to a server and back: nothing is lost or run twice', async () => {
    expect((await project.run().end()).code).toBe(0);
    project.write(
      'tasks.md',
      `${project.read('tasks.md')}${listOf(['C', 'P2', 'B']).split('\n').at(-2)}\n`,
    );
    expect((await project.pawl('load', 'tasks.md')).code).toBe(0);
    expect((await project.pawl('pause')).code).toBe(0);
    const before = source();
    const copied = await project
      .start(['store', 'copy', '--to', 'env:PAWL_COPY_TO'], { PAWL_COPY_TO: url })
      .end();
    expect(copied.err).toBe('');
    expect(copied.code).toBe(0);
    expect(copied.out).toMatch(/task_queue +3 {2}[0-9a-f]{64}/);
    expect(copied.out).toContain('Nothing happened in the source since.');
    expect(copied.out).not.toContain(new URL(url).password);
    expect(source()).toBe(before);
    // The project goes on there, and its own database is put away.
    rmSync(project.path('.pawl/pawl.db'));
    for (const args of [['resume'], ['run', 'tasks.md', '--agent-command', 'sh agent.sh']]) {
      expect((await project.start(args, onServer()).end()).code).toBe(0);
    }
    const back = await project
      .start(['store', 'copy', '--to', '.pawl/pawl.db', '--json'], onServer())
      .end();
    expect(JSON.parse(back.out)).toMatchObject({ kind: 'store-copy', data: { released: 0 } });
    const list = await project.pawl('list');
    expect(list.out).toMatch(/C.*completed/);
    expect(list.err).toBe('');
    expect(project.runs().filter((line) => line.startsWith('start'))).toEqual([
      ...['start A 1', 'start B 1', 'start C 1'],
    ]);
    const doctor = await project.pawl('doctor');
    expect(doctor.out).toContain('every task equals the fold of its events');
    expect(Number(project.read('.pawl/epoch'))).toBeGreaterThan(2);
  });

  /** A place to copy to, which can be emptied again. */
  const PLACES = {
    'a server': {
      place: () => url,
      isThere: hasStore,
      empty: () => execute(url, 'DROP SCHEMA public CASCADE; CREATE SCHEMA public'),
    },
    'a file': {
      place: () => 'copy.db',
      isThere: () => Promise.resolve(existsSync(project.path('copy.db'))),
      empty: () => Promise.resolve(rmSync(project.path('copy.db'))),
    },
  } as const;

  it.each(['a server', 'a file'] as const)(
    'to %s, killed at any moment, leaves no half store; the same command begins anew',
    async (to) => {
      const { place, isThere, empty } = PLACES[to];
      const dice = new Dice(testDepth.seed);
      const names = Array.from({ length: TASKS }, (_, n) => [`T-${n}`] as [string]);
      project.write('many.md', listOf(...names));
      expect((await project.pawl('load', 'many.md')).code).toBe(0);
      const before = source();
      const began = performance.now();
      expect((await project.pawl('store', 'copy', '--to', place())).code).toBe(0);
      const wholeMs = performance.now() - began;
      const isWhole = async (): Promise<void> => {
        rmSync(project.path('onward.db'), { force: true });
        const copy = ['store', 'copy', '--from', place(), '--to', 'onward.db'];
        const { data } = await project.json(...copy);
        const rows = data.tables.find((one: { table: string }) => one.table === 'task_queue').rows;
        expect(rows).toBe(TASKS);
      };
      await isWhole();
      await empty();
      let killed = 0;
      for (let tries = 0; tries < KILLS; tries += 1) {
        const copying = project.start(['store', 'copy', '--to', place()]);
        await after((0.2 + dice.below(1_000) / 1_000) * wholeMs);
        const { signal, code } = await copying.kill();
        if (signal === 'SIGKILL') killed += 1;
        else expect(code).toBe(0);
        if (!(await isThere())) {
          expect(signal).toBe('SIGKILL');
          continue;
        }
        // It was there as a whole before the blow.
        await isWhole();
        await empty();
      }
      expect(killed).toBeGreaterThan(0);
      if (to === 'a server') {
        const status = await project.start(['status'], onServer()).end();
        expect(status.out + status.err).not.toContain('many.md');
        await empty();
      }
      expect((await project.pawl('store', 'copy', '--to', place())).code).toBe(0);
      await isWhole();
      expect(source()).toBe(before);
      expect(readdirSync(project.root).filter((name) => name.endsWith('.copying'))).toEqual([]);
    },
  );

  it('says what is wrong with a place, and never a secret', async () => {
    expect((await project.pawl('load', 'tasks.md')).code).toBe(0);
    const wrong = await project.pawl('store', 'copy', '--to', 'mysql://ann:s3cret@db/x');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('postgres://');
    expect(wrong.out + wrong.err).not.toContain('s3cret');
    const taken = await project.pawl('store', 'copy', '--to', '.pawl/pawl.db');
    expect(taken.code).toBe(3);
    expect((await project.pawl('store', 'copy')).code).toBe(2);
    const nowhere = await project.pawl('store', 'copy', '--to', 'no/folder/x.db');
    expect(nowhere.code).toBe(2);
  });
});
