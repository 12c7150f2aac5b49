import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DependencyGraph, transitiveBlockers } from './graph.ts';
import { withoutImplied } from './implied-edges.ts';

const edgesOf = (graph: DependencyGraph): readonly string[] =>
  [...graph].flatMap(([id, dependencies]) => dependencies.map((to) => `${id}>${to}`)).sort();

describe('a graph without implied edges', () => {
  it('leaves out what another way says, what is said twice, and what does not exist', () => {
    const graph = new Map([
      ['a', []],
      ['b', ['a']],
      ['c', ['a', 'b', 'b', 'nowhere']],
    ]);
    expect(edgesOf(withoutImplied(graph))).toEqual(['b>a', 'c>b']);
  });

  it('keeps every edge of a graph with a cycle', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['a']],
      ['c', ['a', 'b']],
    ]);
    expect(edgesOf(withoutImplied(graph))).toEqual(['a>b', 'b>a', 'c>a', 'c>b']);
  });

  it('waits for the same tasks as before, and could not lose another edge', () => {
    const waits = fc.array(fc.array(fc.nat(70), { maxLength: 6 }), { maxLength: 70 });
    const property = fc.property(waits, (lists) => {
      const graph: DependencyGraph = new Map(
        lists.map((list, task) => [String(task), list.filter((to) => to < task).map(String)]),
      );
      const reduced = withoutImplied(graph);
      for (const [id, dependencies] of reduced) {
        const all = [...transitiveBlockers(graph, id)].sort();
        expect([...transitiveBlockers(reduced, id)].sort()).toEqual(all);
        for (const left of dependencies) {
          const others = dependencies.filter((to) => to !== left);
          const fewer = new Map(reduced).set(id, others);
          expect(transitiveBlockers(fewer, id)).not.toContain(left);
        }
      }
    });
    fc.assert(property);
  });
});
