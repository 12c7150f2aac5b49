import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { claimAndFinish } from '../store/callers.ts';

/**
 * A process that claims and finishes every task of a list, and prints after each step what lives
 * in memory and what the system has given:
 * `node --expose-gc claim-all.ts DATABASE LIST TASKS STEPS`.
 */
const [path = '', listId = '', tasks = '', steps = ''] = process.argv.slice(2);
const store = await openSqliteStore({ world: createRealWorld(), path });
await store.setExecutor({ listId, status: 'running' });
for (let step = 0; step < Number(steps); step += 1) {
  await claimAndFinish(store, listId, Number(tasks) / Number(steps));
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  console.log(`${heapUsed + external} ${rss}`);
}
await store.close();
