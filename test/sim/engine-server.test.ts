import { describe, expect, it } from 'vitest';
import { PawlError } from '../../src/domain/errors.ts';
import type { Store } from '../../src/store/store.ts';
import { ListScene, type SceneOptions } from './support/list-scene.ts';
import { SceneServer, type SceneServerOptions } from './support/scene-server.ts';

const MINUTE_MS = 60_000;
const TASKS = Array.from({ length: 12 }, (_, at) => ({ id: `T${at + 1}` }));

async function openScene(
  script: NonNullable<SceneOptions['script']>,
  tasks: SceneOptions['tasks'] = TASKS,
): Promise<ListScene> {
  const scene = await ListScene.open({ tasks, options: { maxConcurrent: 100 }, script });
  await scene.setStatus('running');
  return scene;
}

async function start(scene: ListScene, options: SceneServerOptions): Promise<SceneServer> {
  const one = new SceneServer(scene, options);
  await scene.do(one.server.start());
  return one;
}

describe('a server', () => {
  it('that takes over more than it has room for passes no place on until it has', async () => {
    const scene = await openScene(({ taskId }) => ({
      takesMs: MINUTE_MS + Number(taskId.slice(1)) * 1_000,
    }));
    const former = await start(scene, { capacity: 4 });
    await scene.untilRunning('T4');
    former.process.kill();
    await scene.simulation.run(1_000);
    const heir = await start(scene, { capacity: 2 });
    expect(heir.server.active()).toHaveLength(4);
    await scene.simulation.run(1.5 * MINUTE_MS);
    expect(heir.server.active()).toHaveLength(2);
    await scene.simulation.runUntil(() => heir.end !== null);
    expect(heir.end).toEqual({ kind: 'finished', workLeft: false });
    expect(scene.ran).toHaveLength(TASKS.length);
  });

  it.each(['leave', 'endAgents'] as const)(
    'that is told to %s while it is set up for a list claims nothing more of it',
    async (how) => {
      const scene = await openScene(() => ({ takesMs: MINUTE_MS }));
      const { server, events } = await start(scene, { capacity: 2, prepareMs: 1_000 });
      await scene.simulation.run(500);
      await scene.do(server[how]());
      await scene.simulation.run(MINUTE_MS / 2);
      expect(events.map(({ kind }) => kind)).toEqual(['executor:started', 'executor:complete']);
      expect(Object.values(await scene.statuses())).not.toContain('running');
    },
  );

  it('whose claim came in vain misses nothing that has come since it was asked', async () => {
    const scene = await openScene(() => ({ takesMs: MINUTE_MS }), TASKS.slice(0, 1));
    const answer = Promise.withResolvers<void>();
    const store = (one: Store): Store => ({
      ...one,
      claimNext: async (input, call) => {
        const claimed = await one.claimNext(input, call);
        if (claimed.length === 0) await answer.promise;
        return claimed;
      },
    });
    await start(scene, { capacity: 1, store });
    await scene.untilRunning('T1');
    await scene.simulation.run(MINUTE_MS);
    await scene.load(TASKS);
    await scene.simulation.run(1_000);
    answer.resolve();
    await scene.simulation.run(1_000);
    expect(scene.ran).toEqual(['T1', 'T2']);
  });

  it('that fails claims nothing more', async () => {
    const scene = await openScene(() => ({ takesMs: MINUTE_MS }));
    const store = (one: Store): Store => ({
      ...one,
      heartbeat: (() => {
        let beats = 0;
        return (input, call) => {
          beats += 1;
          if (beats > 2) throw new PawlError('store_corrupt', 'the database image is malformed');
          return one.heartbeat(input, call);
        };
      })(),
    });
    const run = await start(scene, { capacity: 2, prepareMs: 20_000, store });
    await scene.simulation.runUntil(() => run.end !== null);
    expect(run.end).toMatchObject({ kind: 'error' });
    await scene.simulation.run(MINUTE_MS / 2);
    expect(Object.values(await scene.statuses())).not.toContain('running');
  });
});
