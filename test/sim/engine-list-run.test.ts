import { describe, expect, it } from 'vitest';
import { PawlError } from '../../src/domain/errors.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { ListScene, type SceneOptions } from './support/list-scene.ts';
import { SceneRun, type SceneRunOptions } from './support/scene-run.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const tasks = Array.from({ length: 6 }, (_, index) => ({ id: `T${index + 1}` }));

async function open(options: Partial<SceneOptions> = {}) {
  const scene = await ListScene.open({ tasks, script: () => ({ takesMs: MINUTE_MS }), ...options });
  const start = async (input: SceneRunOptions = {}): Promise<SceneRun> => {
    const run = new SceneRun(scene, input);
    await scene.do(run.run.start());
    return run;
  };
  const ended = async (run: SceneRun, withinMs = HOUR_MS) => {
    await scene.simulation.runUntil(() => run.end !== null, withinMs);
    return run.end;
  };
  return { scene, start, ended };
}

const FINISHED = { kind: 'finished', workLeft: false };

describe('a second run of a list', () => {
  it('watches the first, tells the same, and ends with it', async () => {
    const { scene, start, ended } = await open();
    const [first, second] = [await start(), await start()];
    expect([first.role, second.role]).toEqual(['executes', 'watches']);
    await scene.simulation.run(10_000);
    expect(second.run.active().map(({ taskId }) => taskId)).toEqual(['T1', 'T2', 'T3']);
    expect(await ended(second)).toEqual(FINISHED);
    expect(first.end).toEqual(FINISHED);
    for (const { id } of tasks) {
      expect(first.told(id)).toEqual(['completed']);
      expect(second.told(id)).toEqual(['completed']);
    }
    const begun = second.events.filter((event) => event.kind === 'task:started');
    expect(begun).toHaveLength(6);
  });

  it('takes over when the first dies, adopts its agents, and tells each outcome once', async () => {
    const { scene, start, ended } = await open();
    const [first, second] = [await start(), await start()];
    await scene.simulation.run(90_000);
    first.process.kill();
    expect(await ended(second)).toEqual(FINISHED);
    expect(scene.ran).toHaveLength(6);
    for (const { id } of tasks) expect(second.told(id)).toEqual(['completed']);
  });

  it('takes over at any moment of the first one’s death, and tells each outcome once', async () => {
    for (let atMs = 59_990; atMs < 60_030; atMs += 2) {
      const { scene, start, ended } = await open();
      const [first, second] = [await start(), await start()];
      scene.simulation.after(atMs - scene.simulation.elapsedMs, () => first.process.kill());
      expect(await ended(second)).toEqual(FINISHED);
      expect(scene.ran).toHaveLength(6);
      for (const { id } of tasks) {
        // One that was claimed, and whose agent had not begun, goes back first.
        const told = second.told(id).filter((kind) => kind !== 'requeued');
        expect(told).toEqual(['completed']);
      }
    }
  });

  it('leaves a list paused that was paused when its executor died', async () => {
    const { scene, start, ended } = await open();
    const [first, second] = [await start(), await start()];
    await scene.simulation.run(10_000);
    await scene.setStatus('paused');
    await scene.simulation.run(1_000);
    first.process.kill();
    await scene.simulation.run(HOUR_MS);
    expect(second.role).toBe('executes');
    expect(scene.ran).toHaveLength(3);
    await scene.setStatus('running');
    expect(await ended(second)).toEqual(FINISHED);
  });

  it('stops a list for good whose executor died before it could', async () => {
    const { scene, start, ended } = await open();
    const [first, second] = [await start(), await start()];
    await scene.simulation.run(10_000);
    first.process.suspend();
    await scene.setStatus('stopped');
    first.process.kill();
    expect(await ended(second)).toEqual({ kind: 'stopped' });
    expect(scene.programs.living).toEqual([]);
    expect(new Set(Object.values(await scene.statuses()))).toEqual(new Set(['queued']));
  });

  it('watches on while the store does not answer', async () => {
    const { scene, start, ended } = await open();
    await start();
    let isBusy = false;
    const second = await start({ store: (store) => refusing(store, () => isBusy, 'store_busy') });
    await scene.simulation.run(10_000);
    isBusy = true;
    await scene.simulation.run(30_000);
    isBusy = false;
    expect(await ended(second)).toEqual(FINISHED);
    for (const { id } of tasks) expect(second.told(id)).toEqual(['completed']);
  });

  it('goes at once when told to, and disturbs nobody', async () => {
    const { scene, start, ended } = await open();
    const [first, second] = [await start(), await start()];
    await scene.simulation.run(10_000);
    void second.run.endAgents();
    expect(await ended(second, 1_000)).toMatchObject({ kind: 'left' });
    expect(await ended(first)).toEqual(FINISHED);
  });
});

describe('a run', () => {
  it('that was stopped past its lease loses the list to a watcher, and becomes one', async () => {
    const { scene, start, ended } = await open({ script: () => ({ takesMs: 10 * MINUTE_MS }) });
    const [first, second] = [await start(), await start()];
    await scene.simulation.run(MINUTE_MS);
    first.process.suspend();
    await scene.simulation.run(3 * MINUTE_MS);
    expect(second.role).toBe('executes');
    first.process.resume();
    await scene.simulation.run(MINUTE_MS);
    expect(first.role).toBe('watches');
    expect(await ended(first)).toEqual(FINISHED);
    expect(await ended(second)).toEqual(FINISHED);
    expect(scene.ran).toHaveLength(6);
    for (const { id } of tasks) expect(first.told(id)).toEqual(['completed']);
  });

  it('takes the role of a dead process at once, without waiting for its lock', async () => {
    const { scene, start, ended } = await open();
    const first = await start();
    await scene.simulation.run(10_000);
    first.process.kill();
    const second = await start();
    expect(second.role).toBe('executes');
    expect(await ended(second)).toEqual(FINISHED);
    expect(scene.simulation.elapsedMs).toBeLessThan(125_000);
  });

  it('leaves when told to while it is only just starting', async () => {
    for (let afterEvents = 0; afterEvents < 12; afterEvents += 1) {
      const { scene, ended } = await open();
      const run = new SceneRun(scene);
      let points = 0;
      scene.simulation.atPoints((_point, process) => {
        if (process !== run.process) return;
        points += 1;
        if (points === afterEvents + 1) void run.run.leave();
      });
      void run.run.start();
      expect(await ended(run, 5_000)).toMatchObject({ kind: 'left' });
    }
  });

  it('whose store was lost goes on with the rebuilt one, repeating nothing', async () => {
    const { scene, start, ended } = await open();
    let isLost = false;
    const run = await start({
      store: (store) => refusing(store, () => isLost, 'store_corrupt'),
      rebuild: async () => {
        const store = await openSqliteStore({ world: scene.simulation.world, path: ':memory:' });
        const listId = await scene.loadInto(store, await scene.statuses());
        return { store, listId };
      },
    });
    await scene.simulation.run(70_000);
    expect(scene.ran).toHaveLength(6);
    isLost = true;
    expect(await ended(run)).toEqual(FINISHED);
    const again = scene.ran.slice(6).toSorted();
    expect(again).toEqual(['T4', 'T5', 'T6']);
    expect(run.events.filter((event) => event.kind === 'executor:complete')).toHaveLength(1);
  });

  it('gives up on a store that is lost again and again', async () => {
    const { scene, start, ended } = await open();
    const lost = (store: Store): Store => refusing(store, () => true, 'store_corrupt');
    let isLost = false;
    const run = await start({
      store: (store) => refusing(store, () => isLost, 'store_corrupt'),
      rebuild: () => Promise.resolve({ store: lost(scene.store), listId: scene.listId }),
    });
    await scene.simulation.run(10_000);
    isLost = true;
    expect(await ended(run)).toMatchObject({ kind: 'error', error: { code: 'store_corrupt' } });
  });
});

/** The store whose every call fails while `isRefusing`. */
function refusing(
  store: Store,
  isRefusing: () => boolean,
  code: 'store_busy' | 'store_corrupt',
): Store {
  return new Proxy(store, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (key === 'watch') return value.bind(target);
      return async (...args: readonly unknown[]) => {
        if (isRefusing()) throw new PawlError(code, `${String(key)} is refused`);
        return await Reflect.apply(value, target, args);
      };
    },
  });
}
