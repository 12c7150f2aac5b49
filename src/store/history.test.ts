import { afterEach, expect, it } from 'vitest';
import { DiskBench } from '../../test/contract/store/disk-bench.ts';
import { FAILED } from '../../test/contract/store/store-bench.ts';
import { evolve } from '../domain/evolve.ts';
import { NEW_TASK } from '../domain/task.ts';

const disk = new DiskBench();
afterEach(() => disk.clear());

it('what a queue was at any moment is told from its events up to then', async () => {
  const bench = await disk.openBench();
  const moments: { readonly seq: number; readonly statuses: unknown }[] = [];
  const look = async (): Promise<void> => {
    const seq = (await bench.store.events({})).at(-1)?.seq ?? 0;
    moments.push({ seq, statuses: await bench.statuses() });
  };
  await bench.load(['A', { taskId: 'B', after: ['A'] }, 'C', 'D']);
  await look();
  const claimed = await bench.take('A');
  await look();
  await bench.finish(claimed, FAILED, { limits: { attemptsMax: 1 } });
  await bench.change('cancel', 'C');
  await look();
  await bench.change('retry', 'A');
  await bench.end('A');
  await bench.change('complete', 'D');
  await look();
  await bench.change('requeue', 'A', { confirmed: true, cascade: true });
  await look();

  const events = await bench.store.events({});
  for (const { seq, statuses } of moments) {
    const then: Record<string, unknown> = {};
    const states = new Map<string, ReturnType<typeof evolve>>();
    for (const { taskId, task, event, atMs } of events.filter((one) => one.seq <= seq)) {
      const state = evolve(states.get(task) ?? NEW_TASK, event, atMs);
      states.set(task, state);
      then[taskId] = state.status;
    }
    expect(then).toEqual(statuses);
  }
});
