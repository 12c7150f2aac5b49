import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import type { ClaimedTask, Store } from '../../../src/store/store.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import { type PostgresServer, startPostgresServer } from '../../support/postgres-server.ts';
import { testDepth } from '../../support/test-depth.ts';
import { LEASE_MS, listOf } from './store-bench.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MOST = 2;
const ROUNDS = testDepth.pick({ reduced: 8, full: 200 });
const NAMES = Array.from({ length: ROUNDS * MOST * 2 }, (_, at) => `T${at}`);

let server: PostgresServer;
let stores: readonly Store[] = [];
let listId = '';

beforeAll(async () => {
  server = await startPostgresServer();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  const url = await server.createDatabase();
  const open = () => openPostgresStore({ world: createRealWorld(), url });
  stores = [await open(), await open()];
  listId = (await first().loadList(listOf(NAMES))).list.listId;
  await first().setExecutor({ listId, status: 'running' });
});
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
});

const first = (): Store => stores[0] as Store;
const claim = (store: Store, max: number): Promise<readonly ClaimedTask[]> =>
  store.claimNext({
    ...{ listId, holderId: 'h', max, maxConcurrent: 1_000, minPriority: 'P4' },
    ...{ defaultAgent: null, leaseMs: LEASE_MS },
  });

/** Both claim at the same moments, and finish what they got; gives the most that ran at once. */
async function mostAtOnce(take: (store: Store) => Promise<readonly ClaimedTask[]>) {
  let most = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const claimed = (await Promise.all(stores.map(take))).flat();
    most = Math.max(most, (await first().limits()).running);
    for (const { id, fence } of claimed) {
      const policy = { attemptsMax: 1, crashesMax: 1, revisionsMax: 1 };
      const delays = { retryDelayMs: 1, retryDelayMaxMs: 1 };
      const outcome = { kind: 'succeeded' } as const;
      await first().finishAttempt({ id, fence, outcome, policy: { ...policy, ...delays } });
    }
  }
  return most;
}

describe('a limit of all lists, with two who claim at once', () => {
  it('is never exceeded, and is used up', async () => {
    await first().setLimit({ kind: 'global', name: '', maxRunning: MOST });
    expect(await mostAtOnce((store) => claim(store, MOST))).toBe(MOST);
  });

  it('(negative control) is exceeded by a claim that counts before its transaction', async () => {
    const countFirst = async (store: Store): Promise<readonly ClaimedTask[]> => {
      const { running } = await store.limits();
      return running >= MOST ? [] : await claim(store, MOST - running);
    };
    expect(await mostAtOnce(countFirst)).toBeGreaterThan(MOST);
  });
});
