import { describe, expect, it } from 'vitest';
import type { ExecutionEvent } from '../../src/engine/execution.ts';
import { ListScene, programOf } from './support/list-scene.ts';

const MINUTE_MS = 60_000;

describe('the outcomes of a list', () => {
  it('works a list through in the order of its dependencies', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T2', needs: ['T1'] }, { id: 'T1' }, { id: 'T3', needs: ['T2'] }],
      script: () => ({ takesMs: MINUTE_MS }),
    });
    const run = await scene.start();
    expect(await run.ended()).toEqual({ kind: 'finished', workLeft: false });
    expect(scene.ran).toEqual(['T1', 'T2', 'T3']);
    expect(await scene.statuses()).toEqual({ T1: 'completed', T2: 'completed', T3: 'completed' });
  });

  it('retries with growing pauses, then fails the task and skips what needs it', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }, { id: 'T3', needs: ['T2'] }],
      script: ({ attempt }) => ({ code: 7, takesMs: 1_000, output: `try ${attempt}\nno way\n` }),
      options: { retry: { ...RETRY, attemptsMax: 4 } },
    });
    const run = await scene.start();
    expect(await run.ended()).toEqual({ kind: 'finished', workLeft: false });
    expect(await scene.statuses()).toEqual({ T1: 'failed', T2: 'skipped', T3: 'skipped' });
    expect(run.told('T1')).toEqual(['retry', 'retry', 'retry', 'failed']);
    expect(run.told('T3')).toEqual(['skipped']);
    expect(await scene.task('T1')).toMatchObject({
      attempts: 4,
      lastError: 'exit code 7: no way',
    });
    const starts = scene.programs.runs.map((one) => one.startedMs);
    const windows = [5_000, 10_000, 20_000];
    for (const [index, windowMs] of windows.entries()) {
      const pauseMs = (starts[index + 1] ?? 0) - (starts[index] ?? 0) - 1_000;
      expect(pauseMs).toBeGreaterThanOrEqual(0);
      expect(pauseMs).toBeLessThanOrEqual(windowMs + 10);
    }
  });

  it('revives what a failure skipped, once a retry of it succeeds', async () => {
    let works = false;
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }, { id: 'T3', needs: ['T2'] }],
      script: ({ taskId }) => ({ code: taskId === 'T1' && !works ? 1 : 0 }),
    });
    await (await scene.start()).ended();
    expect(await scene.statuses()).toEqual({ T1: 'failed', T2: 'skipped', T3: 'skipped' });
    works = true;
    await scene.change('T1', 'retry');
    const run = await scene.start();
    expect(await run.ended()).toEqual({ kind: 'finished', workLeft: false });
    expect(await scene.statuses()).toEqual({ T1: 'completed', T2: 'completed', T3: 'completed' });
    expect(run.told('T3')).toEqual(['requeued', 'completed']);
  });

  it('tells a later attempt how the one before it failed', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }],
      script: ({ attempt }) => ({ code: attempt === 1 ? 3 : 0, output: 'the wall is too high\n' }),
    });
    await (await scene.start()).ended();
    const [first, second] = scene.programs.runs;
    expect(first?.stdin).not.toContain('The last attempt failed');
    expect(second?.stdin).toContain('The last attempt failed\n\nexit code 3: the wall is too high');
  });

  it('ends an agent at its timeout, also one that ignores SIGTERM', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1', timeoutMs: 10 * MINUTE_MS }, { id: 'T2' }],
      script: ({ taskId }) => ({
        takesMs: Number.POSITIVE_INFINITY,
        onTerm: taskId === 'T1' ? 'ends' : 'ignores',
      }),
      options: { retry: { ...RETRY, attemptsMax: 1 }, executionTimeoutMs: 20 * MINUTE_MS },
    });
    const run = await scene.start();
    await run.ended();
    expect(await scene.task('T1')).toMatchObject({ lastError: 'not done within 10 min' });
    expect(await scene.task('T2')).toMatchObject({ lastError: 'not done within 20 min' });
    const lasted = scene.programs.runs.map((one) => (one.endedMs ?? 0) - one.startedMs);
    expect(lasted).toEqual([10 * MINUTE_MS + 5, 20 * MINUTE_MS + 2_000]);
  });

  it('takes a task as failed whose agent cannot be started', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }, { id: 'T2', agent: 'nobody' }],
      script: () => ({ fate: 'cannot-start' }),
      options: { retry: { ...RETRY, attemptsMax: 2 } },
    });
    await (await scene.start()).ended();
    expect(await scene.statuses()).toEqual({ T1: 'failed', T2: 'failed' });
    expect((await scene.task('T1')).lastError).toBe('no executable program: /bin/agent');
    expect((await scene.task('T2')).lastError).toContain('No agent is called nobody');
  });

  it('charges a lost agent to the crashes, not to the attempts', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }, { id: 'T2' }],
      script: ({ taskId, attempt }) => ({
        takesMs: 500,
        fate: taskId === 'T2' || attempt < 3 ? 'is-lost' : 'ends',
      }),
      options: { retry: { ...RETRY, attemptsMax: 1, crashesMax: 3 } },
    });
    await (await scene.start()).ended();
    expect(await scene.statuses()).toEqual({ T1: 'completed', T2: 'failed' });
    expect(await scene.task('T1')).toMatchObject({ attempts: 1, crashCount: 2 });
    expect((await scene.task('T2')).lastError).toContain('lost 3 times');
  });

  it('waits out a rate limit without charging the task', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }],
      script: ({ attempt }) =>
        attempt <= 5 ? { result: { rate_limited: true, retry_after_ms: 3_600_000 } } : {},
      options: { retry: { ...RETRY, attemptsMax: 1 } },
    });
    const run = await scene.start();
    await run.ended();
    expect(await scene.task('T1')).toMatchObject({ status: 'completed', attempts: 1, claims: 6 });
    expect(scene.simulation.elapsedMs).toBeGreaterThanOrEqual(5 * 3_600_000);
    expect(run.told('T1')).toEqual([...Array(5).fill('requeued'), 'completed']);
  });

  it('keeps a blocked task waiting, and ends with work left', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }, { id: 'T3' }],
      script: ({ taskId }) => (taskId === 'T1' ? { result: { blocked: 'which colour?' } } : {}),
    });
    const run = await scene.start();
    expect(await run.ended()).toEqual({ kind: 'finished', workLeft: true });
    expect(await scene.statuses()).toEqual({ T1: 'waiting', T2: 'queued', T3: 'completed' });
    expect((await scene.task('T1')).statusReason).toBe('which colour?');
  });

  it('repeats a task that asks for a revision, but not without end', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }],
      script: () => ({ result: { needs_revision: 'more tests' } }),
    });
    await (await scene.start()).ended();
    expect(scene.ran).toHaveLength(4);
    expect((await scene.task('T1')).lastError).toContain('revision more than 3 times');
    expect(scene.programs.runs[1]?.stdin).toContain('Asked to be changed\n\nmore tests');
  });
});

describe('verify', () => {
  const tasks = [{ id: 'T1', verify: ['/bin/agent', 'check'] }];

  it('decides about an agent that says it succeeded', async () => {
    const scene = await ListScene.open({
      tasks,
      script: ({ phase, attempt }) => ({
        takesMs: 1_000,
        code: phase === 'verify' && attempt === 1 ? 1 : 0,
        output: phase === 'verify' ? '2 tests failed\n' : 'all done\n',
        result: { summary: 'built it' },
      }),
    });
    const run = await scene.start();
    await run.ended();
    expect(scene.programs.runs.map(programOf).map(({ phase }) => phase)).toEqual([
      'agent',
      'verify',
      'agent',
      'verify',
    ]);
    const attempts = await scene.do(scene.store.attempts(scene.id('T1')));
    expect(attempts.map(({ outcome, error }) => [outcome, error])).toEqual([
      ['errored', 'verify: exit code 1: 2 tests failed'],
      ['succeeded', null],
    ]);
    expect(await scene.task('T1')).toMatchObject({ resultSummary: 'built it' });
  });

  it('is not run after an agent that failed', async () => {
    const scene = await ListScene.open({
      tasks,
      script: ({ phase }) => ({ code: phase === 'agent' ? 1 : 0 }),
      options: { retry: { ...RETRY, attemptsMax: 1 } },
    });
    await (await scene.start()).ended();
    expect(scene.programs.runs).toHaveLength(1);
    expect(await scene.statuses()).toEqual({ T1: 'failed' });
  });

  it('is ended at the timeout of its task', async () => {
    const scene = await ListScene.open({
      tasks,
      script: ({ phase }) => ({ takesMs: phase === 'agent' ? 10 : Number.POSITIVE_INFINITY }),
      options: { retry: { ...RETRY, attemptsMax: 1 }, executionTimeoutMs: MINUTE_MS },
    });
    await (await scene.start()).ended();
    expect((await scene.task('T1')).lastError).toBe('verify: not done within 1 min');
  });
});

describe('what is run', () => {
  const manyTasks = Array.from({ length: 12 }, (_, index) => ({ id: `T${index + 1}` }));

  it('is what is urgent first, then what stands first', async () => {
    const scene = await ListScene.open({
      tasks: [
        { id: 'T1', priority: 'P3' },
        { id: 'T2' },
        { id: 'T3', priority: 'P1' },
        { id: 'T4' },
      ],
      options: { maxConcurrent: 1 },
    });
    await (await scene.start()).ended();
    expect(scene.ran).toEqual(['T3', 'T2', 'T4', 'T1']);
  });

  it('is nothing less urgent than the least priority', async () => {
    const scene = await ListScene.open({
      tasks: [
        { id: 'T1', priority: 'P3' },
        { id: 'T2', priority: 'P2' },
        { id: 'T3', priority: 'P1', needs: ['T1'] },
      ],
      options: { minPriority: 'P2' },
    });
    const run = await scene.start();
    expect(await run.ended()).toEqual({ kind: 'finished', workLeft: true });
    expect(await scene.statuses()).toEqual({ T1: 'queued', T2: 'completed', T3: 'queued' });
  });

  it('is never more at once than the limit, also with two executors', async () => {
    const scene = await ListScene.open({
      tasks: manyTasks,
      script: () => ({ takesMs: MINUTE_MS }),
    });
    const runs = [await scene.start(), await scene.start()];
    let most = 0;
    await scene.simulation.runUntil(() => {
      most = Math.max(most, scene.programs.living.length);
      return runs.every((run) => run.end !== null);
    });
    expect(most).toBe(3);
    expect(scene.ran.toSorted()).toEqual(manyTasks.map(({ id }) => id).toSorted());
  });

  it('is never more of an agent than its limit, over two lists', async () => {
    const scene = await ListScene.open({
      tasks: manyTasks.map((task, index) => (index % 2 === 0 ? { ...task, agent: 'other' } : task)),
      script: () => ({ takesMs: MINUTE_MS }),
      options: { agentLimits: { other: 1 } },
    });
    const listId = await scene.addList('/project/more.md', [
      { id: 'M1', agent: 'other' },
      { id: 'M2', agent: 'other' },
    ]);
    const runs = [await scene.start(), await scene.start({ listId })];
    const most = { other: 0, all: 0 };
    await scene.simulation.runUntil(() => {
      const tasks = scene.programs.living.map((one) => programOf(one).taskId);
      const others = tasks.filter((id) => id.startsWith('M') || Number(id.slice(1)) % 2 === 1);
      most.other = Math.max(most.other, others.length);
      most.all = Math.max(most.all, tasks.length);
      return runs.every((run) => run.end !== null);
    });
    expect(most).toEqual({ other: 1, all: 3 });
    expect(scene.ran).toHaveLength(14);
  });
});

describe('what is told', () => {
  it('is each outcome once, by every executor, whoever brought it about', async () => {
    const scene = await ListScene.open({
      tasks: Array.from({ length: 8 }, (_, index) => ({ id: `T${index + 1}` })),
      script: ({ attempt, taskId }) => ({
        takesMs: 5_000,
        code: taskId === 'T3' && attempt === 1 ? 1 : 0,
      }),
    });
    const runs = [await scene.start(), await scene.start()];
    for (const run of runs) await run.ended();
    for (const run of runs) {
      for (const taskId of scene.ran) {
        expect(run.told(taskId)).toEqual(taskId === 'T3' ? ['retry', 'completed'] : ['completed']);
      }
    }
  });

  it('is nothing twice when it is told to leave in the middle', async () => {
    const scene = await ListScene.open({
      tasks: Array.from({ length: 30 }, (_, index) => ({ id: `T${index + 1}` })),
      script: ({ taskId }) => ({ takesMs: 50 * Number(taskId.slice(1)) }),
      options: { maxConcurrent: 30 },
    });
    const run = await scene.start({ writeMarks: () => Promise.resolve(true) });
    await scene.simulation.run(700);
    void run.executor.leave();
    void run.executor.leave();
    await run.ended();
    const told = run.events.filter((event) => event.kind === 'task:completed');
    const statuses = Object.values(await scene.statuses());
    expect(told).toHaveLength(statuses.filter((status) => status === 'completed').length);
    expect(told.length).toBeGreaterThan(5);
  });

  it('is each new last line of a running agent', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }],
      script: () => ({ takesMs: 2_000, output: 'one\n\u001b[1mreading files\u001b[0m\n' }),
    });
    const run = await scene.start();
    await run.ended();
    const lines = run.events.filter((event: ExecutionEvent) => event.kind === 'task:progress');
    expect(lines).toMatchObject([{ line: 'reading files' }]);
  });

  it('reaches the list file: marks are written again and again, and before the end', async () => {
    const scene = await ListScene.open({
      tasks: [{ id: 'T1' }],
      script: () => ({ takesMs: 10_000 }),
    });
    const written: number[] = [];
    const run = await scene.start({
      writeMarks: async () => written.push(scene.simulation.elapsedMs) > 0,
    });
    await run.ended();
    expect(written.length).toBeGreaterThanOrEqual(3);
    expect(written[0]).toBeLessThan(500);
    expect(written.at(-1)).toBeGreaterThanOrEqual(10_000);
  });
});

const RETRY = {
  attemptsMax: 3,
  crashesMax: 3,
  revisionsMax: 3,
  retryDelayMs: 5_000,
  retryDelayMaxMs: 300_000,
};
