import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PAWL_SCHEMA } from '../../../src/schema/store-schema.ts';
import type { Intercept } from '../../../src/store/postgres/connection.ts';
import type { PostgresOptions } from '../../../src/store/postgres/postgres-driver.ts';
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import { FOR_CLAIM } from '../../../src/store/sql/fragments.ts';
import type { Store } from '../../../src/store/store.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import { type CuttingProxy, startCuttingProxy } from '../../support/cutting-proxy.ts';
import {
  execute,
  OWN_SERVER,
  type PostgresServer,
  startPostgresServer,
} from '../../support/postgres-server.ts';
import { createSteeredWorld } from './steered-world.ts';
import { LEASE_MS, listOf, StoreBench } from './store-bench.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: PostgresServer;
let url = '';
const stores: Store[] = [];
let proxy: CuttingProxy | null = null;

beforeAll(async () => {
  server = await startPostgresServer();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  url = await server.createDatabase();
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  await proxy?.close();
  proxy = null;
});

async function open(options: Partial<PostgresOptions> = {}): Promise<Store> {
  const store = await openPostgresStore({ world: createRealWorld(), url, ...options });
  stores.push(store);
  return store;
}

async function openBench(options: Partial<PostgresOptions> = {}): Promise<StoreBench> {
  const store = await open(options);
  return new StoreBench(createSteeredWorld(), {
    store,
    outside: null,
    dispose: () => store.close(),
  });
}

const NAMES = Array.from({ length: 40 }, (_, at) => `T${at}`);

const claims = (store: Store, listId: string, holderId: string, max: number) =>
  store.claimNext({
    ...{ listId, holderId, max, maxConcurrent: 1_000, minPriority: 'P4' },
    ...{ defaultAgent: null, leaseMs: LEASE_MS },
  });

describe('a connection that is cut', () => {
  it.each([
    ['before COMMIT reaches the server, is done anew', 'before'],
    ['after COMMIT, before its answer, is answered as done', 'answered'],
  ] as const)('%s: each happens once', async (_name, when) => {
    proxy = await startCuttingProxy(Number(new URL(url).port));
    const through = Object.assign(new URL(url), { port: String(proxy.port) }).href;
    const bench = await openBench({ url: through, directUrl: url });
    await bench.load(NAMES);
    proxy.cut({ at: 'COMMIT', when });
    let told = 0;
    const watching = bench.store.watch(() => {
      told += 1;
    });
    const claimed = await claims(bench.store, bench.listId, 'h', 3);
    watching.stop();
    expect(told).toBe(1);
    expect(proxy.cuts).toBe(1);
    expect(claimed.map((one) => one.taskId)).toEqual(['T0', 'T1', 'T2']);
    expect((await bench.store.list(bench.listId))?.counts.running).toBe(3);
    expect(await bench.store.attempts(claimed[0]?.id ?? '')).toHaveLength(1);
    await bench.expectSound();
  });

  it('in the midst of a verb undoes it, and it is done anew', async () => {
    const bench = await openBench();
    await bench.load(NAMES);
    let ended = false;
    const store = await open({
      intercept: (sql) => {
        if (!ended && sql.includes('INSERT INTO task_attempts')) {
          ended = true;
          return "SELECT pg_terminate_backend(pg_backend_pid()) WHERE '' = ''";
        }
        return undefined;
      },
    });
    expect(await claims(store, bench.listId, 'h', 2)).toHaveLength(2);
    expect(ended).toBe(true);
    expect((await bench.store.list(bench.listId))?.counts.running).toBe(2);
    await bench.expectSound();
  });
});

describe.runIf(OWN_SERVER)('a server that crashes', () => {
  it('is waited for: what was acknowledged is there, what was asked is done once', async () => {
    const bench = await openBench();
    await bench.load(NAMES);
    const { listId } = bench;
    const others = await Promise.all([open(), open()]);
    const outcomes: string[] = [];
    const work = async (store: Store, holder: string): Promise<void> => {
      for (;;) {
        const [task] = await claims(store, listId, holder, 1);
        if (task === undefined) return;
        const outcome = { kind: 'succeeded' } as const;
        const finished = await bench.finish(task, outcome, {
          holder: { id: holder, term: task.term },
        });
        if (finished.kind === 'finished') outcomes.push(task.taskId);
        else expect(finished.kind).toBe('already');
      }
    };
    const working = Promise.all(others.map((store, at) => work(store, `h${at}`)));
    for (let crashes = 0; crashes < 2; crashes += 1) {
      await vi.waitUntil(() => outcomes.length >= (crashes + 1) * 8, { timeout: 30_000 });
      await server.crash();
      await server.restart();
    }
    await working;
    expect(outcomes.toSorted()).toEqual(NAMES.toSorted());
    const list = await bench.store.list(listId);
    expect(list?.counts).toMatchObject({ completed: NAMES.length, running: 0 });
    await bench.expectSound();
  });

  it('for longer than a call may take ends the call, not the store', async () => {
    const bench = await openBench();
    await bench.load(['A']);
    await server.crash();
    const lock = { name: 'l', holderId: 'h', ttlMs: 1_000 };
    const late = bench.store.acquireLock(lock, { deadlineMs: 300 });
    await expect(late).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await expect(bench.store.lists({ deadlineMs: 300 })).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
    await server.restart();
    expect(await bench.store.acquireLock(lock)).toMatchObject({ kind: 'acquired', fence: 1 });
    expect(await bench.statuses()).toEqual({ A: 'queued' });
  });
});

describe('eight claimers of one list at once', () => {
  /** Taken out, one after the other: what keeps two of them from the same task. */
  const without =
    (...guards: readonly ('turn' | 'lock' | 'compare')[]): Intercept =>
    (sql) => {
      let said = sql;
      if (guards.includes('turn'))
        said = said.replace(/^SELECT pg_advisory_xact_lock.*/, 'SELECT 1');
      if (guards.includes('lock')) {
        said = said.replace(FOR_CLAIM, '').replace('FOR UPDATE SKIP LOCKED', '');
      }
      if (guards.includes('compare')) {
        said = said.replace(
          "WHERE id = ? AND coalesce(status, '') = ? AND fence = ? AND holder_term = ?",
          'WHERE id = ? AND length(CAST(? AS text)) + CAST(? AS bigint) + CAST(? AS bigint) > 0',
        );
        said = said.replace("AND coalesce(q.status, '') = 'queued'", '');
        // The attempt's key would tell, too.
        if (said.startsWith('INSERT INTO task_attempts')) said += ' ON CONFLICT DO NOTHING';
      }
      return said;
    };

  async function claimedTwice(intercept: Intercept): Promise<readonly string[]> {
    const bench = await openBench();
    await bench.load(NAMES);
    const claimers = await Promise.all(
      Array.from({ length: 8 }, () => open({ intercept, connectionsMax: 1 })),
    );
    const taken = await Promise.all(
      claimers.map(async (store, at) => {
        const ids: string[] = [];
        for (;;) {
          const some = await claims(store, bench.listId, `h${at}`, 2);
          if (some.length === 0) return ids;
          ids.push(...some.map(({ id }) => id));
        }
      }),
    );
    const all = taken.flat();
    return all.filter((id, at) => all.indexOf(id) !== at);
  }

  it.each([
    ['every guard', without()],
    ['the locks and comparisons of rows alone', without('turn')],
    ['the comparison alone', without('turn', 'lock')],
  ])('take each task once, with %s', async (_name, intercept) => {
    expect(await claimedTwice(intercept)).toEqual([]);
  });

  it('take tasks twice when no guard is left', async () => {
    expect(await claimedTwice(without('turn', 'lock', 'compare'))).not.toEqual([]);
  });
});

describe("another process's commit", () => {
  it.each([
    ['is told by a notice', {}],
    ['is found by looking where no notice arrives', { directUrl: 'postgres://x@127.0.0.1:1/x' }],
  ])('%s', async (_name, options: Partial<PostgresOptions>) => {
    const listener = await open(options);
    const writer = await openBench();
    let heard = 0;
    const watching = listener.watch(() => {
      heard += 1;
    });
    await writer.load(['A']);
    for (let wanted = 1; wanted <= 3; wanted += 1) {
      const before = heard;
      await writer.store.acquireLock({ name: 'l', holderId: `h${wanted}`, ttlMs: 0 });
      await vi.waitUntil(() => heard > before, { timeout: 20_000 });
    }
    watching.stop();
  });
});

it('a claim that finds nothing is no commit: nobody is told', async () => {
  const bench = await openBench();
  await bench.load(['A']);
  const [first] = await claims(bench.store, bench.listId, 'h', 1);
  let heard = 0;
  const watching = bench.store.watch(() => {
    heard += 1;
  });
  expect(await claims(bench.store, bench.listId, 'h', 1)).toEqual([]);
  expect(heard).toBe(0);
  if (first !== undefined) await bench.finish(first, { kind: 'succeeded' });
  expect(heard).toBe(1);
  watching.stop();
});

describe('a store that a newer Pawl brought up', () => {
  const TOMORROW = PAWL_SCHEMA.generation + 1;
  const bringUp = (reader: number, writer: number) =>
    execute(
      url,
      "UPDATE store_meta SET fingerprint = 'of tomorrow', generation = " +
        `${TOMORROW}, min_reader = ${reader}, min_writer = ${writer}`,
    );

  it('is written as long as the newer one lets older ones write, and then only read', async () => {
    const bench = await openBench();
    await bench.load(['A', 'B']);
    await bringUp(1, 1);
    await bench.end('A');
    await bringUp(1, TOMORROW);
    await expect(bench.end('B')).rejects.toMatchObject({ code: 'store_version' });
    expect(await bench.statuses()).toEqual({ A: 'completed', B: 'queued' });
    const later = await open();
    await expect(later.loadList(listOf(['C']))).rejects.toMatchObject({ code: 'store_version' });
    expect(await later.lists()).toHaveLength(1);
    await execute(url, 'UPDATE store_meta SET generation = 0, min_writer = 1, min_reader = 1');
    await expect(open()).rejects.toMatchObject({
      ...{ code: 'store_version', message: expect.stringContaining('the Pawl that made it') },
    });
    await bringUp(TOMORROW, TOMORROW);
    await expect(open()).rejects.toMatchObject({ code: 'store_version' });
  });
});

it('how far a process came is kept for an hour after its last commit, not for ever', async () => {
  const count = "SELECT count(*)::int AS n FROM requests WHERE scope = 'commit'";
  const lock = { name: 'l', holderId: 'h', ttlMs: 1 };
  for (const store of [await open(), await open()]) await store.acquireLock(lock);
  expect(await execute(url, count)).toEqual([{ n: 2 }]);
  await execute(url, 'UPDATE requests SET expires_at_ms = 1');
  await (await open()).acquireLock(lock);
  expect(await execute(url, count)).toEqual([{ n: 1 }]);
});

describe('of its commits a process leaves few words in the ledger', () => {
  const count = "SELECT count(*)::int AS n FROM requests WHERE scope = 'commit'";

  it.each([
    {
      title: 'where a verb takes several messages',
      commit: (bench: StoreBench, name: string) =>
        bench.store.acquireLock({ name, holderId: 'h', ttlMs: 1 }),
    },
    {
      title: 'where a claim is one message',
      commit: (bench: StoreBench) => bench.claim(),
    },
  ])('$title', async ({ commit }) => {
    const bench = await openBench();
    await bench.load(Array.from({ length: 70 }, (_, at) => `T${at}`));
    const words: number[] = [];
    for (let nth = 0; nth < 70; nth += 1) {
      await commit(bench, `l${nth}`);
      words.push(Number((await execute(url, count))[0]?.['n']));
    }
    expect([Math.min(...words), Math.max(...words)]).toEqual([1, 32]);
  });
});

describe('opening', () => {
  it('many at once makes one store', async () => {
    const opened = await Promise.all(Array.from({ length: 6 }, () => open()));
    expect(new Set(opened.map(({ storeId }) => storeId)).size).toBe(1);
  });

  it('is refused where others have tables of these names, which stay as they are', async () => {
    await execute(url, 'CREATE TABLE sessions (id int); INSERT INTO sessions VALUES (7)');
    await expect(open()).rejects.toMatchObject({ code: 'store_version' });
    expect(await execute(url, 'SELECT * FROM sessions')).toEqual([{ id: 7 }]);
    expect(await execute(url, "SELECT to_regclass('task_queue') AS t")).toEqual([{ t: null }]);
  });

  it('with a wrong password, or without a server, fails in time and tells no secret', async () => {
    const wrong = Object.assign(new URL(url), { password: 'wrong-s3cret' }).href;
    const nowhere = 'postgres://ann:wrong-s3cret@127.0.0.1:1/none';
    const codes: unknown[] = [];
    for (const address of OWN_SERVER ? [wrong, nowhere] : [nowhere]) {
      const error: unknown = await open({ url: address, openDeadlineMs: 500 }).catch((e) => e);
      codes.push((error as { code?: unknown }).code);
      const told = `${error} ${JSON.stringify(error)} ${(error as Error).cause}`;
      expect(told).not.toContain('s3cret');
    }
    expect(codes.at(-1)).toBe('store_unreachable');
    if (OWN_SERVER) expect(codes[0]).toBe('store_refused');
  });
});
