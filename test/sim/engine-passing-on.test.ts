import { describe, expect, it } from 'vitest';
import { PawlError } from '../../src/domain/errors.ts';
import type { Store } from '../../src/store/store.ts';
import { ListScene } from './support/list-scene.ts';

const MINUTE_MS = 60_000;
const tasks = Array.from({ length: 6 }, (_, at) => ({ id: `T${at + 1}` }));
const oneAtATime = { maxConcurrent: 1 };

/** Notes which ends were on their way when a claim was asked for that brought something. */
function spied(store: Store, beside: string[][]): Store {
  const ending = new Set<string>();
  return {
    ...store,
    finishAttempt: async (input, call) => {
      ending.add(input.id);
      try {
        return await store.finishAttempt(input, call);
      } finally {
        ending.delete(input.id);
      }
    },
    claimNext: async (input, call) => {
      const before = [...ending];
      const claimed = await store.claimNext(input, call);
      if (claimed.length > 0) beside.push(before);
      return claimed;
    },
  };
}

describe('an attempt that ends', () => {
  it('passes its place on to the next task, in the same commit', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: MINUTE_MS }) });
    const beside: string[][] = [];
    const store = (one: Store): Store => spied(one, beside);
    const run = await scene.start({ options: oneAtATime, store });
    expect(await run.ended(10 * MINUTE_MS)).toEqual({ kind: 'finished', workLeft: false });
    expect(beside.map((ends) => ends.length)).toEqual([0, 1, 1, 1, 1, 1]);
    const events = await scene.do(scene.store.events({ listId: scene.listId }));
    const told = events.flatMap(({ event, taskId, atMs }) =>
      event.kind === 'claimed' || event.kind === 'completed' ? [{ taskId, atMs }] : [],
    );
    for (let at = 1; at + 1 < told.length; at += 2) {
      expect(told[at + 1]?.atMs).toBe(told[at]?.atMs);
    }
  });

  it('leaves its place to whoever comes first where a limit may keep others waiting', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: MINUTE_MS }) });
    const limit = { kind: 'agent', name: 'command', maxRunning: 1 } as const;
    await scene.do(scene.store.setLimit(limit));
    const beside: string[][] = [];
    const run = await scene.start({ store: (one) => spied(one, beside) });
    expect(await run.ended(10 * MINUTE_MS)).toEqual({ kind: 'finished', workLeft: false });
    expect(beside).toEqual(tasks.map(() => []));
  });

  it('passes it on once, however often its end is tried', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: MINUTE_MS }) });
    let [failures, claims] = [8, 0];
    const store = (one: Store): Store => ({
      ...one,
      finishAttempt: async (input, call) => {
        failures -= 1;
        if (failures >= 0) throw new PawlError('store_busy', 'not yet');
        return await one.finishAttempt(input, call);
      },
      claimNext: async (input, call) => {
        if (failures >= 0 && failures < 8) claims += 1;
        return await one.claimNext(input, call);
      },
    });
    const run = await scene.start({ options: oneAtATime, store });
    expect(await run.ended(10 * MINUTE_MS)).toEqual({ kind: 'finished', workLeft: false });
    expect(claims).toBe(1);
  });

  it('is told before the next one’s beginning', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: MINUTE_MS }) });
    const run = await scene.start({ options: oneAtATime });
    await run.ended(10 * MINUTE_MS);
    const kinds = run.events.map(({ kind }) => kind).filter((kind) => kind.startsWith('task:'));
    const each = ['task:started', 'task:completed'];
    expect(kinds.filter((kind) => each.includes(kind))).toEqual(tasks.flatMap(() => each));
  });

  it('passes nothing on while the executor drains, or once the list is paused', async () => {
    for (const stop of ['drain', 'pause'] as const) {
      const scene = await ListScene.open({ tasks, script: () => ({ takesMs: MINUTE_MS }) });
      const run = await scene.start({ options: oneAtATime });
      await scene.simulation.run(MINUTE_MS / 2);
      if (stop === 'drain') run.executor.drain();
      else await scene.setStatus('paused');
      await scene.simulation.run(5 * MINUTE_MS);
      expect(scene.ran).toHaveLength(1);
    }
  });

  it('takes first what it has made ready, though lesser tasks were ready before', async () => {
    const chain = [
      ...[{ id: 'A' }, { id: 'B', needs: ['A'] }, { id: 'C', needs: ['B'] }],
      { id: 'Z', priority: 'P4' as const },
    ];
    const scene = await ListScene.open({ tasks: chain });
    const beside: string[][] = [];
    const run = await scene.start({ options: oneAtATime, store: (one) => spied(one, beside) });
    await run.ended(MINUTE_MS);
    expect(beside.map((ends) => ends.length)).toEqual([0, 1, 1, 1]);
    const started = run.events.flatMap((event) =>
      event.kind === 'task:started' ? [event.attempt.taskId] : [],
    );
    expect(started).toEqual(['A', 'B', 'C', 'Z']);
  });
});
