import { describe, expect, it } from 'vitest';
import { PawlError } from '../domain/errors.ts';
import type { Invocation } from './invocation.ts';
import { createProgram } from './program.ts';
import { exitCodeOf, type RunEnd } from './run-end.ts';
import { overridesOf, type RunOptions } from './run-options.ts';
import { RunSignals } from './run-signals.ts';

const failed = {
  taskId: 'A-1',
  description: '',
  status: 'failed',
  priority: 'P2',
  why: '',
  attempts: 1,
  lastError: null,
} as const;

describe('the exit code of a run', () => {
  const code = (
    run: Omit<RunEnd, 'minPriority'>,
    more: Partial<Parameters<typeof exitCodeOf>[1]> = {},
  ): number => exitCodeOf({ ...run, minPriority: 'P3' }, { failed: [], left: [], ...more });
  const finished = (workLeft: boolean) =>
    ({ end: { kind: 'finished', workLeft }, interrupted: false }) as const;

  it.each<[string, Omit<RunEnd, 'minPriority'>, number]>([
    ['all done', finished(false), 0],
    ['blocked work left', finished(true), 4],
    ['stopped by a person', { end: { kind: 'stopped' }, interrupted: false }, 4],
    ['interrupted', { end: { kind: 'left', agentsLeft: 1 }, interrupted: true }, 130],
    ['superseded', { end: { kind: 'left', agentsLeft: 0 }, interrupted: false }, 4],
    [
      'done in spite of Ctrl-C',
      { end: { kind: 'finished', workLeft: false }, interrupted: true },
      0,
    ],
    [
      'a full disk',
      { end: { kind: 'error', error: new PawlError('store_full', 'x') }, interrupted: false },
      1,
    ],
  ])('%s', (_name, run, expected) => {
    expect(code(run)).toBe(expected);
  });

  it('a failed task counts before work that is left', () => {
    expect(code(finished(true), { failed: [failed] })).toBe(1);
  });

  it('a task that waits for a person is work left', () => {
    expect(code(finished(false), { left: [{ ...failed, status: 'waiting' }] })).toBe(4);
  });

  it('what was added when the run had ended is work left, unless it was not meant', () => {
    const added = { ...failed, status: 'queued' } as const;
    expect(code(finished(false), { left: [added] })).toBe(4);
    expect(code(finished(false), { left: [{ ...added, priority: 'P4' }] })).toBe(0);
  });
});

describe('the options of a run', () => {
  it('leave out what was not said', () => {
    expect(overridesOf({})).toEqual({});
    expect(overridesOf({ concurrency: '3', writeBack: false })).toEqual({
      maxConcurrent: '3',
      writeBack: false,
    });
  });

  it('an agent named now takes the place of a command of an earlier run', () => {
    expect(overridesOf({ agent: 'codex' })).toEqual({ agent: 'codex', agentCommand: null });
    expect(overridesOf({ agent: 'codex', agentCommand: 'x' })).toMatchObject({ agentCommand: 'x' });
  });
});

describe('signals of a run', () => {
  const scene = (): {
    readonly done: string[];
    readonly signals: RunSignals;
    readonly pass: () => void;
  } => {
    const done: string[] = [];
    const act = (name: string) => () => {
      done.push(name);
      return Promise.resolve();
    };
    const waiting: (() => void)[] = [];
    const signals = new RunSignals({
      executor: {
        drain: () => void done.push('drain'),
        leave: act('leave'),
        endAgents: act('endAgents'),
      },
      timers: {
        after: (delayMs, task) => {
          done.push(`wait ${delayMs}`);
          waiting.push(task);
          return { clear: () => void waiting.splice(0) };
        },
      },
      graceMs: 5_000,
      say: (text) => void done.push(text.split(':')[0] ?? ''),
      goOn: 'pawl run tasks.md',
    });
    signals.listen();
    const pass = (): void => {
      for (const task of waiting.splice(0)) task();
    };
    return { done, signals, pass };
  };

  it('the first Ctrl-C starts nothing new, and after a grace leaves the agents behind', () => {
    const { done, signals, pass } = scene();
    process.emit('SIGINT');
    expect(signals.interrupted).toBe(true);
    pass();
    signals.stop();
    expect(done).toEqual(['drain', 'interrupted', 'wait 5000', 'leave']);
  });

  it('the second one ends the agents, and the grace is over', () => {
    const { done, signals, pass } = scene();
    process.emit('SIGINT');
    process.emit('SIGINT');
    pass();
    signals.stop();
    expect(done.slice(3)).toEqual([
      'ending the agents; their tasks go back to the queue',
      'endAgents',
    ]);
  });

  it('SIGTERM leaves at once, and only once', () => {
    const { done, signals } = scene();
    process.emit('SIGTERM');
    process.emit('SIGHUP');
    signals.stop();
    expect(done).toEqual(['leave']);
  });

  it('nothing listens any more when it is stopped', () => {
    const before = process.listenerCount('SIGINT');
    const { signals } = scene();
    signals.stop();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});

describe('the options of a run', () => {
  const said = async (...words: readonly string[]) => {
    let options: unknown = null;
    const program = createProgram({
      version: '0',
      invocation: (given) => {
        options = given;
        return {} as Invocation;
      },
      resolve: (_options, path) => path,
      run: () => Promise.resolve(),
      writeOut: () => undefined,
      writeErr: () => undefined,
    });
    await program.parseAsync(['node', 'pawl', 'run', 'tasks.md', ...words]);
    return overridesOf(options as RunOptions);
  };

  it('are only those that were said: silence leaves room for other sources', async () => {
    expect(await said()).toEqual({});
  });

  it.each([
    ['--no-write-back', { writeBack: false }],
    ['--write-back', { writeBack: true }],
    ['--ignore-missing', { ignoreMissing: true }],
    ['--no-ignore-missing', { ignoreMissing: false }],
  ])('%s says %j', async (flag, overrides) => {
    expect(await said(flag)).toEqual(overrides);
  });
});
