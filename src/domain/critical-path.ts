import { type DependencyGraph, topologicalOrder } from './graph.ts';

/**
 * The chain of tasks, each waiting for the one before it, that weighs most; of equals the one that
 * ends first in the map's order. Empty for an empty graph, and for one with a cycle: it has none.
 */
export function criticalPath(
  graph: DependencyGraph,
  weight: (id: string) => number,
): readonly string[] {
  const order = topologicalOrder(graph) ?? [];
  const before = new Map<string, string | null>();
  const heaviest = new Map<string, number>();
  for (const id of order) {
    const [previous, sum] = heaviestOf(graph.get(id) ?? [], heaviest);
    before.set(id, previous);
    heaviest.set(id, sum + weight(id));
  }
  const path: string[] = [];
  let [id] = heaviestOf([...graph.keys()], heaviest);
  while (id !== null) {
    path.push(id);
    id = before.get(id) ?? null;
  }
  return path.reverse();
}

function heaviestOf(
  ids: readonly string[],
  heaviest: ReadonlyMap<string, number>,
): readonly [id: string | null, weight: number] {
  let most: readonly [string | null, number] = [null, 0];
  for (const id of ids) {
    const sum = heaviest.get(id);
    if (sum !== undefined && (most[0] === null || sum > most[1])) most = [id, sum];
  }
  return most;
}
