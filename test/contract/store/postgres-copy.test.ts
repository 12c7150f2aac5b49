import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { storeCopier } from '../../../src/app/copy-store.ts';
import { openMigratedStore } from '../../../src/app/migrate-store.ts';
import { openServerStore } from '../../../src/app/open-server-store.ts';
import { pawlServerMigrator } from '../../../src/app/server-store-migration.ts';
import { type StorePlace, storePlace } from '../../../src/config/store-place.ts';
import { silentLogger } from '../../../src/observe/logger.ts';
import type { StoreCopy } from '../../../src/operations/copy-store.ts';
import { PAWL_SCHEMA } from '../../../src/schema/store-schema.ts';
import { copiedTables } from '../../../src/store/copy/copied-tables.ts';
import { copyStore } from '../../../src/store/copy/copy-store.ts';
import { withServerSource } from '../../../src/store/postgres/copy-source.ts';
import { withServerTarget } from '../../../src/store/postgres/copy-target.ts';
import { withFileSource } from '../../../src/store/sqlite/copy-source.ts';
import { withFileTarget } from '../../../src/store/sqlite/copy-target.ts';
import type { Store } from '../../../src/store/store.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import { damaging } from '../../support/damaging-target.ts';
import { makeOlderServerStore, OLDER } from '../../support/older-server-store.ts';
import {
  execute,
  type PostgresServer,
  startPostgresServer,
} from '../../support/postgres-server.ts';
import { testDepth } from '../../support/test-depth.ts';
import { liveInStore } from '../../upgrade/lived-in-store.ts';
import { createSteeredWorld } from './steered-world.ts';
import { LEASE_MS, StoreBench } from './store-bench.ts';

vi.setConfig({ testTimeout: testDepth.pick({ reduced: 60_000, full: 900_000 }) });

const world = createRealWorld();
const tables = copiedTables(PAWL_SCHEMA.objects);
let server: PostgresServer;
let folder = '';
let url = '';
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  server = await startPostgresServer();
}, 60_000);
afterAll(() => server?.stop());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pawl-copy-'));
  url = await server.createDatabase();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const place = (text: string): StorePlace => storePlace(text, folder, {});
const copied = (from: string, to: string): Promise<StoreCopy> =>
  storeCopier({ world, from: place(from), to: place(to) }).copy({});

/** Both forms of a place are opened as every command does it. */
async function open(text: string): Promise<Store> {
  const where = place(text);
  if (where.kind === 'file') {
    return await openMigratedStore({ world, path: where.path, log: silentLogger });
  }
  const address = { url: where.url, directUrl: null };
  return await openServerStore({ world, address, create: false });
}

async function withStore<T>(text: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await open(text);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

const sumsOf = ({ tables: sums }: StoreCopy): unknown =>
  Object.fromEntries(sums.map(({ table, rows, sha256 }) => [table, `${rows} ${sha256}`]));

/**
 * Take out of a file what copies put into it: the raised fences, with their events. A fence that
 * nobody raised is the number of its task's claims.
 */
function undoFences(path: string): void {
  const database = new DatabaseSync(path);
  database.exec(
    "DELETE FROM task_events WHERE kind = 'fence_raised'; " +
      'UPDATE task_queue SET fence = claims, updated_at = created_at',
  );
  database.close();
}

/** Claim and finish so many tasks of a list. */
async function finishSome(bench: StoreBench, count: number): Promise<void> {
  for (const task of await bench.claim({ max: count, holderId: 'worker' })) {
    await bench.finish(task, { kind: 'succeeded', summary: `done ${task.taskId} "ö🧱\n"` });
  }
}

const benchOn = (store: Store): StoreBench =>
  new StoreBench(createSteeredWorld(), { store, outside: null, dispose: () => store.close() });

const NAMES = Array.from({ length: 90 }, (_, n) => ({
  taskId: `T-${n}`,
  ...(n % 3 === 2 ? { after: [`T-${n - 1}`, `T-${n - 2}`] } : {}),
}));

describe('a store that is copied', () => {
  it('from a file to a server and back is the same, row by row, and sound', async () => {
    await withStore(at('first.db'), async (store) => {
      const bench = benchOn(store);
      await bench.load(NAMES);
      await finishSome(bench, 20);
    });
    const there = await copied(at('first.db'), url);
    expect(there).toMatchObject({ released: 0, eventsSince: 0, undeclared: [] });
    const back = await copied(url, `sqlite://${at('second.db')}`);
    const again = await copied(at('second.db'), at('third.db'));
    const onward = await copied(url, await server.createDatabase());
    for (const path of [url, at('second.db'), at('third.db')]) {
      expect(await withStore(path, (store) => store.audit())).toEqual([]);
    }
    // Of the same moment, by whatever way: the same sums.
    expect(sumsOf(onward)).toEqual(sumsOf(back));
    expect(new Set([there, back, again].map(({ storeId }) => storeId)).size).toBe(3);
    expect(back.epoch).toBeGreaterThan(there.epoch);
    // What a copy changes is what it says: with that undone the last one is the first.
    for (const name of ['first.db', 'third.db']) undoFences(at(name));
    const [before, after] = [
      sumsOf(await copied(at('first.db'), at('a'))) as Record<string, string>,
      sumsOf(await copied(at('third.db'), at('b'))) as Record<string, string>,
    ];
    for (const { name } of tables) {
      if (!['store_meta', 'requests', 'migration_history'].includes(name)) {
        expect(after[name], name).toBe(before[name]);
      }
    }
  });

  it.each([
    ['a server', () => url],
    ['a file', () => at('copy.db')],
  ])('to %s has nothing of what is held: a stale holder can do nothing in it', async (_to, to) => {
    await liveInStore(at('first.db'));
    const before = hashOf(at('first.db'));
    const copy = await copied(at('first.db'), to());
    expect(copy.released).toBe(1);
    expect(hashOf(at('first.db'))).toEqual(before);
    const held = await withStore(at('first.db'), (store) => store.heldTasks(null));
    await withStore(to(), async (store) => {
      expect(await store.audit()).toEqual([]);
      expect(await store.heldTasks(null)).toEqual([]);
      expect(await store.instances()).toEqual([]);
      for (const { id, fence, holderId, term } of held) {
        const task = await store.task(id);
        expect(task).toMatchObject({ status: 'queued', attempts: 0 });
        const bench = benchOn(store);
        const stale = { holder: { id: holderId ?? '', term } };
        const late = await bench.finish({ id, fence }, { kind: 'succeeded' }, stale);
        expect(late).toMatchObject({ kind: 'refused', error: { code: 'stale_fence' } });
        const taken = await store.claimTask({
          ...{ id, holderId: 'other', defaultAgent: null, leaseMs: LEASE_MS },
        });
        expect(taken.fence).toBeGreaterThan(1_000_000);
      }
      expect(await store.audit()).toEqual([]);
    });
  });

  it('is of this schema for migrations, too, and hands out no number twice', async () => {
    await withStore(at('first.db'), async (store) => {
      const bench = benchOn(store);
      await bench.load(['A', 'B']);
    });
    const database = new DatabaseSync(at('first.db'));
    database.exec("UPDATE sqlite_sequence SET seq = 5000 WHERE name = 'task_events'");
    database.close();
    await copied(at('first.db'), url);
    const address = { url, directUrl: null };
    expect(await pawlServerMigrator({ world, address }).status()).toMatchObject({
      ...{ state: 'in_sync', plan: { drift: [] } },
    });
    await copied(url, at('second.db'));
    await withStore(at('second.db'), async (store) => {
      const events = await store.events({ afterSeq: 5_000 });
      // Two tasks, twice raised.
      expect(events.map(({ event }) => event.kind)).toEqual(Array(4).fill('fence_raised'));
    });
  });

  it('names what others put into the source, which is not copied', async () => {
    await withStore(at('first.db'), (store) => store.lists());
    const database = new DatabaseSync(at('first.db'));
    database.exec('CREATE TABLE notes (x); ALTER TABLE task_queue ADD COLUMN colour text');
    database.close();
    const copy = await copied(at('first.db'), url);
    expect(copy.undeclared).toEqual(['notes', 'task_queue.colour']);
    await execute(url, 'ALTER TABLE locks ADD COLUMN colour text');
    expect((await copied(url, at('second.db'))).undeclared).toEqual(['locks.colour']);
  });
});

/** Of the file and of what lies beside it. */
const hashOf = (path: string): unknown =>
  createHash('sha256').update(readFileSync(path)).digest('hex');

describe('a copy under load', () => {
  const COUNT = testDepth.pick({ reduced: 1_000, full: 100_000 });

  /** Finishes and adds tasks until it is told to stop. */
  function working(store: Store): { stop(): Promise<number> } {
    const bench = benchOn(store);
    let isOver = false;
    const work = async (): Promise<number> => {
      let done = 0;
      while (!isOver) {
        if (done % 200 === 0) {
          const names = Array.from({ length: 200 }, (_, n) => `M${done}-${n}`);
          await bench.load(names, { path: `/lists/more-${done}.md` });
        }
        await finishSome(bench, 5);
        done += 5;
      }
      return done;
    };
    const worked = work();
    return {
      stop: () => {
        isOver = true;
        return worked;
      },
    };
  }

  it('is of one moment, there and back; what came later is counted', async () => {
    const store = await open(at('first.db'));
    const bench = benchOn(store);
    for (let list = 0; list < COUNT / 1_000; list += 1) {
      const names = Array.from({ length: 1_000 }, (_, n) => `L${list}-${n}`);
      await bench.load(names, { path: `/lists/${list}.md` });
    }
    await finishSome(bench, 100);
    const load = working(store);
    const began = performance.now();
    const there = await copied(at('first.db'), url);
    const thereMs = performance.now() - began;
    await load.stop();
    // A small copy may be faster than the next task.
    const least = testDepth.pick({ reduced: 0, full: 1 });
    expect(there.eventsSince).toBeGreaterThanOrEqual(least);
    expect(await store.audit()).toEqual([]);
    await store.close();

    const other = await open(url);
    const otherLoad = working(other);
    const beganBack = performance.now();
    const back = await copied(url, at('second.db'));
    const backMs = performance.now() - beganBack;
    await otherLoad.stop();
    await other.close();
    expect(back.eventsSince).toBeGreaterThanOrEqual(least);
    for (const path of [url, at('second.db')]) {
      expect(await withStore(path, (one) => one.audit())).toEqual([]);
    }
    const rows = (copy: StoreCopy) => copy.tables.reduce((sum, one) => sum + one.rows, 0);
    const text = (copy: StoreCopy, ms: number) =>
      `${rows(copy)} rows, ${Math.round((rows(copy) * 1_000) / ms)} rows/s, ` +
      `${copy.eventsSince} events meanwhile`;
    const peak = Math.round(process.resourceUsage().maxRSS / 1024);
    console.info(`to a server: ${text(there, thereMs)}; back: ${text(back, backMs)}; ${peak} MiB`);
  });
});

describe('what is not copied', () => {
  beforeEach(async () => {
    await withStore(at('first.db'), (store) => benchOn(store).load(['A', 'B']));
  });

  it.each([
    ['makes no store on a server', 'server'],
    ['makes no store in a file', 'file'],
  ] as const)('one damaged value is found, and %s', async (_name, kind) => {
    const damaged = withFileSource(
      { world, schema: PAWL_SCHEMA, path: at('first.db') },
      (source) => {
        const copy = (row: number) => (target: Parameters<typeof damaging>[0]) =>
          copyStore({
            ...{ source, tables, epochFloor: 0, nowMs: 0 },
            target: damaging(target, 'task_queue', row),
          });
        const made = { world, schema: PAWL_SCHEMA, record: null };
        return kind === 'server'
          ? withServerTarget({ ...made, url }, copy(1))
          : withFileTarget({ ...made, path: at('copy.db'), like: null }, copy(1));
      },
    );
    await expect(damaged).rejects.toMatchObject({
      code: 'copy_differs',
      details: { faults: [expect.stringContaining('task_queue (2 rows, 2 in the copy')] },
    });
    expect(existsSync(at('copy.db'))).toBe(false);
    expect(existsSync(at('copy.db.copying'))).toBe(false);
    expect(await execute(url, "SELECT to_regclass('store_meta') AS t")).toEqual([{ t: null }]);
    // The same without the damage.
    await copied(at('first.db'), kind === 'server' ? url : at('copy.db'));
  });

  it('a place that is taken is refused, and stays as it is', async () => {
    await copied(at('first.db'), url);
    const [meta] = await execute(url, 'SELECT * FROM store_meta');
    for (const [from, to] of [
      [at('first.db'), url],
      [url, url],
      [url, at('first.db')],
    ] as const) {
      await expect(copied(from, to)).rejects.toMatchObject({ code: 'copy_target_taken' });
    }
    expect(await execute(url, 'SELECT * FROM store_meta')).toEqual([meta]);
    const others = await server.createDatabase();
    await execute(others, 'CREATE TABLE task_queue (x int)');
    await expect(copied(url, others)).rejects.toMatchObject({ code: 'copy_target_taken' });
    // A log without its database, and what was saved of a store that is gone.
    for (const name of ['gone.db-wal', 'rescued-1.db']) {
      writeFileSync(at(name), 'x');
      await expect(copied(url, at('gone.db'))).rejects.toMatchObject({
        code: 'copy_target_taken',
        details: { taken: expect.stringContaining(name) },
      });
      rmSync(at(name), { force: true });
    }
  });

  it('an older store is not brought up by it, and what is none is not made one', async () => {
    await makeOlderServerStore(url, OLDER[0] ?? '');
    const [meta] = await execute(url, 'SELECT * FROM store_meta');
    await expect(copied(url, at('copy.db'))).rejects.toMatchObject({ code: 'store_behind' });
    expect(await execute(url, 'SELECT * FROM store_meta')).toEqual([meta]);
    const empty = await server.createDatabase();
    for (const from of [empty, at('nothing.db')]) {
      await expect(copied(from, at('copy.db'))).rejects.toMatchObject({ code: 'store_not_found' });
    }
    expect(readdirSync(folder).filter((name) => name.startsWith('nothing'))).toEqual([]);
  });

  it('a text that the other side cannot hold is named', async () => {
    const database = new DatabaseSync(at('first.db'));
    database.exec("UPDATE task_queue SET last_error = 'a' || char(0) || 'b' WHERE task_id = 'B'");
    database.close();
    await expect(copied(at('first.db'), url)).rejects.toMatchObject({
      code: 'constraint',
      details: { table: 'task_queue', column: 'last_error' },
    });
    // A file holds it.
    await copied(at('first.db'), at('copy.db'));
  });

  it('of two who copy to one place one does', async () => {
    const place1 = await Promise.allSettled([1, 2].map(() => copied(at('first.db'), at('c.db'))));
    const place2 = await Promise.allSettled([1, 2].map(() => copied(at('first.db'), url)));
    for (const both of [place1, place2]) {
      expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const refused = both.find((one) => one.status === 'rejected');
      expect(refused?.reason).toMatchObject({ code: 'copy_target_taken' });
    }
  });

  it('a snapshot from which nothing can be written', async () => {
    await copied(at('first.db'), url);
    await withServerSource({ url, schema: PAWL_SCHEMA }, async (source) => {
      await withStore(url, (store) => benchOn(store).load(['C'], { path: '/lists/c.md' }));
      const [queue] = tables.filter(({ name }) => name === 'task_queue');
      if (queue === undefined) throw new Error('no table');
      let rows = 0;
      for await (const page of source.pages(queue)) rows += page.length;
      expect(rows).toBe(2);
      await source.release();
      expect(await source.lastSeqNow()).toBe(source.lastSeq + 1);
    });
  });
});
