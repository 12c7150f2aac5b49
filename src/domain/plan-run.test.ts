import { describe, expect, it } from 'vitest';
import { systemClock } from '../world/clock.ts';
import { type PlannableTask, type PlanOptions, planRun } from './plan-run.ts';

const task = (
  position: number,
  taskId: string,
  more: Partial<PlannableTask> = {},
): PlannableTask => ({
  taskId,
  position,
  status: 'queued',
  priority: 'P2',
  dependencies: [],
  onDepFailure: null,
  ...more,
});

const plan = (tasks: readonly PlannableTask[], options: Partial<PlanOptions> = {}) =>
  planRun(tasks, {
    maxConcurrent: 1,
    minPriority: 'P4',
    onDepFailure: 'skip',
    ignoreMissing: false,
    ...options,
  });

const order = (tasks: readonly PlannableTask[], options: Partial<PlanOptions> = {}) =>
  plan(tasks, options).starts.map(({ taskId, round }) => `${round}:${taskId}`);

describe('planRun', () => {
  it('starts by priority, then by place in the list, each after what it depends on', () => {
    const tasks = [
      task(1, 'A', { dependencies: ['C'] }),
      task(2, 'B'),
      task(3, 'C', { priority: 'P1' }),
      task(4, 'D', { priority: 'P1', dependencies: ['B'] }),
    ];
    expect(order(tasks)).toEqual(['1:C', '2:A', '3:B', '4:D']);
  });

  it('starts as many at once as there is room', () => {
    const tasks = [task(1, 'A'), task(2, 'B'), task(3, 'C')];
    expect(order(tasks, { maxConcurrent: 2 })).toEqual(['1:A', '1:B', '2:C']);
  });

  it('does not start what is done, and starts at once what depends on it', () => {
    const tasks = [task(1, 'A', { status: 'completed' }), task(2, 'B', { dependencies: ['A'] })];
    expect(order(tasks)).toEqual(['1:B']);
    expect(plan(tasks).left).toEqual([{ taskId: 'A', why: 'it is completed' }]);
  });

  it('says why something would not be started, down a chain', () => {
    const tasks = [
      task(1, 'A', { dependencies: ['X'] }),
      task(2, 'B', { dependencies: ['A'] }),
      task(3, 'C', { status: 'failed' }),
      task(4, 'D', { dependencies: ['C'] }),
      task(5, 'E', { priority: 'P3' }),
    ];
    expect(plan(tasks, { minPriority: 'P2' })).toEqual({
      starts: [],
      left: [
        { taskId: 'A', why: 'waits for X, which is not in the list' },
        { taskId: 'B', why: 'waits for A, which would not be completed' },
        { taskId: 'C', why: 'it is failed' },
        { taskId: 'D', why: 'would skip: C is failed' },
        { taskId: 'E', why: 'excluded by --min-priority P2: it is P3' },
      ],
    });
  });

  it('starts them when the options say so', () => {
    const tasks = [
      task(1, 'A', { dependencies: ['X'] }),
      task(2, 'C', { status: 'failed' }),
      task(3, 'D', { dependencies: ['C'] }),
    ];
    expect(order(tasks, { ignoreMissing: true, onDepFailure: 'run' })).toEqual(['1:A', '2:D']);
  });

  it('plans ten thousand tasks at once', () => {
    const tasks = Array.from({ length: 10_000 }, (_, n) =>
      task(n + 1, `T${n}`, n % 2 === 0 ? {} : { dependencies: [`T${n - 1}`] }),
    );
    const before = systemClock.monotonic();
    expect(order(tasks)).toHaveLength(10_000);
    expect(systemClock.monotonic() - before).toBeLessThan(2_000);
  });
});
