import { type DependencyGraph, topologicalOrder } from './graph.ts';

/** Above this the quadratic memory of the work would be felt. */
const TASKS_MAX = 10_000;

/**
 * The same graph without what others imply: where c waits for b and a, and b for a, that c waits
 * for a need not be drawn. What is no task is left out. A graph with a cycle, or a very large one,
 * keeps all its edges.
 */
export function withoutImplied(graph: DependencyGraph): DependencyGraph {
  const known = new Map(
    [...graph].map(([id, dependencies]) => [
      id,
      [...new Set(dependencies)].filter((dependency) => graph.has(dependency)),
    ]),
  );
  const order = topologicalOrder(known);
  if (order === null || order.length > TASKS_MAX) return known;
  const rank = new Map(order.map((id, index) => [id, index]));
  const rankOf = (id: string): number => rank.get(id) as number;
  const behind = new Map<string, Uint32Array>();
  for (const id of order) {
    const reached = new Uint32Array(Math.ceil(order.length / BITS));
    const needed = new Set<string>();
    // The latest first: what an earlier one adds to it is reached through it.
    for (const to of (known.get(id) ?? []).toSorted((a, b) => rankOf(b) - rankOf(a))) {
      const at = rankOf(to);
      if (((reached[at >>> 5] ?? 0) >>> (at % BITS)) & 1) continue;
      needed.add(to);
      const further = behind.get(to) as Uint32Array;
      for (let word = 0; word < reached.length; word += 1) {
        reached[word] = (reached[word] ?? 0) | (further[word] ?? 0);
      }
      reached[at >>> 5] = (reached[at >>> 5] ?? 0) | (1 << (at % BITS));
    }
    behind.set(id, reached);
    known.set(
      id,
      (known.get(id) ?? []).filter((to) => needed.has(to)),
    );
  }
  return known;
}

const BITS = 32;
