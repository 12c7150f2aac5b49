import { criticalPath } from './critical-path.ts';
import type { TaskState } from './explain.ts';
import { type DependencyGraph, dependantsOf, findCycle, transitiveBlockers } from './graph.ts';
import { withoutImplied } from './implied-edges.ts';
import type { Priority } from './priority.ts';
import { isTerminal, type OnDepFailure, type TaskStatus } from './status.ts';
import { wavesOf } from './waves.ts';

/** What is read of a task to draw it. */
export interface GraphedTask {
  readonly taskId: string;
  readonly description: string;
  readonly section: string | null;
  readonly priority: Priority;
  readonly status: TaskStatus;
  readonly dependencies: readonly string[];
  /** Null: as the list's policy says. */
  readonly onDepFailure: OnDepFailure | null;
  /** Not before this moment; 0 is now. */
  readonly dueAtMs: number;
  /** Of a completed task whose time was taken. */
  readonly durationMs: number | null;
}

/** Who waits for whom, with what stands where. Names are a public contract. */
export interface TaskGraph {
  /** In the order of the list; then the ids that tasks wait for and that are no tasks. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** The longest chain of what is not over; empty when all is, or when there is a cycle. */
  readonly criticalPath: {
    readonly taskIds: readonly string[];
    /** Of an open task, the median of those that completed; null when none is known. */
    readonly taskMs: number | null;
    /** Of the whole chain. */
    readonly durationMs: number | null;
  };
  /** A path that ends where it begins; null when there is none, as it should be. */
  readonly cycle: readonly string[] | null;
}

export interface GraphNode extends Omit<GraphedTask, 'status' | 'onDepFailure' | 'dueAtMs'> {
  /** Null where the list has no such task. */
  readonly status: TaskStatus | null;
  readonly state: NodeState;
  /**
   * 0 for what runs, 1 for what can start now, 2 for what can start after that, and so on; null for
   * what is over, and for what cannot start unless somebody does something.
   */
  readonly wave: number | null;
  /** On the critical path, where that is more than one task. */
  readonly critical: boolean;
  readonly inCycle: boolean;
}

export type NodeState = TaskState | 'missing';

export interface GraphEdge {
  /** What is waited for. */
  readonly from: string;
  readonly to: string;
  /** Other edges say the same: it need not be drawn. */
  readonly implied: boolean;
  readonly critical: boolean;
  readonly inCycle: boolean;
}

export interface GraphOptions {
  readonly nowMs: number;
  readonly onDepFailure: OnDepFailure;
  /** Leave out what is over. */
  readonly openOnly?: boolean;
  /** Only this task, what it waits for and what waits for it, directly or not. */
  readonly around?: string;
}

/** The graph of a list, or of a part of it. Cycles are drawn like everything else. */
export function taskGraph(tasks: readonly GraphedTask[], options: GraphOptions): TaskGraph {
  const all: DependencyGraph = new Map(tasks.map((task) => [task.taskId, task.dependencies]));
  const waves = wavesOf(tasks, options.onDepFailure);
  const kept = part(tasks, all, options);
  const graph: DependencyGraph = new Map(kept.map((task) => [task.taskId, task.dependencies]));
  const cycle = findCycle(graph);
  const open = new Map(kept.filter(isOpen).map((task) => [task.taskId, task.dependencies]));
  const path = cycle === null ? criticalPath(open, () => 1) : [];
  const marks = {
    critical: stepsOf(path.length > 1 ? path : []),
    inCycle: stepsOf(cycle?.toReversed() ?? []),
  };
  const taskMs = median(tasks.flatMap(({ durationMs }) => durationMs ?? []));
  const nodes = kept.map((task): GraphNode => {
    const { status, onDepFailure: _policy, dueAtMs: _due, ...shown } = task;
    const wave = waves.get(task.taskId) ?? null;
    return {
      ...shown,
      status,
      state: stateOf(task, wave, options.nowMs),
      wave,
      critical: marks.critical.nodes.has(task.taskId),
      inCycle: marks.inCycle.nodes.has(task.taskId),
    };
  });
  return {
    nodes: [...nodes, ...missing(kept, all)],
    edges: edgesOf(kept, graph, all, marks),
    criticalPath: {
      taskIds: path,
      taskMs,
      durationMs: taskMs === null || path.length === 0 ? null : taskMs * path.length,
    },
    cycle,
  };
}

function isOpen({ status }: GraphedTask): boolean {
  return !isTerminal(status);
}

function part(
  tasks: readonly GraphedTask[],
  all: DependencyGraph,
  { openOnly, around }: GraphOptions,
): readonly GraphedTask[] {
  const near =
    around === undefined
      ? null
      : new Set([
          ...[around, ...transitiveBlockers(all, around)],
          ...transitiveBlockers(dependantsOf(all), around),
        ]);
  return tasks.filter(
    (task) => (openOnly !== true || isOpen(task)) && (near === null || near.has(task.taskId)),
  );
}

function stateOf({ status, dueAtMs }: GraphedTask, wave: number | null, nowMs: number): NodeState {
  if (status !== 'queued') return status;
  if (wave !== 1) return 'blocked';
  return dueAtMs > nowMs ? 'delayed' : 'ready';
}

interface Steps {
  readonly nodes: ReadonlySet<string>;
  /** By what is waited for: who waits for it. */
  readonly next: ReadonlyMap<string, string>;
}

/** A path in the order of the work, as something to ask. */
function stepsOf(path: readonly string[]): Steps {
  const next = new Map<string, string>();
  for (const [index, id] of path.entries()) {
    const after = path[index + 1];
    if (after !== undefined) next.set(id, after);
  }
  return { nodes: new Set(path), next };
}

function edgesOf(
  tasks: readonly GraphedTask[],
  graph: DependencyGraph,
  all: DependencyGraph,
  { critical, inCycle }: { readonly critical: Steps; readonly inCycle: Steps },
): readonly GraphEdge[] {
  const needed = withoutImplied(graph);
  return tasks.flatMap(({ taskId: to, dependencies }) => {
    const drawn = new Set(needed.get(to));
    return dependencies
      .filter((from) => graph.has(from) || !all.has(from))
      .map((from) => ({
        from,
        to,
        implied: graph.has(from) && !drawn.has(from),
        critical: critical.next.get(from) === to,
        inCycle: inCycle.next.get(from) === to,
      }));
  });
}

function missing(tasks: readonly GraphedTask[], all: DependencyGraph): readonly GraphNode[] {
  const ids = new Set(
    tasks.flatMap(({ dependencies }) => dependencies.filter((id) => !all.has(id))),
  );
  return [...ids].map((taskId) => ({
    taskId,
    description: 'not in the list',
    section: null,
    priority: 'P2',
    status: null,
    state: 'missing',
    dependencies: [],
    durationMs: null,
    wave: null,
    critical: false,
    inCycle: false,
  }));
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
