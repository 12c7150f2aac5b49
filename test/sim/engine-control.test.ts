import { describe, expect, it } from 'vitest';
import { rememberOption } from '../../src/config/stored-options.ts';
import type { Store } from '../../src/store/store.ts';
import { ListScene } from './support/list-scene.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const tasks = Array.from({ length: 6 }, (_, index) => ({ id: `T${index + 1}` }));
const counted = (statuses: Readonly<Record<string, string>>, status: string): number =>
  Object.values(statuses).filter((one) => one === status).length;

describe('a person at a list that is executed', () => {
  it('pauses it: agents go on to their end, none is started, until it is resumed', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: MINUTE_MS }) });
    const run = await scene.start();
    await scene.simulation.run(1_000);
    await scene.setStatus('paused');
    await scene.simulation.run(HOUR_MS);
    expect(counted(await scene.statuses(), 'completed')).toBe(3);
    expect(run.end).toBe(null);
    await scene.setStatus('running');
    expect(await run.ended(HOUR_MS)).toEqual({ kind: 'finished', workLeft: false });
    const kinds = run.events.map((event) => event.kind).filter((kind) => /^executor/.test(kind));
    expect(kinds).toEqual(['executor:started', 'executor:paused', 'executor:resumed']);
  });

  it('raises what may run at once after a claim that got nothing, and is heeded', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: HOUR_MS }) });
    const first = await scene.start({ options: { maxConcurrent: 1 } });
    await scene.simulation.run(1_000);
    first.executor.drain();
    // The list is full of the other's: this one's claim gets nothing.
    await scene.start({ options: { maxConcurrent: 1 } });
    await scene.simulation.run(300);
    expect(scene.ran).toHaveLength(1);
    const configJson = rememberOption(null, 'maxConcurrent', 3);
    await scene.do(scene.store.setExecutor({ listId: scene.listId, configJson }));
    await scene.simulation.run(100);
    expect(scene.ran).toHaveLength(3);
  });

  it('raises a limit right after a claim that got nothing, and is heeded in a second', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: HOUR_MS }) });
    const limit = { kind: 'agent', name: 'command' } as const;
    await scene.do(scene.store.setLimit({ ...limit, maxRunning: 1 }));
    let claims = 0;
    await scene.start({ store: (store) => counting(store, () => (claims += 1)) });
    await scene.simulation.run(300);
    expect(scene.ran).toHaveLength(1);
    await scene.do(scene.store.setLimit({ ...limit, maxRunning: 2 }));
    await scene.simulation.run(1_000);
    expect(scene.ran).toHaveLength(2);
    // Without news nobody tries again every second.
    claims = 0;
    await scene.simulation.run(HOUR_MS / 2);
    expect(claims).toBeLessThan(250);
  });

  it('stops it: agents are ended at once, their tasks are queued and charged nothing', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: HOUR_MS }) });
    const run = await scene.start();
    await scene.simulation.run(MINUTE_MS);
    await scene.setStatus('stopped');
    expect(await run.ended(1_000)).toEqual({ kind: 'stopped' });
    expect(scene.programs.living).toEqual([]);
    expect(counted(await scene.statuses(), 'queued')).toBe(6);
    expect(await scene.task('T1')).toMatchObject({ attempts: 0, claims: 1, crashCount: 0 });
    expect(await scene.do(scene.store.audit())).toEqual([]);
  });

  it('stops what is only just being claimed, too', async () => {
    for (let afterMs = 0; afterMs < 12; afterMs += 1) {
      const scene = await ListScene.open({ tasks, script: () => ({ takesMs: HOUR_MS }) });
      const run = await scene.start();
      await scene.simulation.run(afterMs);
      await scene.setStatus('stopped');
      await run.ended(1_000);
      expect(scene.programs.living).toEqual([]);
      expect(counted(await scene.statuses(), 'queued')).toBe(6);
    }
  });

  for (const [verb, status] of [
    ['cancel', 'cancelled'],
    ['skip', 'skipped'],
  ] as const) {
    it(`${verb}s a running task: its agent is ended and it stays ${status}`, async () => {
      const scene = await ListScene.open({ tasks, script: () => ({ takesMs: HOUR_MS }) });
      const run = await scene.start();
      await scene.simulation.run(MINUTE_MS);
      await scene.change('T2', verb);
      await scene.simulation.run(1_000);
      expect(await scene.task('T2')).toMatchObject({ status, statusReason: `${verb} it` });
      expect(scene.programs.runs[1]?.exit).toMatchObject({ signal: 'SIGTERM' });
      expect(scene.ran.length).toBe(4); // the next one took its place
      await run.ended();
      expect(scene.ran.filter((id) => id === 'T2')).toHaveLength(1);
    });
  }

  it('requeues a running task: it is ended and begins anew with a fresh budget', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }],
      script: ({ attempt }) => ({ takesMs: MINUTE_MS, code: attempt === 1 ? 1 : 0 }),
    });
    const run = await scene.start();
    await scene.simulation.run(2 * MINUTE_MS);
    expect(await scene.task('T1')).toMatchObject({ status: 'running', attempts: 2 });
    await scene.change('T1', 'requeue');
    await scene.simulation.run(1_000);
    expect(await scene.task('T1')).toMatchObject({ status: 'running', attempts: 1, claims: 3 });
    await run.ended();
    expect(run.told('T1')).toEqual(['retry', 'requeued', 'completed']);
  });

  it('cannot cancel away a success: what the agent achieved counts', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1', verify: ['/bin/agent'] }, { id: 'T2' }],
      script: ({ phase }) => ({ takesMs: phase === 'agent' ? 10_000 : 0 }),
    });
    const run = await scene.start();
    await scene.simulation.run(9_990);
    // T2's agent ends by itself before anybody looks at the wish.
    const asked = scene.change('T2', 'cancel');
    await scene.simulation.run(5);
    await asked;
    await run.ended();
    const { exit } = scene.programs.runs[1] ?? {};
    const t2 = (await scene.task('T2')).status;
    expect(exit).toMatchObject({ kind: 'exited' });
    expect(t2).toBe(exit?.kind === 'exited' && exit.code === 0 ? 'completed' : 'cancelled');
  });

  it('executes one task by its name, in a list at rest, and nothing else', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: MINUTE_MS }) });
    const run = await scene.start({ only: scene.id('T4') });
    await run.ended();
    expect(scene.ran).toEqual(['T4']);
    expect((await scene.task('T4')).status).toBe('completed');
    expect(run.told('T4')).toEqual(['completed']);
  });

  it('executes one task beside what others left behind, without waiting for that', async () => {
    const scene = await ListScene.open({
      tasks,
      script: ({ taskId }) => ({ takesMs: taskId === 'T4' ? MINUTE_MS : HOUR_MS }),
    });
    const first = await scene.start();
    await scene.simulation.run(1_000);
    first.process.kill();
    const run = await scene.start({ only: scene.id('T4') });
    await run.ended(2 * MINUTE_MS);
    expect((await scene.task('T4')).status).toBe('completed');
    expect(scene.programs.living).toHaveLength(3);
  });

  it('retries a task that failed while others still run, and the run takes it up', async () => {
    let works = false;
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }, { id: 'T2' }, { id: 'T3', needs: ['T1'] }],
      script: ({ taskId }) => ({
        takesMs: taskId === 'T2' ? HOUR_MS / 2 : 1_000,
        code: taskId === 'T1' && !works ? 1 : 0,
      }),
    });
    const run = await scene.start();
    await scene.simulation.run(10 * MINUTE_MS);
    expect((await scene.task('T1')).status).toBe('failed');
    works = true;
    await scene.change('T1', 'retry');
    await scene.simulation.run(10_000);
    expect(await scene.statuses()).toEqual({ T1: 'completed', T2: 'running', T3: 'completed' });
    await run.ended();
  });
});

describe('a process that goes', () => {
  it('drains: what runs is watched to its end, nothing else is claimed', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: MINUTE_MS }) });
    const run = await scene.start();
    await scene.simulation.run(1_000);
    run.executor.drain();
    expect(await run.ended(2 * MINUTE_MS)).toEqual({ kind: 'left', agentsLeft: 0 });
    expect(counted(await scene.statuses(), 'completed')).toBe(3);
    expect(counted(await scene.statuses(), 'queued')).toBe(3);
  });

  it('leaves at any moment at once: agents go on, and the next process adopts them', async () => {
    for (const afterMs of [0, 1, 2, 3, 5, 8, 13, 40_000]) {
      const scene = await ListScene.open({ tasks, script: () => ({ takesMs: MINUTE_MS }) });
      const first = await scene.start();
      await scene.simulation.run(afterMs);
      void first.executor.leave();
      expect((await first.ended(100)).kind).toBe('left');
      const living = scene.programs.living.length;
      const second = await scene.start();
      await second.ended();
      expect(counted(await scene.statuses(), 'completed')).toBe(6);
      expect(scene.ran).toHaveLength(6);
      expect(scene.programs.runs.every(({ exit }) => exit?.kind === 'exited')).toBe(true);
      if (afterMs > 1_000) expect(living).toBe(3);
      expect(await scene.do(scene.store.audit())).toEqual([]);
    }
  });

  it('ends its agents when told to: their tasks are queued, uncharged', async () => {
    for (const afterMs of [0, 1, 2, 3, 5, 8, 40_000]) {
      const scene = await ListScene.open({ tasks, script: () => ({ takesMs: MINUTE_MS }) });
      const run = await scene.start();
      await scene.simulation.run(afterMs);
      void run.executor.endAgents();
      expect(await run.ended(5_000)).toEqual({ kind: 'left', agentsLeft: 0 });
      await scene.simulation.run(HOUR_MS);
      expect(scene.programs.living).toEqual([]);
      expect(counted(await scene.statuses(), 'queued')).toBe(6);
      expect(await scene.task('T1')).toMatchObject({ attempts: 0 });
    }
  });

  it('kills agents that ignore being ended', async () => {
    const scene = await ListScene.open({
      tasks,
      script: () => ({ takesMs: HOUR_MS, onTerm: 'ignores' }),
    });
    const run = await scene.start();
    await scene.simulation.run(MINUTE_MS);
    void run.executor.endAgents();
    await run.ended(5_000);
    expect(scene.programs.runs.map(({ exit }) => exit)).toMatchObject(
      Array(3).fill({ signal: 'SIGKILL' }),
    );
  });

  it('is superseded when its role is another process’s, and lets go of everything', async () => {
    let mine = true;
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: 10 * MINUTE_MS }) });
    const run = await scene.start({ keepRole: () => Promise.resolve(mine) });
    await scene.simulation.run(MINUTE_MS);
    mine = false;
    expect(await run.ended(MINUTE_MS)).toEqual({ kind: 'left', agentsLeft: 3 });
    expect(scene.programs.living).toHaveLength(3);
  });
});

/** The same store, whose claims are counted. */
function counting(store: Store, count: () => void): Store {
  const claimNext: Store['claimNext'] = (...given) => {
    count();
    return store.claimNext(...given);
  };
  return new Proxy(store, {
    get: (target, key) => {
      if (key === 'claimNext') return claimNext;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
