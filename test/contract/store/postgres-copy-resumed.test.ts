import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { storeCopier } from '../../../src/app/copy-store.ts';
import { openServerStore } from '../../../src/app/open-server-store.ts';
import { pawlServerMigrator } from '../../../src/app/server-store-migration.ts';
import { type StorePlace, storePlace } from '../../../src/config/store-place.ts';
import type { StoreCopier, StoreCopy } from '../../../src/operations/copy-store.ts';
import { PAWL_SCHEMA } from '../../../src/schema/store-schema.ts';
import { type CopiedRow, copiedTables } from '../../../src/store/copy/copied-tables.ts';
import type { CopyTarget } from '../../../src/store/copy/copy-port.ts';
import { copyStore } from '../../../src/store/copy/copy-store.ts';
import { withServerTarget } from '../../../src/store/postgres/copy-target.ts';
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import { withFileSource } from '../../../src/store/sqlite/copy-source.ts';
import { withFileTarget } from '../../../src/store/sqlite/copy-target.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import { startCuttingProxy } from '../../support/cutting-proxy.ts';
import { withArea } from '../../support/damaging-target.ts';
import {
  execute,
  OWN_SERVER,
  type PostgresServer,
  startPostgresServer,
} from '../../support/postgres-server.ts';
import { createSteeredWorld } from './steered-world.ts';
import { StoreBench } from './store-bench.ts';

vi.setConfig({ testTimeout: 120_000 });

const world = createRealWorld();
const tables = copiedTables(PAWL_SCHEMA.objects);
const TASKS = Array.from({ length: 1_200 }, (_, n) => `T-${n}`);
let server: PostgresServer;
let folder = '';
let url = '';
const at = (name: string): string => join(folder, name);
const place = (text: string): StorePlace => storePlace(text, folder, {});

type Call = Parameters<StoreCopier['copy']>[0];
const copied = (from: string, to: string, call: Call = {}): Promise<StoreCopy> =>
  storeCopier({ world, from: place(from), to: place(to) }).copy(call);

/** End a copy once this table is there, and a page of the next one. */
async function breakOff(from: string, to: string, after = 'task_queue'): Promise<void> {
  const controller = new AbortController();
  const call: Call = {
    signal: controller.signal,
    copied: ({ table }) => {
      if (table === after) controller.abort();
    },
  };
  await expect(copied(from, to, call)).rejects.toMatchObject({ code: 'aborted' });
}

beforeAll(async () => {
  server = await startPostgresServer();
}, 60_000);
afterAll(() => server?.stop());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pawl-resumed-'));
  url = await server.createDatabase();
  const store = await openSqliteStore({ world, path: at('first.db') });
  const bench = new StoreBench(createSteeredWorld(), {
    ...{ store, outside: null, dispose: () => store.close() },
  });
  await bench.load(TASKS);
  await bench.load(['A', 'B'], { path: '/lists/other.md' });
  await store.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a test does to a place by hand. */
interface Kind {
  readonly place: () => string;
  readonly sql: (statement: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly hasStore: () => Promise<boolean>;
}

const inFile = (path: string, statement: string) => {
  const database = new DatabaseSync(path);
  try {
    return Promise.resolve(database.prepare(statement).all());
  } finally {
    database.close();
  }
};

const KINDS: Readonly<Record<string, Kind>> = {
  'a server': {
    place: () => url,
    sql: (statement) => execute(url, statement),
    hasStore: async () =>
      (await execute(url, "SELECT to_regclass('store_meta') AS t"))[0]?.['t'] !== null,
  },
  'a file': {
    place: () => at('copy.db'),
    sql: (statement) => inFile(at('copy.db.copying'), statement),
    hasStore: () => Promise.resolve(existsSync(at('copy.db'))),
  },
};
const kind = (name: string): Kind => KINDS[name] as Kind;

/** How many rows lie in an unfinished copy. */
async function lyingRows({ sql }: Kind): Promise<number> {
  const counts = tables.map(({ name }) => `(SELECT count(*) FROM pawl_copying_${name})`);
  return Number((await sql(`SELECT ${counts.join(' + ')} AS n`))[0]?.['n']);
}

/** Nothing of an unfinished copy. */
async function expectCleared(name: string): Promise<void> {
  if (name === 'a file') {
    expect(readdirSync(folder).filter((one) => /copying|making/.test(one))).toEqual([]);
    return;
  }
  const found = await execute(
    url,
    "SELECT 1 FROM pg_class WHERE relname LIKE 'pawl!_%' ESCAPE '!'",
  );
  expect(found).toEqual([]);
}

const rowsOf = ({ tables: sums }: StoreCopy): number =>
  sums.reduce((sum, { rows }) => sum + rows, 0);

/** Of a copy in one go, of the same source. */
const inOneGo = async (from: string) =>
  (await copied(from, at(`once-${world.ids.uuid()}.db`))).tables;

describe.each(['a server', 'a file'])('a copy to %s that was broken off', (name) => {
  const { place: to, sql, hasStore } = kind(name);

  it('is no store, and the next one brings only what is missing', async () => {
    await breakOff(at('first.db'), to());
    expect(await hasStore()).toBe(false);
    const lying = await lyingRows(kind(name));
    expect(lying).toBeGreaterThan(TASKS.length);
    const copy = await copied(at('first.db'), to());
    expect(copy.resumed).toEqual({
      ...{ begunAtMs: expect.any(Number), discarded: null, kept: lying },
      ...{ brought: rowsOf(copy) - lying, removed: 0 },
    });
    expect(copy.resumed.brought).toBeGreaterThan(0);
    expect(copy.tables).toEqual(await inOneGo(at('first.db')));
    await expectCleared(name);
  });

  it('is of the moment of the next one: what changed, came and went since is in it', async () => {
    const remember = (key: string): Promise<unknown> =>
      inFile(
        at('first.db'),
        'INSERT INTO requests (scope, key, input_hash, result_json, expires_at_ms) ' +
          `VALUES ('s', '${key}', '', '1', 2)`,
      );
    // By their bytes the first comes first, by the units of UTF-16 the other.
    for (const key of ['\u{ffff}', '\u{1f600}']) await remember(key);
    await breakOff(at('first.db'), to(), 'requests');
    const lying = await lyingRows(kind(name));
    for (const statement of [
      "UPDATE task_queue SET last_error = 'öß🧱' WHERE task_id IN ('T-7', 'T-1100')",
      "DELETE FROM task_events WHERE task = (SELECT id FROM task_queue WHERE task_id = 'T-800')",
      "DELETE FROM task_queue WHERE task_id = 'T-800'",
      // A name that is unique, and goes from one row to the other.
      "UPDATE task_queue SET task_list_path = 'x' WHERE task_id = 'A'",
      "UPDATE task_queue SET task_id = 'A' WHERE task_id = 'B'",
      "UPDATE task_queue SET task_id = 'B', task_list_path = '/lists/other.md' " +
        "WHERE task_list_path = 'x'",
      "DELETE FROM requests WHERE key = '\u{ffff}'",
    ]) {
      await inFile(at('first.db'), statement);
    }
    await remember('a');
    const copy = await copied(at('first.db'), to());
    expect(copy.resumed).toMatchObject({ kept: lying - 7, removed: 3 });
    expect(copy.tables).toEqual(await inOneGo(at('first.db')));
  });

  it('keeps no row that was damaged meanwhile: that one is brought again', async () => {
    await breakOff(at('first.db'), to());
    const lying = await lyingRows(kind(name));
    await sql("UPDATE pawl_copying_task_queue SET description = 'no' WHERE task_id = 'T-1050'");
    await sql("DELETE FROM pawl_copying_task_queue WHERE task_id = 'T-1051'");
    const copy = await copied(at('first.db'), to());
    expect(copy.resumed.kept).toBe(lying - 2);
    expect(copy.tables).toEqual(await inOneGo(at('first.db')));
  });

  it('and whoever believed what lies there would be found out: nothing is kept', async () => {
    await breakOff(at('first.db'), to());
    const right = new Map<string, readonly CopiedRow[]>();
    const trusting = (target: CopyTarget): CopyTarget =>
      withArea(target, {
        page: async (table, after, count) =>
          (await target.area.page(table, after, count)).map(
            (row) => right.get(table.name)?.find(([key]) => key === row[0]) ?? row,
          ),
      });
    await sql("UPDATE pawl_copying_task_queue SET description = 'no' WHERE task_id = 'T-1050'");
    const copying = withFileSource(
      { world, schema: PAWL_SCHEMA, path: at('first.db') },
      async (source) => {
        for (const table of tables.filter((one) => one.name === 'task_queue')) {
          const rows: CopiedRow[] = [];
          for await (const page of source.pages(table)) rows.push(...page);
          right.set(table.name, rows);
        }
        const use = (target: CopyTarget) =>
          copyStore({ source, tables, epochFloor: 0, nowMs: 0, target: trusting(target) });
        const made = { world, schema: PAWL_SCHEMA, record: null };
        return name === 'a server'
          ? withServerTarget({ ...made, url }, use)
          : withFileTarget({ ...made, path: to(), like: null }, use);
      },
    );
    await expect(copying).rejects.toMatchObject({
      code: 'copy_differs',
      details: { faults: [expect.stringContaining('task_queue (1202 rows, 1202 in')] },
    });
    expect(await hasStore()).toBe(false);
    if (name === 'a server') await expectCleared(name);
    expect(existsSync(at('copy.db.copying'))).toBe(false);
  });

  it('is thrown away when it is of another store or schema, or when that is asked', async () => {
    const discarded = async (call: Call = {}): Promise<unknown> => {
      const { resumed } = await copied(at('first.db'), to(), call);
      expect(resumed).toMatchObject({ begunAtMs: null, kept: 0, removed: 0 });
      return resumed.discarded;
    };
    const again = async (statement?: string): Promise<void> => {
      rmSync(at('copy.db'), { force: true });
      if (name === 'a server') url = await server.createDatabase();
      await breakOff(at('first.db'), to());
      if (statement !== undefined) await sql(statement);
    };
    await again();
    expect(await discarded({ restart: true })).toBe('restart');
    await again("UPDATE pawl_copying SET store_id = 'other'");
    expect(await discarded()).toBe('other_store');
    await again("UPDATE pawl_copying SET fingerprint = 'other'");
    expect(await discarded()).toBe('other_schema');
    await again('DROP TABLE pawl_copying');
    expect(await discarded()).toBe('unreadable');
  });
});

describe('a copy to a server', () => {
  it('that another one took over writes nothing any more', async () => {
    const [table] = tables.filter(({ name }) => name === 'locks');
    if (table === undefined) throw new Error('no table');
    const row = table.columns.map(({ type }) => (type === 'text' ? 'x' : '1'));
    const made = { world, schema: PAWL_SCHEMA, record: null, url };
    const wanted = { storeId: 's', tables, restart: false, nowMs: 7 };
    const change = { put: [row], remove: [] };
    await withServerTarget(made, async ({ area: late }) => {
      expect(await late.begin(wanted)).toEqual({ begunAtMs: null, discarded: null });
      await late.write(table, change);
      await withServerTarget(made, async ({ area }) => {
        expect(await area.begin(wanted)).toEqual({ begunAtMs: 7, discarded: null });
        await expect(late.write(table, change)).rejects.toMatchObject({
          code: 'copy_target_taken',
        });
        // What is another's is not thrown away, either.
        await late.discard();
        await area.write(table, { put: [], remove: [[row[0] ?? '']] });
        expect(await area.page(table, null, 10)).toEqual([]);
        await area.discard();
        await expect(area.write(table, change)).rejects.toMatchObject({
          code: 'copy_target_taken',
        });
      });
    });
  });

  it('that is not finished keeps every Pawl from beginning a store beside it', async () => {
    await breakOff(at('first.db'), url);
    const lying = await lyingRows(kind('a server'));
    const address = { url, directUrl: null };
    const refused = { code: 'copy_unfinished' };
    for (const create of [true, false]) {
      await expect(openServerStore({ world, address, create })).rejects.toMatchObject(refused);
    }
    await expect(openPostgresStore({ world, url })).rejects.toMatchObject(refused);
    await expect(pawlServerMigrator({ world, address }).migrate()).rejects.toMatchObject(refused);
    await expect(copied(url, at('copy.db'))).rejects.toMatchObject(refused);
    expect(await kind('a server').hasStore()).toBe(false);
    expect((await copied(at('first.db'), url)).resumed.kept).toBe(lying);
    await (await openServerStore({ world, address, create: false })).close();
  });

  it('into whose place a store came meanwhile keeps what it brought', async () => {
    const made = { world, schema: PAWL_SCHEMA, record: null, url };
    const crossed = (target: CopyTarget): CopyTarget =>
      withArea(target, {
        write: async (table, change) => {
          await execute(url, 'CREATE TABLE IF NOT EXISTS store_meta (x int)');
          await target.area.write(table, change);
        },
      });
    const copying = withFileSource({ ...made, path: at('first.db') }, (source) =>
      withServerTarget(made, (target) =>
        copyStore({ source, tables, epochFloor: 0, nowMs: 0, target: crossed(target) }),
      ),
    );
    await expect(copying).rejects.toMatchObject({ code: 'copy_target_taken' });
    await execute(url, 'DROP TABLE store_meta');
    const { resumed } = await copied(at('first.db'), url);
    expect(resumed).toMatchObject({ discarded: null, brought: 0 });
    expect(resumed.kept).toBeGreaterThan(TASKS.length);
  });

  it('needs no right but that to make tables in a schema', async () => {
    const name = `copyist_${world.ids.uuid().replaceAll('-', '')}`;
    await execute(
      url,
      `CREATE ROLE ${name} LOGIN PASSWORD 'x'; CREATE SCHEMA work; ` +
        `GRANT USAGE, CREATE ON SCHEMA work TO ${name}`,
    );
    const theirs = Object.assign(new URL(url), { username: name, password: 'x' });
    theirs.searchParams.set('options', '-c search_path=work');
    await breakOff(at('first.db'), theirs.href);
    const copy = await copied(at('first.db'), theirs.href);
    expect(copy.resumed.kept).toBeGreaterThan(TASKS.length);
    const found = await execute(
      url,
      "SELECT 1 FROM pg_tables WHERE schemaname = 'work' AND tablename LIKE 'pawl%'",
    );
    expect(found).toEqual([]);
    await execute(url, `DROP SCHEMA work CASCADE; DROP ROLE ${name}`);
  });

  it('goes on by itself when its connection breaks, also at the very end', async () => {
    const proxy = await startCuttingProxy(Number(new URL(url).port));
    const way = Object.assign(new URL(url), { port: String(proxy.port) }).href;
    const faults: string[] = [];
    const interrupted: Call['interrupted'] = ({ code }) => faults.push(code);
    proxy.cut({ at: 'INSERT INTO pawl_copying_task_events', when: 'answered' });
    const copy = await copied(at('first.db'), way, { interrupted });
    expect([proxy.cuts, faults]).toEqual([1, ['store_unreachable']]);
    expect(copy.resumed.kept).toBeGreaterThan(TASKS.length);
    expect(copy.tables).toEqual(await inOneGo(at('first.db')));
    // The answer to the last commit: the store is there, and it is said.
    url = await server.createDatabase();
    const other = Object.assign(new URL(url), { port: String(proxy.port) }).href;
    const last = tables.at(-1)?.name;
    const cutLast: Call['copied'] = ({ table }) => {
      if (table === last) proxy.cut({ at: 'COMMIT\0', when: 'answered' });
    };
    const there = await copied(at('first.db'), other, { copied: cutLast, interrupted });
    expect([proxy.cuts, faults.length, there.resumed.kept]).toEqual([2, 1, 0]);
    await proxy.close();
  });

  it('goes on by itself when the server crashes and comes back', async (ctx) => {
    if (!OWN_SERVER) ctx.skip('only a server of our own may be crashed');
    const interrupted = vi.fn();
    const crashes: Promise<void>[] = [];
    const survived = await copied(at('first.db'), url, {
      interrupted,
      copied: ({ table }) => {
        if (table !== 'task_queue' || crashes.length > 0) return;
        crashes.push(server.crash().then(() => server.restart()));
      },
    });
    await Promise.all(crashes);
    expect(interrupted).toHaveBeenCalled();
    expect(survived.resumed.kept).toBeGreaterThan(TASKS.length);
    expect(survived.tables).toEqual(await inOneGo(at('first.db')));
  });

  it('fails at once where no server answers', async () => {
    const nobody = 'postgres://nobody@127.0.0.1:1/none';
    const interrupted = vi.fn();
    await expect(copied(at('first.db'), nobody, { interrupted })).rejects.toMatchObject({
      code: 'store_unreachable',
    });
    expect(interrupted).not.toHaveBeenCalled();
  });
});

describe('a copy from a server', () => {
  it('that was broken off brings only what is missing', async () => {
    await copied(at('first.db'), url);
    await breakOff(url, at('copy.db'));
    const lying = await lyingRows(kind('a file'));
    const copy = await copied(url, at('copy.db'));
    expect(copy.resumed).toMatchObject({ kept: lying, brought: rowsOf(copy) - lying, removed: 0 });
    expect(lying).toBeGreaterThan(TASKS.length);
    expect(copy.tables).toEqual(await inOneGo(url));
    await expectCleared('a file');
  });
});
