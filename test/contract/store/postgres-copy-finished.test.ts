import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storeCopier } from '../../../src/app/copy-store.ts';
import { openServerStore } from '../../../src/app/open-server-store.ts';
import { storePlace } from '../../../src/config/store-place.ts';
import { PawlError } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/observe/logger.ts';
import {
  copyStoreOf,
  type FinishedCopy,
  type StoreCopy,
} from '../../../src/operations/copy-store.ts';
import { PAWL_SCHEMA } from '../../../src/schema/store-schema.ts';
import { copiedTables } from '../../../src/store/copy/copied-tables.ts';
import { copyStore } from '../../../src/store/copy/copy-store.ts';
import { withServerTarget } from '../../../src/store/postgres/copy-target.ts';
import { locationOf } from '../../../src/store/postgres/location.ts';
import { withFileSource } from '../../../src/store/sqlite/copy-source.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import { startCuttingProxy } from '../../support/cutting-proxy.ts';
import {
  execute,
  type PostgresServer,
  startPostgresServer,
} from '../../support/postgres-server.ts';
import { createSteeredWorld } from './steered-world.ts';
import { StoreBench } from './store-bench.ts';

const world = createRealWorld();
const tables = copiedTables(PAWL_SCHEMA.objects);
const made = { world, schema: PAWL_SCHEMA };
let server: PostgresServer;
let folder = '';
let url = '';
const at = (name: string): string => join(folder, name);

const benchOn = (store: Store): StoreBench =>
  new StoreBench(createSteeredWorld(), { store, outside: null, dispose: () => store.close() });

async function makeSource(name: string): Promise<void> {
  const store = await openSqliteStore({ world, path: at(name) });
  await benchOn(store).load(['A', 'B', 'C']);
  await store.close();
}

/** The command, said again. */
const again = (from = 'first.db'): Promise<StoreCopy | FinishedCopy> => {
  const [source, to] = [storePlace(at(from), folder, {}), storePlace(url, folder, {})];
  return copyStoreOf({ log: silentLogger, copier: storeCopier({ world, from: source, to }) });
};

/** Copy by this way; `behind` comes after the last transaction of it. */
const copyBy = (way: string, behind: () => void): Promise<StoreCopy> =>
  withFileSource({ ...made, path: at('first.db') }, (source) =>
    withServerTarget({ ...made, url: way, record: null }, async (target) => {
      const copy = await copyStore({ source, target, tables, epochFloor: 0, nowMs: 0 });
      behind();
      return copy;
    }),
  );

const endedCopy = (): Promise<unknown> =>
  expect(
    copyBy(url, () => {
      throw new PawlError('aborted', 'as whoever is killed here does no more');
    }),
  ).rejects.toMatchObject({ code: 'aborted' });

/** Tables that a copy left beside those of the store. */
const left = async (): Promise<readonly unknown[]> =>
  (
    await execute(
      url,
      "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'pawl!_%' ESCAPE '!' " +
        'ORDER BY relname',
    )
  ).map(({ relname }) => relname);

const NOTE = ['pawl_copying', 'pawl_copying_made'];
const REFUSED = { code: 'copy_target_taken' };

beforeAll(async () => {
  server = await startPostgresServer();
}, 60_000);
afterAll(() => server?.stop());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pawl-finished-'));
  url = await server.createDatabase();
  await makeSource('first.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a copy to a server that made its store, and whose command was ended then', () => {
  beforeEach(async () => {
    await endedCopy();
    expect(await left()).toEqual(NOTE);
  });

  /** As commands open it. */
  const onStore = async <T>(use: (store: Store) => Promise<T>): Promise<T> => {
    const store = await openServerStore({
      world,
      address: { url, directUrl: null },
      create: false,
    });
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  };

  it('is finished by the same command, which says so', async () => {
    // It is a store already, and who only looks at it changes nothing.
    const storeId = await onStore(async (store) => {
      expect(await store.lists()).toHaveLength(1);
      return store.storeId;
    });
    expect(await again()).toEqual({
      ...{ finishedBefore: true, from: at('first.db'), to: locationOf(url), storeId },
      epoch: Number((await execute(url, 'SELECT epoch FROM store_meta'))[0]?.['epoch']),
    });
    expect(await left()).toEqual([]);
    // What is done is done: from now on it is a store as any other.
    await expect(again()).rejects.toMatchObject(REFUSED);
  });

  it('is no copy of another store: that one is refused', async () => {
    await makeSource('other.db');
    await expect(again('other.db')).rejects.toMatchObject(REFUSED);
    expect(await left()).toEqual(NOTE);
    expect(await again()).toMatchObject({ finishedBefore: true });
  });

  it.each([
    ['a value', "UPDATE task_queue SET description = 'x' WHERE task_id = 'A'"],
    ['a row more', "INSERT INTO requests VALUES ('s', 'k', '', '1', 2)"],
    ['a row less', 'DELETE FROM task_events WHERE seq = 1'],
    [
      'two values that changed their places',
      'UPDATE task_queue AS one SET line = other.line FROM task_queue AS other WHERE ' +
        "(one.task_id, other.task_id) IN (('A', 'B'), ('B', 'A'))",
    ],
  ])('is one no more when it was changed, be it by %s: it is refused', async (_what, change) => {
    await execute(url, change);
    await expect(again()).rejects.toMatchObject(REFUSED);
    expect(await left()).toEqual([]);
  });

  it('is one no more when it was used: it is refused, and keeps what was done', async () => {
    const task = await onStore(async (store) => {
      const bench = benchOn(store);
      await bench.load(['A', 'B', 'C']);
      return await bench.take('A');
    });
    await expect(again()).rejects.toMatchObject(REFUSED);
    const kept = await onStore((store) => store.task(task.id));
    expect(kept).toMatchObject({ status: 'running', fence: task.fence });
    expect(await left()).toEqual([]);
  });

  it('is copied anew where its store was taken away', async () => {
    const names = tables.map(({ name }) => name).join(', ');
    await execute(url, `DROP TABLE ${names} CASCADE`);
    const copy = await again();
    expect(copy).toMatchObject({ resumed: { discarded: null, kept: 0 } });
    expect(await left()).toEqual([]);
    expect(await onStore((store) => store.audit())).toEqual([]);
  });

  it('is copied onward as any store is, and nothing beside it is named', async () => {
    const [from, to] = [url, at('second.db')].map((one) => storePlace(one, folder, {}));
    if (from === undefined || to === undefined) throw new Error('no places');
    const onward = await storeCopier({ world, from, to }).copy({});
    expect(onward.undeclared).toEqual([]);
  });
});

describe('a copy to a server that is lost as it cleans up', () => {
  it('is answered, for the store is there; said again it is known', async () => {
    const proxy = await startCuttingProxy(Number(new URL(url).port));
    const way = Object.assign(new URL(url), { port: String(proxy.port) }).href;
    const copy = await copyBy(way, () =>
      proxy.cut({ at: 'pg_advisory_xact_lock', when: 'before' }),
    );
    expect([proxy.cuts, await left()]).toEqual([1, NOTE]);
    await proxy.close();
    const { storeId, epoch } = copy;
    expect(await again()).toMatchObject({ finishedBefore: true, storeId, epoch });
  });
});
