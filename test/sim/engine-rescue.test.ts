import { describe, expect, it, vi } from 'vitest';
import { LeaseGuard } from '../../src/engine/rescue.ts';
import type { Checkpoint } from '../../src/world/world.ts';
import { ListScene, programOf, type SceneProgram } from './support/list-scene.ts';
import type { SceneExecutor } from './support/scene-executor.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const tasks = [{ id: 'T1' }, { id: 'T2' }, { id: 'T3', needs: ['T1'] }];
const allCompleted = { T1: 'completed', T2: 'completed', T3: 'completed' };

/** Kill the process that reaches a point first. */
function killAt(scene: ListScene, wanted: string): { readonly wasReached: () => boolean } {
  let reached = false;
  scene.simulation.atPoints((point, process) => {
    if (reached || point !== wanted) return;
    reached = true;
    process.kill();
  });
  return { wasReached: () => reached };
}

describe('after a process was killed', () => {
  const points: readonly (`checkpoint:${Checkpoint}` | `${string}:${'before' | 'after'}`)[] = [
    'checkpoint:after-claim',
    'checkpoint:before-spawn',
    'checkpoint:after-spawn',
    'checkpoint:after-exit',
    'checkpoint:after-verify-spawn',
    'checkpoint:before-finish',
    'store.claimNext:before',
    'store.claimNext:after',
    'store.task:after',
    'runner.start:before',
    'runner.start:after',
    'store.finishAttempt:before',
    'store.finishAttempt:after',
    'store.heartbeat:after',
    'store.setExecutor:after',
  ];
  for (const point of points) {
    it(`at ${point}, the next one finishes the list and runs nothing twice`, async () => {
      const scene = await ListScene.open({
        tasks: [{ id: 'T1', verify: ['/bin/agent'] }, { id: 'T2' }, { id: 'T3', needs: ['T1'] }],
        script: () => ({ takesMs: 20_000 }),
      });
      const kill = killAt(scene, point);
      const first = await startUnlessKilled(scene);
      await scene.simulation.run(HOUR_MS);
      expect(kill.wasReached()).toBe(true);
      expect(first?.end ?? null).toBe(null);
      const second = await scene.start();
      expect(await second.ended()).toEqual({ kind: 'finished', workLeft: false });
      expect(await scene.statuses()).toEqual(allCompleted);
      const agents = scene.programs.runs.map(programOf).filter(({ phase }) => phase === 'agent');
      expect(agents.map(({ taskId }) => taskId).toSorted()).toEqual(['T1', 'T2', 'T3']);
      expect(await scene.task('T1')).toMatchObject({ attempts: 1, crashCount: 0 });
      expect(await scene.do(scene.store.audit())).toEqual([]);
    });
  }

  async function startUnlessKilled(scene: ListScene): Promise<SceneExecutor | null> {
    let started: SceneExecutor | null = null;
    void scene.launch().then((executor) => {
      started = executor;
    });
    await scene.simulation.run(1_000);
    return started;
  }

  it('adopts an agent that lives, with no pause for its lease', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: HOUR_MS }) });
    const first = await scene.start();
    await scene.simulation.run(MINUTE_MS);
    first.process.kill();
    const second = await scene.start();
    await scene.simulation.run(100);
    expect(second.executor.active().map(({ adopted, taskId }) => [taskId, adopted])).toEqual([
      ['T1', true],
      ['T2', true],
    ]);
    await second.ended();
    expect(scene.ran).toEqual(['T1', 'T2', 'T3']);
    expect(await scene.events('T1')).toEqual(['enqueued', 'claimed', 'adopted', 'completed']);
  });

  it('collects an agent that ended meanwhile, with its last words', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }],
      script: ({ attempt }) => ({
        takesMs: MINUTE_MS,
        code: 2 - attempt,
        output: 'out of paper\n',
      }),
    });
    const first = await scene.start();
    await scene.simulation.run(1_000);
    first.process.kill();
    await scene.simulation.run(HOUR_MS);
    const second = await scene.start();
    await second.ended();
    const [attempt] = await scene.do(scene.store.attempts(scene.id('T1')));
    expect(attempt).toMatchObject({ outcome: 'errored', error: 'exit code 1: out of paper' });
    expect(second.told('T1')).toEqual(['retry', 'completed']);
  });

  it('charges a restart of the host to nobody but the crashes', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: HOUR_MS }) });
    const first = await scene.start();
    await scene.simulation.run(MINUTE_MS);
    scene.simulation.processes.reboot();
    expect(first.process.isAlive).toBe(false);
    const second = await scene.start();
    await second.ended();
    expect(await scene.statuses()).toEqual(allCompleted);
    expect(await scene.task('T1')).toMatchObject({ attempts: 1, crashCount: 1, claims: 2 });
  });

  it('charges a restart of the host to nobody when its process had left before it', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: HOUR_MS }) });
    const first = await scene.start();
    await scene.simulation.run(MINUTE_MS);
    void first.executor.leave();
    await scene.simulation.run(MINUTE_MS);
    scene.simulation.processes.reboot();
    const second = await scene.start();
    await second.ended();
    expect(await scene.statuses()).toEqual(allCompleted);
    expect(await scene.task('T1')).toMatchObject({ attempts: 1, crashCount: 0, claims: 2 });
  });

  it('tells the outcomes that its predecessor brought about and could not tell', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }],
      script: () => ({ takesMs: 5_000 }),
    });
    const [first, witness] = [await scene.start(), await scene.start()];
    killAt(scene, 'store.finishAttempt:after');
    await witness.ended();
    expect(first.told('T1')).toEqual([]);
    expect(witness.told('T1')).toEqual(['completed']);
  });
});

describe('verify', () => {
  const list = [{ id: 'T1', verify: ['/bin/agent', 'check'] }];
  const script = ({ phase }: SceneProgram) => ({ takesMs: phase === 'agent' ? 1_000 : 60_000 });

  it('that a dead process began is adopted, not begun again', async () => {
    const scene = await ListScene.open({ tasks: list, script });
    const first = await scene.start();
    await scene.simulation.run(10_000);
    first.process.kill();
    const second = await scene.start();
    await second.ended();
    expect(scene.programs.runs.map((run) => programOf(run).phase)).toEqual(['agent', 'verify']);
    expect(await scene.statuses()).toEqual({ T1: 'completed' });
  });

  it('that failed while nobody looked fails the attempt', async () => {
    const scene = await ListScene.open({
      tasks: list,
      script: (program) => ({
        ...script(program),
        code: program.phase === 'verify' && program.attempt === 1 ? 9 : 0,
        output: `${program.phase} speaks\n`,
      }),
    });
    const first = await scene.start();
    await scene.simulation.run(10_000);
    first.process.kill();
    await scene.simulation.run(HOUR_MS);
    await (await scene.start()).ended();
    const [attempt] = await scene.do(scene.store.attempts(scene.id('T1')));
    expect(attempt?.error).toBe('verify: exit code 9: verify speaks');
  });

  it('of a dead process is ended, too, when the list was stopped meanwhile', async () => {
    const scene = await ListScene.open({ tasks: list, script });
    const first = await scene.start();
    await scene.simulation.run(10_000);
    first.process.suspend();
    await scene.setStatus('stopped');
    first.process.kill();
    const second = await scene.start({ takenOverAt: 0 });
    expect(await second.ended()).toEqual({ kind: 'stopped' });
    expect(scene.programs.living).toEqual([]);
    expect(await scene.task('T1')).toMatchObject({ status: 'queued', attempts: 0 });
  });

  it('cannot be begun any more by a process that lost the attempt', async () => {
    const scene = await ListScene.open({ tasks: list, script });
    scene.simulation.atPoints((point, process) => {
      const begins = point === 'runner.start:before' && scene.programs.runs.length === 1;
      if (begins && process.name === 'process 1') process.suspend();
    });
    const [first, second] = [await scene.start(), await scene.start()];
    await scene.simulation.run(90_000);
    expect(second.executor.active()).toMatchObject([{ phase: 'verify', adopted: true }]);
    first.process.resume();
    await second.ended();
    const verifies = scene.programs.runs.filter((run) => programOf(run).phase === 'verify');
    expect(verifies).toHaveLength(1);
    expect(await scene.statuses()).toEqual({ T1: 'completed' });
  });

  it('is run by the next process when the first died before it', async () => {
    const scene = await ListScene.open({ tasks: list, script });
    killAt(scene, 'checkpoint:after-exit');
    await scene.start();
    await scene.simulation.run(10_000);
    expect(scene.programs.runs).toHaveLength(1);
    await (await scene.start()).ended();
    expect(scene.programs.runs.map((run) => programOf(run).phase)).toEqual(['agent', 'verify']);
  });
});

describe('a holder that was stopped past its lease', () => {
  it('loses its tasks to another, who watches its agents, and writes nothing more', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: 10 * MINUTE_MS }) });
    const [first, second] = [await scene.start(), await scene.start()];
    await scene.simulation.run(MINUTE_MS);
    expect(first.executor.active()).toHaveLength(2);
    first.process.suspend();
    await scene.simulation.run(30_000);
    expect(second.executor.active()).toHaveLength(0); // its leases still hold
    await scene.simulation.run(MINUTE_MS);
    expect(second.executor.active().map(({ adopted }) => adopted)).toEqual([true, true]);
    first.process.resume();
    await scene.simulation.run(1_000);
    expect(first.executor.active()).toEqual([]);
    expect(scene.programs.living).toHaveLength(2); // it let go of the agents and ended none
    await second.ended();
    expect(await scene.statuses()).toEqual(allCompleted);
    expect(scene.ran).toEqual(['T1', 'T2', 'T3']);
    const t1 = await scene.do(scene.store.events({ task: scene.id('T1') }));
    expect(t1.map(({ event }) => event.kind)).toEqual([
      'enqueued',
      'claimed',
      'adopted',
      'completed',
    ]);
  });

  it('has its outcome refused when it wakes with one in its hands', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }],
      script: ({ attempt }) => ({ takesMs: attempt === 1 ? 10_000 : 5 * MINUTE_MS, code: 3 }),
      options: { retry: { ...RETRY, attemptsMax: 2 } },
    });
    const [first, second] = [await scene.start(), await scene.start()];
    scene.simulation.atPoints((point, process) => {
      if (point === 'checkpoint:before-finish' && process === first.process) process.suspend();
    });
    await scene.simulation.run(3 * MINUTE_MS);
    expect(second.executor.active()).toHaveLength(1); // the second attempt, claimed by the second
    first.process.resume();
    await scene.simulation.run(1_000);
    expect(scene.programs.living).toHaveLength(1);
    expect(await scene.task('T1')).toMatchObject({ status: 'running', attempts: 2 });
    const attempts = await scene.do(scene.store.attempts(scene.id('T1')));
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['errored', null]);
  });

  it('ends an agent that it started for an attempt that is over', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }],
      script: () => ({ takesMs: HOUR_MS }),
    });
    const run = await scene.start();
    await scene.simulation.run(MINUTE_MS);
    const task = await scene.task('T1');
    await scene.do(
      scene.store.finishAttempt({
        id: task.id,
        fence: task.fence,
        outcome: { kind: 'blocked', reason: 'taken away' },
        policy: scene.options.retry,
      }),
    );
    await scene.simulation.run(MINUTE_MS);
    expect(scene.programs.living).toEqual([]);
    expect(await run.ended()).toEqual({ kind: 'finished', workLeft: true });
  });

  it('never starts an agent for an attempt that was adopted as never started', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }],
      script: () => ({ takesMs: 1_000 }),
    });
    scene.simulation.atPoints((point, process) => {
      if (point === 'runner.start:before' && process.name === 'process 1') process.suspend();
    });
    const [first, second] = [await scene.start(), await scene.start()];
    await scene.simulation.run(3 * MINUTE_MS);
    scene.simulation.atPoints(() => undefined);
    first.process.resume();
    await second.ended();
    await first.ended();
    expect(scene.ran).toEqual(['T1']);
    const events = await scene.events('T1');
    expect(events).toEqual([
      'enqueued',
      'claimed',
      'adopted',
      'released',
      'claimed',
      'completed',
      'late_result',
    ]);
  });
});

describe('a host that slept', () => {
  async function sleepEightHours(): Promise<readonly string[]> {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: 30 * MINUTE_MS }) });
    const [first, second] = [await scene.start(), await scene.start()];
    // Between two heartbeats, with a sweep before the next one.
    await scene.simulation.run(5 * MINUTE_MS + 18_000);
    scene.simulation.jump({ wallMs: 8 * HOUR_MS });
    await scene.simulation.run(5 * MINUTE_MS);
    expect(first.executor.active().length + second.executor.active().length).toBe(2);
    return await scene.events('T1');
  }

  it('rescues nobody from a living holder, although every lease expired in its sleep', async () => {
    expect(await sleepEightHours()).toEqual(['enqueued', 'claimed']);
  });

  it('(negative control) would rescue living holders without the guard', async () => {
    const guard = vi.spyOn(LeaseGuard.prototype, 'check').mockReturnValue(true);
    try {
      expect(await sleepEightHours()).toContain('adopted');
    } finally {
      guard.mockRestore();
    }
  });

  it('rescues again, one lease after it woke, from a holder that stays silent', async () => {
    const scene = await ListScene.open({ tasks, script: () => ({ takesMs: 3 * HOUR_MS }) });
    const [first, second] = [await scene.start(), await scene.start()];
    await scene.simulation.run(MINUTE_MS);
    first.process.suspend();
    scene.simulation.jump({ wallMs: 8 * HOUR_MS });
    await scene.simulation.run(55_000);
    expect(second.executor.active()).toEqual([]);
    await scene.simulation.run(30_000);
    expect(second.executor.active()).toHaveLength(2);
  });

  it('goes on when its clock is set back by a day', async () => {
    const scene = await ListScene.open({
      tasks,
      script: ({ attempt }) => ({ takesMs: MINUTE_MS, code: attempt === 1 ? 1 : 0 }),
    });
    const run = await scene.start();
    await scene.simulation.run(30_000);
    scene.simulation.jump({ wallMs: -24 * HOUR_MS });
    await run.ended(2 * HOUR_MS);
    expect(await scene.statuses()).toEqual(allCompleted);
  });
});

const RETRY = {
  attemptsMax: 3,
  crashesMax: 3,
  revisionsMax: 3,
  retryDelayMs: 5_000,
  retryDelayMaxMs: 300_000,
};
