import { findCycle } from '../domain/graph.ts';

export interface TaskEdges {
  /** As the source has them. */
  readonly written: readonly string[];
  /** Meant by the source, without being written. */
  readonly implied: readonly string[];
}

export interface GivenUp {
  readonly taskId: string;
  readonly dependency: string;
  readonly isWritten: boolean;
}

export interface WithoutCycles {
  readonly edges: ReadonlyMap<string, readonly string[]>;
  readonly given: readonly GivenUp[];
}

/**
 * Give up as many edges as it takes to leave no circle, by one rule: of the edges on a circle, an
 * implied one first; else the one by which the earliest task of the plan waits for a later one,
 * because the order of a plan is the order it was thought of in.
 */
export function breakCycles(graph: ReadonlyMap<string, TaskEdges>): WithoutCycles {
  const place = new Map([...graph.keys()].map((id, at) => [id, at]));
  const edges = new Map<string, Set<string>>();
  const written = new Map<string, ReadonlySet<string>>();
  const given: GivenUp[] = [];
  for (const [id, task] of graph) {
    const own = new Set(task.written);
    if (own.delete(id)) given.push({ taskId: id, dependency: id, isWritten: true });
    written.set(id, new Set(own));
    edges.set(id, new Set([...own, ...task.implied]));
  }
  for (let cycle = nextCycle(edges); cycle !== null; cycle = nextCycle(edges)) {
    const steps = cycle.slice(0, -1).map((taskId, at) => {
      const dependency = cycle?.[at + 1] as string;
      return { taskId, dependency, isWritten: written.get(taskId)?.has(dependency) ?? false };
    });
    const against = steps.toSorted(
      (a, b) =>
        Number(a.isWritten) - Number(b.isWritten) ||
        (place.get(a.taskId) ?? 0) - (place.get(b.taskId) ?? 0),
    );
    const [worst] = against;
    if (worst === undefined) break;
    edges.get(worst.taskId)?.delete(worst.dependency);
    given.push(worst);
  }
  return { edges: new Map([...edges].map(([id, own]) => [id, [...own]])), given };
}

function nextCycle(edges: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] | null {
  return findCycle(new Map([...edges].map(([id, own]) => [id, [...own]])));
}
