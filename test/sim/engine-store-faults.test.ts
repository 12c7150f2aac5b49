import { describe, expect, it } from 'vitest';
import { PawlError } from '../../src/domain/errors.ts';
import type { ExecutionEvent } from '../../src/engine/execution.ts';
import type { Store } from '../../src/store/store.ts';
import { ListScene, type SceneOptions } from './support/list-scene.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const tasks = Array.from({ length: 6 }, (_, index) => ({ id: `T${index + 1}` }));
const WRITES = ['claimNext', 'heartbeat', 'adoptAttempt', 'finishAttempt', 'promoteDue'];

/** The store with another answer to some of its calls. */
function answering(
  store: Store,
  answer: (verb: string, call: () => Promise<unknown>) => Promise<unknown>,
): Store {
  return new Proxy(store, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function' || key === 'watch') {
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return (...args: readonly unknown[]) =>
        answer(String(key), () => Reflect.apply(value, target, args) as Promise<unknown>);
    },
  });
}

/** A scene whose store can be made unable to write. */
async function openWithDisk(options: SceneOptions) {
  const scene = await ListScene.open(options);
  const disk = { isFull: false };
  const store = (real: Store): Store =>
    answering(real, async (verb, call) => {
      if (disk.isFull && WRITES.includes(verb)) throw new PawlError('store_full', 'disk is full');
      return await call();
    });
  return { scene, disk, run: await scene.start({ store }) };
}

const troublesOf = (events: readonly ExecutionEvent[]): readonly string[] =>
  events.flatMap((event) => (event.kind === 'trouble' ? [event.error.code] : []));

describe('a full disk', () => {
  it('for an hour stops nobody: agents go on, and their results are accepted after', async () => {
    const { scene, disk, run } = await openWithDisk({
      tasks,
      script: ({ taskId }) => ({ takesMs: Number(taskId.slice(1)) * MINUTE_MS, result: SUMMARY }),
    });
    await scene.simulation.run(30_000);
    disk.isFull = true;
    await scene.simulation.run(HOUR_MS);
    expect(run.end).toBe(null);
    expect(scene.programs.runs.filter(({ exit }) => exit?.kind === 'exited')).toHaveLength(3);
    expect(Object.values(await scene.statuses())).not.toContain('completed');
    disk.isFull = false;
    expect(await run.ended()).toEqual({ kind: 'finished', workLeft: false });
    expect(scene.ran).toHaveLength(6);
    expect(await scene.task('T1')).toMatchObject({ attempts: 1, resultSummary: 'did it' });
    expect(troublesOf(run.events)).toContain('store_full');
    expect(troublesOf(run.events).length).toBeLessThan(200);
    expect(await scene.do(scene.store.audit())).toEqual([]);
  });

  it('does not keep a process from leaving: the results wait for the next one', async () => {
    const { scene, disk, run } = await openWithDisk({
      tasks,
      script: () => ({ takesMs: MINUTE_MS }),
    });
    await scene.simulation.run(30_000);
    disk.isFull = true;
    await scene.simulation.run(5 * MINUTE_MS);
    void run.executor.leave();
    expect((await run.ended(MINUTE_MS)).kind).toBe('left');
    disk.isFull = false;
    await (await scene.start()).ended();
    expect(scene.ran).toHaveLength(6);
  });

  it('that refuses an attempt its folder is waited for, not charged to the task', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: MINUTE_MS }) });
    scene.simulation.files.refuse('/project/.pawl/attempts', 'ENOSPC');
    const run = await scene.start();
    await scene.simulation.run(HOUR_MS);
    expect(run.end).toBe(null);
    expect(scene.programs.runs).toHaveLength(0);
    scene.simulation.files.refuse('/project/.pawl/attempts', null);
    expect(await run.ended()).toEqual({ kind: 'finished', workLeft: false });
    expect(await scene.task('T1')).toMatchObject({ attempts: 1, claims: 1 });
  });

  it('does not keep a task from being cancelled, nor a list from being stopped', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: MINUTE_MS }) });
    scene.simulation.files.refuse('/project/.pawl/attempts', 'EACCES');
    const run = await scene.start();
    await scene.simulation.run(MINUTE_MS);
    await scene.change('T2', 'cancel');
    await scene.simulation.run(15_000);
    expect(await scene.task('T2')).toMatchObject({ status: 'cancelled' });
    await scene.setStatus('stopped');
    expect(await run.ended(MINUTE_MS)).toEqual({ kind: 'stopped' });
  });
});

describe('a store', () => {
  it('that loses its answer to a claim: the task is not lost with it', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: 1_000 }) });
    let claims = 0;
    const run = await scene.start({
      store: (real) =>
        answering(real, async (verb, call) => {
          const answer = await call();
          if (verb === 'claimNext' && ++claims === 1) throw new PawlError('store_io', 'no answer');
          return answer;
        }),
    });
    expect(await run.ended(10 * MINUTE_MS)).toEqual({ kind: 'finished', workLeft: false });
    expect(scene.ran).toHaveLength(6);
    expect(await scene.task('T1')).toMatchObject({ attempts: 1, crashCount: 0 });
  });

  it('that is away behind a claim: nothing is begun that is another’s by then', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }],
      script: () => ({ takesMs: HOUR_MS }),
    });
    const back = Promise.withResolvers<void>();
    const late = await scene.start({
      store: (real) =>
        answering(real, async (verb, call) => {
          if (verb === 'task') await back.promise;
          return await call();
        }),
    });
    await scene.simulation.run(1_000);
    late.executor.drain();
    await scene.start();
    await scene.untilRunning('T1');
    back.resolve();
    await scene.simulation.run(1_000);
    expect(late.events.map(({ kind }) => kind)).not.toContain('task:started');
    expect(await scene.events('T1')).not.toContain('late_result');
    expect(scene.ran).toEqual(['T1']);
  });

  it('that loses its answer to an outcome: it is repeated, and answered the same', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: 1_000 }) });
    let calls = 0;
    const run = await scene.start({
      store: (real) =>
        answering(real, async (verb, call) => {
          const answer = await call();
          if (verb === 'finishAttempt' && ++calls % 2 === 1) {
            throw new PawlError('store_io', 'no answer');
          }
          return answer;
        }),
    });
    await run.ended();
    expect(scene.ran).toHaveLength(6);
    expect(run.told('T1')).toEqual(['completed']);
  });

  it('that is busy for a while at every call slows the list down and stops nothing', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: 1_000 }) });
    let calls = 0;
    const run = await scene.start({
      store: (real) =>
        answering(real, async (verb, call) => {
          calls += 1;
          if (calls % 3 !== 0) throw new PawlError('store_busy', `${verb} is refused`);
          return await call();
        }),
    });
    expect(await run.ended()).toEqual({ kind: 'finished', workLeft: false });
    expect(scene.ran).toHaveLength(6);
  });

  it('that is damaged ends the run with its error, and leaves the agents alone', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: HOUR_MS }) });
    let damaged = false;
    const run = await scene.start({
      store: (real) =>
        answering(real, async (_verb, call) => {
          if (damaged) throw new PawlError('store_corrupt', 'the database image is malformed');
          return await call();
        }),
    });
    await scene.simulation.run(MINUTE_MS);
    damaged = true;
    const end = await run.ended(MINUTE_MS);
    expect(end).toMatchObject({ kind: 'error', error: { code: 'store_corrupt' } });
    expect(scene.programs.living).toHaveLength(3);
  });

  it('that is damaged while it is looked at: nothing is claimed after the end', async () => {
    const scene = await ListScene.open({ tasks });
    const answer = Promise.withResolvers<void>();
    let looks = 0;
    const run = await scene.start({
      store: (real) =>
        answering(real, async (verb, call) => {
          if (verb === 'heartbeat') throw new PawlError('store_corrupt', 'it is malformed');
          if (verb === 'control' && ++looks > 1) await answer.promise;
          return await call();
        }),
    });
    expect((await run.ended(MINUTE_MS)).kind).toBe('error');
    answer.resolve();
    await scene.simulation.run(MINUTE_MS);
    expect(Object.values(await scene.statuses())).not.toContain('running');
    expect(run.events.map(({ kind }) => kind)).not.toContain('task:started');
  });
});

const SUMMARY = { summary: 'did it' };
