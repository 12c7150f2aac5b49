import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Intercept } from '../../../src/store/postgres/connection.ts';
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import {
  execute,
  OWN_SERVER,
  type PostgresServer,
  QUIET,
  startPostgresServer,
} from '../../support/postgres-server.ts';
import { createTimelessWorld } from './steered-world.ts';
import { StoreBench } from './store-bench.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const BATCH = 20;
const FEW = 200;
const MANY = 2_000;

let server: PostgresServer;
let url = '';
let holder: Client;

beforeAll(async () => {
  server = await startPostgresServer([
    ...[...QUIET, 'autovacuum=off', 'shared_preload_libraries=pg_stat_statements'],
  ]);
});
afterAll(() => server?.stop());
beforeEach(async () => {
  url = await server.createDatabase();
  holder = new Client({ connectionString: url });
  await holder.connect();
});
afterEach(() => holder.end());

/** How many pages the server read for statements that begin so, be it in its cache. */
async function pagesRead(begin: string): Promise<number> {
  const [read] = await execute(
    url,
    'SELECT coalesce(sum(shared_blks_hit + shared_blks_read), 0)::int AS pages ' +
      'FROM pg_stat_statements ' +
      'WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ' +
      `AND query LIKE '${begin}%'`,
  );
  return Number(read?.['pages']);
}

async function openBench(intercept?: Intercept): Promise<StoreBench> {
  // Its clock stands, so that no list is looked at as a whole because a second is over.
  const world = { ...createRealWorld(), clock: createTimelessWorld().clock };
  const more = intercept === undefined ? {} : { intercept };
  const store = await openPostgresStore({ world, url, ...more });
  return new StoreBench(world as never, { store, outside: null, dispose: () => store.close() });
}

/** Works `count` tasks; gives how many pages were read for each claim with its finishes. */
async function pagesOfWork(bench: StoreBench, count: number): Promise<number> {
  const before = await pagesRead('WITH now AS');
  for (let worked = 0; worked < count; worked += BATCH) {
    const claimed = await bench.claim({ max: BATCH, maxConcurrent: BATCH });
    expect(claimed).toHaveLength(BATCH);
    const ended = claimed.map((task) => bench.finish(task, { kind: 'succeeded' }));
    for (const { kind } of await Promise.all(ended)) expect(kind).toBe('finished');
  }
  return ((await pagesRead('WITH now AS')) - before) / (count / BATCH);
}

/** How many times as many pages a claim and its finishes read once much is dead. */
async function growthOfWork(intercept?: Intercept): Promise<number> {
  await execute(url, 'CREATE EXTENSION pg_stat_statements');
  const bench = await openBench(intercept);
  await bench.load(Array.from({ length: MANY + 3 * FEW }, (_, at) => `T${at}`));
  // As autovacuum does: a plan that knows how many rows are ready is another one.
  await execute(url, 'ANALYZE');
  await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
  await pagesOfWork(bench, FEW);
  const few = await pagesOfWork(bench, FEW);
  await pagesOfWork(bench, MANY);
  const many = await pagesOfWork(bench, FEW);
  await bench.expectSound();
  await bench.fresh.dispose();
  return many / few;
}

const WORD = 'WITH gone AS';

async function pagesOfWords(bench: StoreBench, count: number): Promise<number> {
  const before = await pagesRead(WORD);
  for (let nth = 0; nth < count; nth += 1) {
    await bench.store.acquireLock({ name: `l${nth}`, holderId: 'h', ttlMs: 60_000 });
    await bench.store.releaseLock({ name: `l${nth}`, holderId: 'h', fence: 1 });
  }
  return ((await pagesRead(WORD)) - before) / count;
}

/** The same for the word in the ledger that each transaction leaves. */
async function growthOfWords(intercept?: Intercept): Promise<number> {
  await execute(url, 'CREATE EXTENSION pg_stat_statements');
  const bench = await openBench(intercept);
  await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
  // Until the index has the depth that it keeps.
  await pagesOfWords(bench, 250);
  const few = await pagesOfWords(bench, 20);
  await pagesOfWords(bench, 250);
  const many = await pagesOfWords(bench, 20);
  await bench.fresh.dispose();
  return many / few;
}

describe.runIf(OWN_SERVER)('while nobody does', () => {
  it('a claim remembers nothing: what is dead is cleaned up on the way', async () => {
    await execute(url, 'CREATE EXTENSION pg_stat_statements');
    let remembering = 0;
    const bench = await openBench((sql) => {
      if (sql.includes('look AS')) remembering += 1;
      return undefined;
    });
    await bench.load(Array.from({ length: MANY }, (_, at) => `T${at}`));
    await pagesOfWork(bench, MANY);
    expect(remembering).toBe(0);
    await bench.fresh.dispose();
  });
});

describe.runIf(OWN_SERVER)('while somebody keeps an old snapshot', () => {
  it('a claim reads no more pages the more tasks were worked meanwhile', async () => {
    expect(await growthOfWork()).toBeLessThan(1.1);
  });

  it('without what it remembers it does', async () => {
    const forgetful = (sql: string) =>
      sql.replace('coalesce(seq >= $16::bigint', 'coalesce($16::bigint IS NULL AND false');
    const growth = await growthOfWork((sql) =>
      sql.startsWith('WITH now AS') ? forgetful(sql) : undefined,
    );
    expect(growth).toBeGreaterThan(1.2);
  });

  it('a commit reads no more pages the more there were before it', async () => {
    // An index that became one level deeper.
    expect(await growthOfWords()).toBeLessThan(1.2);
  });

  it('under a key that stays the same its word does', async () => {
    const growth = await growthOfWords((sql) =>
      sql.startsWith(WORD)
        ? `${WORD} (SELECT $4::text[]) INSERT INTO requests ` +
          '(scope, key, input_hash, result_json, expires_at_ms) ' +
          "VALUES ('commit', left($1, 36), '', $2, $3) ON CONFLICT (scope, key) " +
          'DO UPDATE SET result_json = excluded.result_json'
        : undefined,
    );
    expect(growth).toBeGreaterThan(1.4);
  });
});
