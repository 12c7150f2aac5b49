import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskStatus } from './status.ts';
import { type GraphedTask, type GraphOptions, taskGraph } from './task-graph.ts';

const NOW = 1_000;

function task(
  taskId: string,
  dependencies: readonly string[] = [],
  more: Partial<GraphedTask> = {},
): GraphedTask {
  return {
    taskId,
    description: `Do ${taskId}`,
    section: null,
    priority: 'P2',
    status: 'queued',
    dependencies,
    onDepFailure: null,
    dueAtMs: 0,
    durationMs: null,
    ...more,
  };
}

const is = (status: TaskStatus, durationMs: number | null = null) => ({ status, durationMs });

const draw = (tasks: readonly GraphedTask[], more: Partial<GraphOptions> = {}) =>
  taskGraph(tasks, { nowMs: NOW, onDepFailure: 'skip', ...more });

const wavesIn = (tasks: readonly GraphedTask[], more: Partial<GraphOptions> = {}) =>
  Object.fromEntries(draw(tasks, more).nodes.map(({ taskId, wave }) => [taskId, wave]));

const statesIn = (tasks: readonly GraphedTask[]) =>
  Object.fromEntries(draw(tasks).nodes.map(({ taskId, state }) => [taskId, state]));

describe('the waves of a graph', () => {
  it('are what can start now, what can start after that, and so on', () => {
    const tasks = [task('a'), task('b', ['a']), task('c'), task('d', ['b', 'c'])];
    expect(wavesIn(tasks)).toEqual({ a: 1, b: 2, c: 1, d: 3 });
  });

  it('begin with what runs; what waits for that cannot start now', () => {
    const tasks = [task('a', [], is('running')), task('b', ['a']), task('c')];
    expect(wavesIn(tasks)).toEqual({ a: 0, b: 2, c: 1 });
  });

  it('hold nothing that is over, nor what cannot start by itself', () => {
    const tasks = [
      ...[task('done', [], is('completed')), task('failed', [], is('failed'))],
      ...[task('a', ['done']), task('b', ['failed']), task('c', ['b']), task('d', ['gone'])],
      ...[task('x', ['y']), task('y', ['x']), task('z', ['y', 'a'])],
    ];
    expect(wavesIn(tasks)).toEqual({
      ...{ done: null, failed: null, a: 1, b: null, c: null, d: null, x: null, y: null, z: null },
      gone: null,
    });
    const run = { onDepFailure: 'run' } as const;
    expect(wavesIn(tasks, run)).toMatchObject({ b: 1, c: 2, d: null, x: null });
    expect(wavesIn([task('a', [], is('failed')), task('b', ['a'], run)])).toMatchObject({ b: 1 });
  });
});

describe('the nodes of a graph', () => {
  it('have a state: a queued task is ready, blocked or delayed', () => {
    const tasks = [
      ...[task('a'), task('b', ['a', 'gone']), task('c', [], { dueAtMs: NOW + 1 })],
      ...[task('d', [], is('waiting')), task('e', [], is('skipped'))],
    ];
    expect(statesIn(tasks)).toEqual({
      ...{ a: 'ready', b: 'blocked', c: 'delayed', d: 'waiting', e: 'skipped', gone: 'missing' },
    });
  });

  it('may be those that are not over, or those around one task', () => {
    const tasks = [
      ...[task('a', [], is('completed')), task('b', ['a']), task('c', ['b']), task('d')],
      ...[task('e', ['c']), task('f', ['d'])],
    ];
    const ids = (more: Partial<GraphOptions>) => draw(tasks, more).nodes.map((one) => one.taskId);
    expect(ids({ openOnly: true })).toEqual(['b', 'c', 'd', 'e', 'f']);
    expect(ids({ around: 'c' })).toEqual(['a', 'b', 'c', 'e']);
    expect(ids({ around: 'c', openOnly: true })).toEqual(['b', 'c', 'e']);
    expect(draw(tasks, { openOnly: true }).nodes[0]).toMatchObject({ state: 'ready', wave: 1 });
  });
});

describe('the critical path of a graph', () => {
  const done = [10, 30, 20].map((ms, index) => task(`done-${index}`, [], is('completed', ms)));

  it('is the longest chain of what is not over, each as long as the median of what is', () => {
    const tasks = [...done, task('a', ['done-1']), task('b', ['a']), task('c')];
    const { criticalPath, nodes, edges } = draw(tasks);
    expect(criticalPath).toEqual({ taskIds: ['a', 'b'], taskMs: 20, durationMs: 40 });
    expect(nodes.filter((node) => node.critical).map((node) => node.taskId)).toEqual(['a', 'b']);
    expect(edges.filter((edge) => edge.critical)).toMatchObject([{ from: 'a', to: 'b' }]);
  });

  it('is told by the number of tasks where no duration is known', () => {
    expect(draw([task('a')]).criticalPath).toEqual({
      ...{ taskIds: ['a'], taskMs: null, durationMs: null },
    });
    expect(draw(done).criticalPath).toEqual({ taskIds: [], taskMs: 20, durationMs: null });
  });
});

describe('a graph with a cycle', () => {
  it('is drawn, with the cycle marked and no critical path', () => {
    const { cycle, nodes, edges, criticalPath } = draw([
      ...[task('a', ['b']), task('b', ['c']), task('c', ['a']), task('d', ['c'])],
    ]);
    expect(cycle).toEqual(['a', 'b', 'c', 'a']);
    expect(nodes.filter((node) => node.inCycle).map((node) => node.taskId)).toEqual([
      ...['a', 'b', 'c'],
    ]);
    const marked = edges.filter((edge) => edge.inCycle).map(({ from, to }) => `${from}>${to}`);
    expect(marked.sort()).toEqual(['a>c', 'b>a', 'c>b']);
    expect(criticalPath.taskIds).toEqual([]);
  });

  it('marks as many edges as the cycle has steps, whatever the graph', () => {
    const ids = fc.constantFrom(...'abcdefgh');
    const lists = fc.dictionary(ids, fc.uniqueArray(ids, { maxLength: 4 }));
    const property = fc.property(lists, (entries) => {
      const { cycle, edges, nodes } = draw(Object.entries(entries).map((of) => task(...of)));
      expect(edges.filter((edge) => edge.inCycle)).toHaveLength((cycle?.length ?? 1) - 1);
      const known = new Set(nodes.map((node) => node.taskId));
      for (const { from, to } of edges) expect(known.has(from) && known.has(to)).toBe(true);
    });
    fc.assert(property);
  });
});
