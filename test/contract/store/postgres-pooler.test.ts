import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, type TestContext, vi } from 'vitest';
import { storeCopier } from '../../../src/app/copy-store.ts';
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import { PGBOUNCER, type PgBouncer, startPgBouncer } from '../../support/pgbouncer.ts';
import {
  execute,
  type PostgresServer,
  startPostgresServer,
} from '../../support/postgres-server.ts';
import { createSteeredWorld } from './steered-world.ts';
import { StoreBench } from './store-bench.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const world = createRealWorld();
const NAMES = Array.from({ length: 30 }, (_, n) => `T${n}`);

let server: PostgresServer | null = null;
let pooler: PgBouncer | null = null;
let direct = '';
let pooled = '';
const stores: Store[] = [];

// One session, which everybody is given in turn: what one leaves in it, the next one finds.
beforeAll(async () => {
  if (PGBOUNCER === null) return;
  server = await startPostgresServer();
  direct = await server.createDatabase();
  pooler = await startPgBouncer(direct, { sessions: 1 });
  pooled = pooler.through(direct);
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});
afterAll(async () => {
  await pooler?.stop();
  await server?.stop();
});

const needed = ({ skip }: TestContext): void => {
  if (PGBOUNCER === null) skip('pgbouncer was not found');
};

async function open(directUrl: string | null): Promise<Store> {
  const ways = directUrl === null ? {} : { directUrl };
  const store = await openPostgresStore({ world, url: pooled, ...ways });
  stores.push(store);
  return store;
}

const benchOf = (store: Store): StoreBench =>
  new StoreBench(createSteeredWorld(), { store, outside: null, dispose: () => store.close() });

/** Of the one session, as the next one finds it. */
const left = async (way = pooled): Promise<unknown> => {
  const [found] = await execute(
    way,
    'SELECT (SELECT count(*)::int FROM pg_prepared_statements) AS prepared, ' +
      "(SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory') AS locks, " +
      "current_setting('statement_timeout') AS statement, " +
      "current_setting('lock_timeout') AS lock, " +
      "current_setting('idle_in_transaction_session_timeout') AS idle",
  );
  return found;
};

describe('behind PgBouncer in transaction mode', () => {
  it('claims and ends are one each, and nothing is left in the session', async (ctx) => {
    needed(ctx);
    const [one, other] = [benchOf(await open(direct)), benchOf(await open(direct))];
    await one.load(NAMES);
    other.listId = one.listId;
    const taken: string[] = [];
    await Promise.all(
      [one, other].map(async (bench, at) => {
        for (;;) {
          const claimed = await bench.claim({ max: 2, holderId: `holder-${at}` });
          if (claimed.length === 0) return;
          for (const task of claimed) {
            taken.push(task.taskId);
            await bench.finish(task, { kind: 'succeeded' });
          }
        }
      }),
    );
    expect(taken.toSorted()).toEqual(NAMES.toSorted());
    expect(new Set(Object.values(await one.statuses()))).toEqual(new Set(['completed']));
    await one.expectSound();
    expect(await left()).toEqual({ prepared: 0, locks: 0, statement: '0', lock: '0', idle: '0' });
  });

  it('who is not told of the pooler leaves statements in it', async (ctx) => {
    needed(ctx);
    const store = await open(null);
    await store.lists();
    expect(await left()).not.toMatchObject({ prepared: 0 });
    await execute(pooled, 'DEALLOCATE ALL');
  });

  it('notices come by the direct way, and are not needed', async (ctx) => {
    needed(ctx);
    const [teller, listener, looker] = [await open(direct), await open(direct), await open(null)];
    const heard = { listener: 0, looker: 0 };
    const watches = [
      listener.watch(() => {
        heard.listener += 1;
      }),
      looker.watch(() => {
        heard.looker += 1;
      }),
    ];
    const listening = async (): Promise<number> =>
      (await execute(direct, "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN pawl_%'"))
        .length;
    await vi.waitFor(async () => expect(await listening()).toBeGreaterThan(0), { timeout: 10_000 });
    Object.assign(heard, { listener: 0, looker: 0 });
    const bench = benchOf(teller);
    await bench.load(['X'], { path: '/lists/x.md' });
    await vi.waitFor(() => expect(heard.listener).toBeGreaterThan(0), { timeout: 10_000 });
    await vi.waitFor(() => expect(heard.looker).toBeGreaterThan(0), { timeout: 10_000 });
    for (const watch of watches) watch.stop();
  });
});

describe('a database behind PgBouncer', () => {
  it('a store is migrated and made through it, too', async (ctx) => {
    needed(ctx);
    if (server === null || pooler === null) throw new Error('no server');
    const other = await server.createDatabase();
    const through = pooler.through(other);
    const store = await openPostgresStore({ world, url: through, directUrl: other });
    stores.push(store);
    await benchOf(store).load(['A']);
    const client = new Client({ connectionString: other });
    await client.connect();
    expect((await client.query('SELECT count(*)::int AS n FROM task_queue')).rows).toEqual([
      { n: 1 },
    ]);
    await client.end();
  });

  it('a copy is gone on with through it, and leaves nothing in the session', async (ctx) => {
    needed(ctx);
    await (await open(direct)).lists();
    const folder = mkdtempSync(join(tmpdir(), 'pawl-pooled-copy-'));
    const file = { kind: 'file', path: join(folder, 'copy.db') } as const;
    await storeCopier({ world, from: { kind: 'server', url: direct }, to: file }).copy({});
    const empty = pooler?.through((await server?.createDatabase()) ?? '') ?? '';
    const copier = storeCopier({ world, from: file, to: { kind: 'server', url: empty } });
    const stop = new AbortController();
    const broken = copier.copy({ signal: stop.signal, copied: () => stop.abort() });
    await expect(broken).rejects.toMatchObject({ code: 'aborted' });
    const copy = await copier.copy({});
    expect(copy.resumed.kept).toBeGreaterThan(0);
    const clean = { prepared: 0, locks: 0, statement: '0', lock: '0', idle: '0' };
    expect(await left(empty)).toEqual(clean);
    rmSync(folder, { recursive: true });
  });
});
