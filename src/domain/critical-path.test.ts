import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { criticalPath } from './critical-path.ts';
import type { DependencyGraph } from './graph.ts';

const one = (): number => 1;

/** Every chain, one by one. */
function heaviestByForce(graph: DependencyGraph, weight: (id: string) => number): number {
  const from = (id: string): number =>
    weight(id) + Math.max(0, ...(graph.get(id) ?? []).filter((to) => graph.has(to)).map(from));
  return Math.max(0, ...[...graph.keys()].map(from));
}

/** Small graphs without a cycle: a task waits for earlier ones only, listed in any order. */
const acyclic = fc
  .integer({ min: 1, max: 9 })
  .chain((size) =>
    fc.tuple(
      fc.array(fc.array(fc.nat(8), { maxLength: 4 }), { minLength: size, maxLength: size }),
      fc.array(fc.nat(9), { minLength: size, maxLength: size }),
      fc.shuffledSubarray([...Array(size).keys()], { minLength: size }),
    ),
  );

describe('the critical path', () => {
  it('is the heaviest chain there is, in the order of the work', () => {
    const property = fc.property(acyclic, ([waits, weights, shuffle]) => {
      const graph: DependencyGraph = new Map(
        shuffle.map((task) => [
          String(task),
          (waits[task] ?? []).map((to) => (to < task ? String(to) : 'not in the list')),
        ]),
      );
      const weight = (id: string): number => weights[Number(id)] ?? 0;
      const path = criticalPath(graph, weight);
      expect(path.reduce((sum, id) => sum + weight(id), 0)).toBe(heaviestByForce(graph, weight));
      for (const [index, id] of path.entries()) {
        if (index > 0) expect(graph.get(id)).toContain(path[index - 1]);
      }
    });
    fc.assert(property);
  });

  it('of equals is the one that ends first in the list', () => {
    const graph = new Map([
      ['a', []],
      ['b', ['a']],
      ['c', []],
      ['d', ['c']],
    ]);
    expect(criticalPath(graph, one)).toEqual(['a', 'b']);
    expect(criticalPath(graph, (id) => (id === 'c' ? 2 : 1))).toEqual(['c', 'd']);
  });

  it('is empty where there is nothing, and where tasks wait for each other', () => {
    expect(criticalPath(new Map(), one)).toEqual([]);
    const cycle = new Map([
      ['a', ['b']],
      ['b', ['a']],
      ['c', []],
    ]);
    expect(criticalPath(cycle, one)).toEqual([]);
  });

  it('follows a chain of 100,000 tasks', () => {
    const chain = new Map(
      Array.from({ length: 100_000 }, (_, index) => [
        String(index),
        index === 0 ? [] : [String(index - 1)],
      ]),
    );
    expect(criticalPath(chain, one)).toHaveLength(100_000);
  });
});
