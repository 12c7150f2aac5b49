import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { testDepth } from '../../support/test-depth.ts';
import { createSteeredWorld } from './steered-world.ts';
import { StoreBench } from './store-bench.ts';

const ROWS = 10_000;

/** Bringing the places of rows to those of their lines. */
describe('rows that stand elsewhere', () => {
  const ran: string[] = [];
  let bench: StoreBench;

  beforeEach(async () => {
    const world = createSteeredWorld();
    const intercept = (sql: string) => void ran.push(sql);
    const store = await openSqliteStore({ world, path: ':memory:', intercept });
    bench = new StoreBench(world, { store, outside: null, dispose: () => store.close() });
  });
  afterEach(() => bench.store.close());

  const placed = async (): Promise<readonly (readonly [string, number])[]> =>
    (await bench.store.tasks({ listId: bench.listId })).map((task) => [task.taskId, task.position]);

  it(`because one was inserted above ${ROWS} of them are placed by one statement`, async () => {
    const ids = Array.from({ length: ROWS }, (_, index) => `T-${index}`);
    await bench.load(ids);
    ran.length = 0;
    expect(await bench.load(['X', ...ids])).toMatchObject({ added: 1, updated: 0, moved: 0 });
    expect(ran.filter((sql) => sql.startsWith('UPDATE task_queue'))).toHaveLength(1);
    expect(await placed()).toEqual(['X', ...ids].map((id, index) => [id, index + 1]));
    expect(await bench.task('T-0')).toMatchObject({ position: 2, line: 2 });
    ran.length = 0;
    expect(await bench.load(['X', ...ids])).toMatchObject({ added: 0, updated: 0, moved: 0 });
    expect(ran.filter((sql) => sql.includes('SET position'))).toEqual([]);
  });

  it('have the places of the file after any edit, in stretches or row by row', async () => {
    const ids = Array.from({ length: 150 }, (_, index) => `T-${index}`);
    const few = fc.array(fc.tuple(fc.nat(149), fc.nat(149)), { maxLength: 4 }).map((swaps) => {
      const order = [...ids];
      for (const [from, to] of swaps) order.splice(to, 0, ...order.splice(from, 1));
      return order;
    });
    const many = fc.shuffledSubarray(ids, { minLength: 100 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(few, many), { maxLength: 4 }), async (orders) => {
        for (const order of orders) {
          await bench.load(order);
          expect(await placed()).toEqual(order.map((id, index) => [id, index + 1]));
        }
        await bench.expectSound();
      }),
      { numRuns: testDepth.pick({ reduced: 15, full: 300 }) },
    );
  });
});

describe('rows of which two were given one place by other programs', () => {
  it('are placed row by row', async () => {
    const world = createSteeredWorld();
    const store = await openSqliteStore({ world, path: ':memory:' });
    const bench = new StoreBench(world, { store, outside: null, dispose: () => store.close() });
    const at = (taskId: string, position: number) => ({ taskId, position, line: position });
    await bench.load([at('A', 1), at('B', 1), at('C', 2), at('D', 3)]);
    await bench.load(['X', 'A', 'B', 'C', 'D']);
    const tasks = await store.tasks({ listId: bench.listId });
    expect(tasks.map((task) => task.taskId)).toEqual(['X', 'A', 'B', 'C', 'D']);
    await store.close();
  });
});
