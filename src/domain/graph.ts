/**
 * Who waits for whom: each task's id with the ids of the tasks it depends on. An id that is no key
 * of the map is a task that does not exist; it is ignored everywhere here. All walks are iterative
 * and linear in tasks and dependencies, so that a chain of 100,000 tasks needs no deep stack.
 */
export type DependencyGraph = ReadonlyMap<string, readonly string[]>;

/**
 * One cycle as a path that ends where it begins (`['a', 'b', 'a']`: a waits for b, b for a), or
 * null when there is none. The same graph always gives the same path.
 */
export function findCycle(graph: DependencyGraph): readonly string[] | null {
  const done = new Set<string>();
  for (const root of graph.keys()) {
    if (done.has(root)) continue;
    const cycle = walkForCycle(graph, root, done);
    if (cycle !== null) return cycle;
  }
  return null;
}

/**
 * All ids, each after everything it depends on, otherwise in the map's own order; null when a cycle
 * makes that impossible.
 */
export function topologicalOrder(graph: DependencyGraph): readonly string[] | null {
  const dependants = dependantsOf(graph);
  const open = new Map<string, number>();
  for (const [id, dependencies] of graph) open.set(id, existing(graph, dependencies).length);
  const order = [...graph.keys()].filter((id) => open.get(id) === 0);
  for (let next = 0; next < order.length; next += 1) {
    for (const dependant of dependants.get(order[next] as string) ?? []) {
      const left = (open.get(dependant) as number) - 1;
      open.set(dependant, left);
      if (left === 0) order.push(dependant);
    }
  }
  return order.length === graph.size ? order : null;
}

/** The same edges the other way round: each id with those that wait for it, each named once. */
export function dependantsOf(graph: DependencyGraph): DependencyGraph {
  const dependants = new Map<string, string[]>([...graph.keys()].map((id) => [id, []]));
  for (const [id, dependencies] of graph) {
    for (const dependency of existing(graph, dependencies)) dependants.get(dependency)?.push(id);
  }
  return dependants;
}

/** Every task that `id` waits for, directly or through others, the nearest first; never `id`. */
export function transitiveBlockers(graph: DependencyGraph, id: string): readonly string[] {
  const seen = new Set([id]);
  const queue = [id];
  for (let next = 0; next < queue.length; next += 1) {
    for (const dependency of graph.get(queue[next] as string) ?? []) {
      if (seen.has(dependency) || !graph.has(dependency)) continue;
      seen.add(dependency);
      queue.push(dependency);
    }
  }
  return queue.slice(1);
}

function existing(graph: DependencyGraph, ids: readonly string[]): readonly string[] {
  return [...new Set(ids)].filter((id) => graph.has(id));
}

interface Step {
  readonly id: string;
  next: number;
}

function walkForCycle(
  graph: DependencyGraph,
  root: string,
  done: Set<string>,
): readonly string[] | null {
  const path: Step[] = [{ id: root, next: 0 }];
  const onPath = new Set([root]);
  for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
    const dependency = (graph.get(step.id) ?? [])[step.next];
    step.next += 1;
    if (dependency === undefined) {
      path.pop();
      onPath.delete(step.id);
      done.add(step.id);
    } else if (onPath.has(dependency)) {
      const ids = path.map((entry) => entry.id);
      return [...ids.slice(ids.indexOf(dependency)), dependency];
    } else if (graph.has(dependency) && !done.has(dependency)) {
      path.push({ id: dependency, next: 0 });
      onPath.add(dependency);
    }
  }
  return null;
}
