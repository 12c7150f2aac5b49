import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DependencyGraph, findCycle, topologicalOrder, transitiveBlockers } from './graph.ts';

const graphOf = (edges: Readonly<Record<string, readonly string[]>>): DependencyGraph =>
  new Map(Object.entries(edges));

/** Any graph of up to nine tasks, with ids that do not exist among the dependencies. */
const anyGraph = fc
  .dictionary(
    fc.constantFrom(...'abcdefghi'),
    fc.array(fc.constantFrom(...'abcdefghi', 'gone'), { maxLength: 4 }),
  )
  .map(graphOf);

describe('findCycle', () => {
  test('names the path of a cycle, from its beginning back to it', () => {
    expect(findCycle(graphOf({ x: ['a'], a: ['b'], b: ['c'], c: ['a'] }))).toEqual([
      'a',
      'b',
      'c',
      'a',
    ]);
  });

  test('takes a task that waits for itself for a cycle', () => {
    expect(findCycle(graphOf({ a: ['a'] }))).toEqual(['a', 'a']);
  });

  test('finds none in a diamond, nor through a task that does not exist', () => {
    expect(findCycle(graphOf({ a: ['b', 'c'], b: ['d'], c: ['d'], d: ['gone'] }))).toBeNull();
  });

  test('finds one exactly where there is no order, and each of its steps is a dependency', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const cycle = findCycle(graph);
        expect(cycle === null).toBe(topologicalOrder(graph) !== null);
        for (const [index, id] of (cycle ?? []).slice(0, -1).entries()) {
          expect(graph.get(id)).toContain(cycle?.[index + 1]);
        }
        if (cycle !== null) expect(cycle.at(-1)).toBe(cycle[0]);
      }),
    );
  });

  test('walks a chain of 100,000 tasks without a deep stack', () => {
    const chain = Array.from({ length: 100_000 }, (_, index): [string, string[]] => [
      `t${index}`,
      [`t${index + 1}`],
    ]);
    const open = new Map(chain);
    expect(findCycle(open)).toBeNull();
    expect(topologicalOrder(open)?.[0]).toBe('t99999');
    expect(transitiveBlockers(open, 't0')).toHaveLength(99_999);
    expect(findCycle(new Map([...chain, ['t100000', ['t0']]]))).toHaveLength(100_002);
  });
});

describe('topologicalOrder', () => {
  test('puts every task behind what it depends on, all of them once', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const order = topologicalOrder(graph);
        if (order === null) return;
        expect([...order].sort()).toEqual([...graph.keys()].sort());
        for (const [id, dependencies] of graph) {
          for (const dependency of dependencies.filter((other) => graph.has(other))) {
            expect(order.indexOf(dependency)).toBeLessThan(order.indexOf(id));
          }
        }
      }),
    );
  });

  test('keeps the order given where nothing speaks against it', () => {
    expect(topologicalOrder(graphOf({ c: [], a: [], b: ['a', 'a'] }))).toEqual(['c', 'a', 'b']);
  });
});

describe('transitiveBlockers', () => {
  test('names the nearest first, each once, never the task itself', () => {
    const graph = graphOf({ a: ['b', 'c'], b: ['d'], c: ['d', 'a'], d: ['gone'] });
    expect(transitiveBlockers(graph, 'a')).toEqual(['b', 'c', 'd']);
  });
});
