import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as after, setImmediate as atOnce } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PAWL_SCHEMA } from '../../src/schema/store-schema.ts';
import { copiedTables } from '../../src/store/copy/copied-tables.ts';
import { execute, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { Dice } from '../support/random-schema.ts';
import { testDepth } from '../support/test-depth.ts';
import { CliProject, type JsonAnswer, listOf } from './cli-project.ts';

// All rounds take two minutes on an idle machine; on a busy one several times that is no hang.
vi.setConfig({ testTimeout: testDepth.pick({ reduced: 120_000, full: 900_000 }) });

/** Only who may mount can make a small disk. */
const probe = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
const mayMount = process.getuid?.() === 0 && probe.status === 0;

/** More of them where none was killed in the midst of its rows. */
const ROUNDS_MAX = 10;
const ROUNDS = testDepth.pick({ reduced: 2, full: 15 });
const KILLS_MAX = 3;
/** To hit a moment of some milliseconds. */
const TRIES_MAX = 20;
const TASKS = testDepth.pick({ reduced: 1_500, full: 4_000 });
const WAIT = { timeout: 60_000, interval: 20 };
const TURN = 'SELECT pg_advisory_xact_lock(1346459468, hashtext(current_schema()))';
const TABLES = copiedTables(PAWL_SCHEMA.objects);
const LYING = TABLES.map(({ name }) => `(SELECT count(*) FROM pawl_copying_${name})`).join(' + ');

describe('pawl store copy, broken off', () => {
  let server: PostgresServer;
  let url = '';
  let project: CliProject;
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    url = await server.createDatabase();
    project = new CliProject(
      listOf(...Array.from({ length: TASKS }, (_, n) => [`T-${n}`] as [string])),
    );
    expect((await project.pawl('load', 'tasks.md')).code).toBe(0);
  });
  afterEach(() => project.remove());

  const onServer = async (): Promise<number | null> => {
    const [found] = await execute(url, "SELECT to_regclass('pawl_copying') AS t");
    if (found?.['t'] === null) return null;
    return Number((await execute(url, `SELECT ${LYING} AS n`))[0]?.['n']);
  };
  const inFile = (): Promise<number | null> => {
    const path = project.path('copy.db.copying');
    if (!existsSync(path)) return Promise.resolve(null);
    const database = new DatabaseSync(path);
    try {
      const made = database
        .prepare("SELECT 1 FROM sqlite_schema WHERE name = 'pawl_copying'")
        .all();
      if (made.length === 0) return Promise.resolve(null);
      return Promise.resolve(Number(database.prepare(`SELECT ${LYING} AS n`).get()?.['n']));
    } finally {
      database.close();
    }
  };

  /** A way to copy; the place can be emptied again. `lying`: rows of an unfinished copy. */
  const WAYS = {
    'to a server': {
      way: () => ['--to', url],
      place: () => url,
      lying: onServer,
      isThere: async () =>
        (await execute(url, "SELECT to_regclass('store_meta') AS t"))[0]?.['t'] !== null,
      empty: () => execute(url, 'DROP SCHEMA public CASCADE; CREATE SCHEMA public'),
    },
    'back to a file': {
      way: () => ['--from', url, '--to', 'copy.db'],
      place: () => 'copy.db',
      lying: inFile,
      isThere: () => Promise.resolve(existsSync(project.path('copy.db'))),
      empty: () => Promise.resolve(rmSync(project.path('copy.db'))),
    },
  } as const;

  it.each(['to a server', 'back to a file'] as const)(
    '%s, killed at any moment, leaves no half store; the next goes on, and brings no row twice',
    async (name) => {
      const { way, place, lying, isThere, empty } = WAYS[name];
      const dice = new Dice(testDepth.seed);
      if (name === 'back to a file') {
        expect((await project.pawl('store', 'copy', '--to', url)).code).toBe(0);
      }
      const before = hashOf(project.database);
      const began = performance.now();
      const { data: wanted } = await project.json('store', 'copy', ...way());
      const wholeMs = performance.now() - began;
      expect(wanted.resumed).toMatchObject({ begunAtMs: null, kept: 0, brought: rowsOf(wanted) });
      await empty();
      let [killed, wentOn] = [0, 0];
      const isEnough = (round: number): boolean => round >= ROUNDS && wentOn > 0;
      for (let round = 0; !isEnough(round) && round < ROUNDS * ROUNDS_MAX; round += 1) {
        let lain: number | null = null;
        const kills = 1 + dice.below(KILLS_MAX);
        for (let kill = 0; kill < kills && !(await isThere()); kill += 1) {
          const copying = project.start(['store', 'copy', ...way()]);
          await after((0.2 + dice.below(1_000) / 1_000) * wholeMs);
          const { signal, code } = await copying.kill();
          if (signal === 'SIGKILL') killed += 1;
          else expect(code).toBe(0);
          if (await isThere()) break;
          // Whatever was brought once is there, however often it is killed.
          const found = await lying();
          expect(found ?? -1).toBeGreaterThanOrEqual(lain ?? -1);
          lain = found;
        }
        if (await isThere()) {
          // It was there as a whole before the blow.
          const onward = ['store', 'copy', '--from', place(), '--to', `onward-${round}.db`];
          const { data } = await project.json(...onward);
          expect(rowsOf(data) - rowsOf(wanted)).toBe(TASKS);
        } else {
          const { data } = await project.json('store', 'copy', ...way());
          expect(data.tables).toEqual(wanted.tables);
          const kept = lain ?? 0;
          expect(data.resumed).toMatchObject({ kept, brought: rowsOf(wanted) - kept, removed: 0 });
          if (kept > 0) wentOn += 1;
        }
        await empty();
      }
      console.info(`${name}: ${killed} killed, ${wentOn} went on with rows`);
      expect(wentOn).toBeGreaterThan(0);
      expect((await project.pawl('store', 'copy', ...way())).code).toBe(0);
      expect(hashOf(project.database)).toBe(before);
      expect(readdirSync(project.root).filter((one) => /copying|making/.test(one))).toEqual([]);
    },
  );

  /** Begin a copy that waits in the transaction by which it makes the store; `go` lets it. */
  const copyThatWaits = async () => {
    const [last] = TABLES.toReversed();
    const somebody = new Client({ connectionString: url });
    await somebody.connect();
    // A table that is not there yet for anybody else: whoever makes one of this name waits.
    await somebody.query(`BEGIN; CREATE TABLE ${last?.name} (x int)`);
    const copying = project.start(['store', 'copy', '--to', url]);
    const isWaiting = () => waitingFor(`CREATE TABLE ${last?.name}%`);
    await vi.waitFor(async () => expect(await isWaiting()).toBe(true), WAIT);
    const go = async (): Promise<void> => {
      await somebody.query('ROLLBACK');
      await vi.waitFor(async () => expect(await isWaiting()).toBe(false), WAIT);
      await somebody.end();
    };
    return { copying, go };
  };

  /** Whether somebody waits for a lock with a statement like this. */
  const waitingFor = async (like: string): Promise<boolean> => {
    const found = await execute(
      url,
      "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' " +
        `AND datname = current_database() AND query LIKE '${like}'`,
    );
    return found.length > 0;
  };

  it('killed in the transaction that makes the store, leaves none, and every row', async () => {
    const { copying, go } = await copyThatWaits();
    expect((await copying.kill()).signal).toBe('SIGKILL');
    await go();
    expect(await WAYS['to a server'].isThere()).toBe(false);
    const lying = await onServer();
    const { out } = await project.pawl('store', 'copy', '--to', url);
    const rows = lying?.toLocaleString('en');
    expect(out).toMatch(new RegExp(`  ${rows} rows of .* as of .* UTC \\(event \\d+\\)\\.`));
    expect(out).toMatch(
      new RegExp(`begun at .* UTC: ${rows} rows there already, 0 rows brought\\.`),
    );
    const shown = await project.start(['list', '--json'], { PAWL_DATABASE_URL: url }).end();
    expect(shown.out).toContain(`T-${TASKS - 1}`);
  });

  it('killed once its store is made, is finished by the same command', async () => {
    const { isThere } = WAYS['to a server'];
    const { copying, go } = await copyThatWaits();
    // The next turn of those who write is this one's, and not that of who cleans up.
    const writer = new Client({ connectionString: url });
    await writer.connect();
    await writer.query('BEGIN');
    const turn = writer.query(TURN);
    await vi.waitFor(async () => expect(await waitingFor(TURN)).toBe(true), WAIT);
    await go();
    await turn;
    expect((await copying.kill()).signal).toBe('SIGKILL');
    await writer.end();
    expect(await isThere()).toBe(true);
    const way = ['store', 'copy', '--to', url];
    const { data } = await project.json(...way);
    expect(data).toMatchObject({ finishedBefore: true, from: project.database });
    const shown = await project.start(['list', '--json'], { PAWL_DATABASE_URL: url }).end();
    expect(shown.out).toContain(`T-${TASKS - 1}`);
    // Of that one it was the end: it is a store as any other.
    const { code, err } = await project.pawl(...way);
    expect([code, err]).toEqual([3, expect.stringContaining('has a store already')]);
  });

  it('killed as its file gets its name, is finished by the same command', async () => {
    const [name, names] = ['copy/.pawl/pawl.db', () => readdirSync(project.path('copy/.pawl'))];
    const way = ['store', 'copy', '--to', name];
    let found: JsonAnswer | null = null;
    for (let tries = 0; found === null && tries < TRIES_MAX; tries += 1) {
      rmSync(project.path('copy'), { recursive: true, force: true });
      mkdirSync(project.path('copy/.pawl'), { recursive: true });
      const copying = project.start(way);
      while (!existsSync(project.path(name))) await atOnce();
      const { signal } = await copying.kill();
      if (signal !== 'SIGKILL' || !names().includes('pawl.db.copying')) continue;
      found = await project.json(...way);
    }
    expect(found?.data).toMatchObject({ finishedBefore: true, to: project.path(name) });
    expect(Number(project.read('copy/.pawl/epoch'))).toBe(found?.data.epoch);
    expect(names().toSorted()).toEqual(['epoch', 'pawl.db']);
  });

  it('by a disk that is full, goes on once there is room', async ({ skip }) => {
    skip(
      !mayMount,
      'a disk that can be filled is a file system of its own: only root may mount it',
    );
    const small = project.path('small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]);
    try {
      const full = await project.pawl('store', 'copy', '--to', 'small/copy.db');
      expect(full.code).toBe(1);
      expect(full.err).toMatch(/full/);
      expect(existsSync(join(small, 'copy.db'))).toBe(false);
      execFileSync('mount', ['-o', 'remount,size=100m', small]);
      const { data } = await project.json('store', 'copy', '--to', 'small/copy.db');
      expect(data.resumed.kept).toBeGreaterThan(0);
      expect(data.resumed.kept + data.resumed.brought).toBe(rowsOf(data));
      expect(readdirSync(small)).toEqual(['copy.db']);
    } finally {
      execFileSync('umount', ['--lazy', small]);
    }
  });
});

const hashOf = (path: string): string =>
  createHash('sha256').update(readFileSync(path)).digest('hex');

const rowsOf = ({ tables }: JsonAnswer['data']): number =>
  tables.reduce((sum: number, one: { readonly rows: number }) => sum + one.rows, 0);
