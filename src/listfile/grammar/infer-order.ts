import { topologicalOrder } from '../../domain/graph.ts';
import { finding } from '../../domain/tasklist/findings.ts';
import type { Finding, ListTask } from '../../domain/tasklist/model.ts';
import type { NamedTask } from './name-tasks.ts';
import type { Section } from './section.ts';

/**
 * The dependencies that a list in the form of spec-kit leaves to its order: ids `T001`, and `[P]`
 * at what may run beside others. A task without `[P]` waits for everything since the last such
 * task, one with `[P]` for that last task alone, and each phase for the one before it. What a task
 * says itself stands: nothing is added to it.
 */
export function withInferredOrder(
  named: readonly NamedTask[],
  tasks: readonly ListTask[],
  findings: Finding[],
): readonly ListTask[] {
  const first = named.find(({ taskId }) => COUNTED.test(taskId));
  const marksParallel = named.some((task) => COUNTED.test(task.taskId) && isParallel(task));
  const counted = named.filter(({ taskId }) => COUNTED.test(taskId)).length;
  if (first === undefined || !marksParallel || counted * 2 < named.length) return tasks;
  const passed = placesPassed(named, tasks);
  if (passed === null) return tasks;
  const inferred = inferredDependencies(named, passed);
  let edges = 0;
  const ordered = tasks.map((task, index) => {
    const dependencies = inferred[index];
    if (dependencies == null) return task;
    edges += dependencies.length;
    return { ...task, dependencies };
  });
  const { line, column, length } = first.raw;
  const message =
    'tasks without [P] wait for those before them, and each phase for the one before it: ' +
    `${edges} dependencies were inferred`;
  findings.push(finding('order_inferred', { line, column, length }, message));
  return ordered;
}

/** Dependencies between two phases; with more, one task gathers them (which is stricter). */
const PHASE_EDGES_MAX = 400;
const COUNTED = /^T\d+[a-z]?$/;

function isParallel({ raw }: NamedTask): boolean {
  return raw.fields['parallel'] !== undefined;
}

function isExplicit({ raw }: NamedTask): boolean {
  return raw.settings.some(({ key, prose }) => key === 'depends' && prose !== true);
}

/**
 * For each task the place at which it can be done: its own, or that of the last task it names. A
 * later task may wait for it from there on without a cycle. Null when tasks name each other.
 */
function placesPassed(
  named: readonly NamedTask[],
  tasks: readonly ListTask[],
): readonly number[] | null {
  const explicit = named.map((task, index) => [
    task.taskId,
    isExplicit(task) ? (tasks[index]?.dependencies ?? []) : [],
  ]) as readonly (readonly [string, readonly string[]])[];
  const order = topologicalOrder(new Map(explicit));
  if (order === null) return null;
  const own = new Map(named.map(({ taskId }, index) => [taskId, index]));
  const dependencies = new Map(explicit);
  const passed = new Map<string, number>();
  for (const taskId of order) {
    const places = (dependencies.get(taskId) ?? []).map((id) => passed.get(id) ?? -1);
    passed.set(taskId, Math.max(own.get(taskId) as number, ...places));
  }
  return named.map(({ taskId }) => passed.get(taskId) as number);
}

/** For each task what it waits for; null where its own word stands. */
function inferredDependencies(
  named: readonly NamedTask[],
  passed: readonly number[],
): readonly (readonly string[] | null)[] {
  const late = new Map<number, string[]>();
  const flow = new Flow();
  return named.map((task, index) => {
    flow.enter(phaseOf(task.raw.section));
    let dependencies: readonly string[] | null = null;
    const at = passed[index] as number;
    if (!isExplicit(task)) {
      dependencies = isParallel(task) ? flow.beside(task.taskId) : flow.barrier(task.taskId);
    } else if (at === index) {
      flow.join(task.taskId);
    } else {
      late.set(at, [...(late.get(at) ?? []), task.taskId]);
    }
    for (const taskId of late.get(index) ?? []) flow.join(taskId);
    return dependencies;
  });
}

/** What a task that comes now would have to wait for. */
class Flow {
  private phase: Section | null | undefined;
  /** What has to be done before anything new begins. */
  private before: readonly string[] = [];
  /** What has begun since, side by side. */
  private open: string[] = [];
  /** Whether one of `open` may be done although `before` is not. */
  private joined = false;

  enter(phase: Section | null): void {
    if (this.phase !== undefined && this.phase !== phase) {
      this.before = this.all();
      this.open = [];
      this.joined = false;
    }
    this.phase = phase;
  }

  barrier(taskId: string): readonly string[] {
    const all = this.all();
    this.before = [taskId];
    this.open = [];
    this.joined = false;
    return all;
  }

  beside(taskId: string): readonly string[] {
    const wide = this.before.length > 1;
    const edges = this.before.length * (this.open.length + 1);
    if (wide && edges > PHASE_EDGES_MAX) return this.barrier(taskId);
    this.open.push(taskId);
    return this.before;
  }

  join(taskId: string): void {
    this.open.push(taskId);
    this.joined = true;
  }

  private all(): readonly string[] {
    if (this.open.length === 0) return this.before;
    return this.joined ? [...this.before, ...this.open] : this.open;
  }
}

/** The section called a phase, or the largest one below the title. */
function phaseOf(section: Section): Section | null {
  let largest: Section | null = null;
  for (let at: Section | null = section; at !== null && at.level > 0; at = at.parent) {
    if (/^phase\b/i.test(at.title ?? '')) return at;
    if (at.level > 1) largest = at;
  }
  return largest;
}
