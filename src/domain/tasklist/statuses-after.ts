import { isTerminal, type OnDepFailure, type TaskStatus } from '../status.ts';
import type { ListTask } from './model.ts';
import type { ListChange, Reconciliation } from './reconcile.ts';
import type { StoredTask } from './stored-task.ts';

/** What a row waits for; `dependsOn` is null while the list has no task of that id. */
export interface OpenEdge {
  readonly task: string;
  readonly taskId: string;
  readonly dependsOn: string | null;
}

export interface StoredList {
  /** Archived rows too: what waits for them goes on doing so. */
  readonly stored: readonly StoredTask[];
  readonly edges: readonly OpenEdge[];
  readonly listPolicy: OnDepFailure;
  readonly ignoreMissing: boolean;
}

/**
 * The status of each task of the file once a reconciliation is applied: what it changes itself, and
 * what dependants answer to that, each by its policy (the list's, where it has none of its own).
 */
export function statusesAfter(
  list: StoredList,
  tasks: readonly ListTask[],
  { changes }: Pick<Reconciliation, 'changes'>,
): ReadonlyMap<string, TaskStatus> {
  const keys = keysAfter(list.stored, changes);
  const answers = new Answers();
  for (const row of list.stored) {
    answers.put(row.id, row.status, row.causeTaskId ?? null);
    answers.policies.set(row.id, row.onDepFailure ?? list.listPolicy);
  }
  for (const task of tasks) {
    const policy = task.onDepFailure ?? list.listPolicy;
    answers.policies.set(keys.get(task.taskId) as string, policy);
  }
  for (const step of changes) {
    const status = statusBy(step);
    if (status !== null) answers.put(keyOf(step), status, null);
  }
  for (const key of link(list, changes, { keys, answers })) answers.settle(key);
  for (const step of changes) if (changesAnswer(step)) answers.answerAnew(step.id);
  for (const step of changes) {
    if (step.kind === 'complete' || step.kind === 'skip') answers.resolve(step.id);
  }
  return new Map(tasks.map(({ taskId }) => [taskId, answers.of(keys.get(taskId) as string)]));
}

/** A row by its `id`, a task that is added by its task id. */
function keyOf(step: ListChange): string {
  return step.kind === 'add' ? `+${step.taskId}` : step.id;
}

/** By task id: the tasks that others may depend on. */
function keysAfter(
  stored: readonly StoredTask[],
  changes: readonly ListChange[],
): ReadonlyMap<string, string> {
  const reachable = stored.filter((row) => !row.archived || row.status === 'completed');
  const keys = new Map(reachable.map((row) => [row.taskId, row.id]));
  const completed = new Set(
    stored.filter((row) => row.status === 'completed').map((row) => row.taskId),
  );
  for (const step of changes) {
    keys.set(step.taskId, keyOf(step));
    if (step.kind === 'relabel') keys.delete(step.from);
    if (step.kind === 'archive' && !completed.has(step.taskId)) keys.delete(step.taskId);
  }
  return keys;
}

function statusBy(step: ListChange): TaskStatus | null {
  if (step.kind === 'add') return step.status;
  if (step.kind === 'complete') return 'completed';
  return step.kind === 'skip' ? 'skipped' : null;
}

/** Whether a row that a dependency had skipped or failed is to be asked again. */
export function changesAnswer(step: ListChange): step is Extract<ListChange, { kind: 'update' }> {
  return (
    step.kind === 'update' &&
    (step.changed.includes('dependencies') || step.changed.includes('onDepFailure'))
  );
}

/** Changed tasks are linked anew; of the others, those that waited for what is now there. */
function link(
  { stored, edges, ignoreMissing }: StoredList,
  changes: readonly ListChange[],
  { keys, answers }: { readonly keys: ReadonlyMap<string, string>; readonly answers: Answers },
): ReadonlySet<string> {
  const linked = new Map(
    changes.flatMap((step) =>
      step.kind === 'add' || (step.kind === 'update' && step.changed.includes('dependencies'))
        ? [[keyOf(step), step.task.dependencies] as const]
        : [],
    ),
  );
  const gone = new Set(stored.flatMap((row) => (row.archived ? [row.id] : [])));
  for (const step of changes) {
    if (step.kind === 'archive') gone.add(step.id);
    if (step.kind === 'restore') gone.delete(step.id);
  }
  const unsettled = new Set<string>();
  const add = (task: string, dependency: string | undefined): void => {
    if (dependency === undefined || (ignoreMissing && gone.has(dependency))) return;
    const isNew = answers.wait(task, dependency);
    if (isNew) unsettled.add(task);
  };
  for (const { task, taskId, dependsOn } of edges) {
    if (linked.has(task)) continue;
    if (dependsOn === null) add(task, keys.get(taskId));
    else if (!(ignoreMissing && gone.has(dependsOn))) answers.wait(task, dependsOn);
  }
  for (const [task, dependencies] of linked)
    for (const one of dependencies) add(task, keys.get(one));
  return unsettled;
}

/** Who waits for whom, and what everybody answers to how that ended. */
class Answers {
  readonly policies = new Map<string, OnDepFailure>();
  private readonly statuses = new Map<string, TaskStatus>();
  private readonly causes = new Map<string, string>();
  private readonly caused = new Map<string, Set<string>>();
  private readonly waitsFor = new Map<string, Set<string>>();
  private readonly dependants = new Map<string, Set<string>>();

  of(key: string): TaskStatus {
    return this.statuses.get(key) ?? 'queued';
  }

  put(key: string, status: TaskStatus, cause: string | null): void {
    this.statuses.set(key, status);
    this.caused.get(this.causes.get(key) ?? '')?.delete(key);
    this.causes.delete(key);
    if (cause === null) return;
    this.causes.set(key, cause);
    addTo(this.caused, cause, key);
  }

  /** Gives whether there is something to answer. */
  wait(key: string, dependency: string): boolean {
    const status = this.of(dependency);
    if (status === 'completed') return false;
    addTo(this.waitsFor, key, dependency);
    addTo(this.dependants, dependency, key);
    return isTerminal(status);
  }

  /** Tell the dependants of what ended, and theirs in turn. */
  resolve(key: string): void {
    const ended = [key];
    for (let next = ended.pop(); next !== undefined; next = ended.pop()) {
      for (const child of [...(this.dependants.get(next) ?? [])]) this.answer(child, next, ended);
      if (this.of(next) === 'completed') this.reviveCaused(next, ended);
    }
  }

  /** Answer every dependency that is over. */
  settle(key: string): void {
    const ended: string[] = [];
    this.answerEnded(key, ended);
    for (const one of ended) this.resolve(one);
  }

  /** A row may come back that was given other dependencies, or another policy. */
  answerAnew(key: string): void {
    const cause = this.causes.get(key);
    if (cause === undefined) return;
    const sameAnswer = this.policies.get(key) === (this.of(key) === 'failed' ? 'fail' : 'skip');
    if (sameAnswer && this.waitsFor.get(key)?.has(cause) === true) return;
    this.put(key, 'queued', null);
    this.settle(key);
    if (isTerminal(this.of(key))) return;
    const ended: string[] = [];
    this.reviveCaused(key, ended);
    for (const one of ended) this.resolve(one);
  }

  private answerEnded(key: string, ended: string[]): void {
    for (const dependency of [...(this.waitsFor.get(key) ?? [])]) {
      if (isTerminal(this.of(dependency))) this.answer(key, dependency, ended);
    }
  }

  private answer(key: string, dependency: string, ended: string[]): void {
    const policy = this.policies.get(key);
    if (this.of(dependency) === 'completed' || policy === 'run') {
      this.waitsFor.get(key)?.delete(dependency);
      this.dependants.get(dependency)?.delete(key);
      return;
    }
    if (this.of(key) !== 'queued' && this.of(key) !== 'waiting') return;
    this.put(key, policy === 'fail' ? 'failed' : 'skipped', dependency);
    ended.push(key);
  }

  /** Those that it had skipped or failed come back, and those that they had, too. */
  private reviveCaused(key: string, ended: string[]): void {
    const causes = [key];
    const revived: string[] = [];
    for (let cause = causes.pop(); cause !== undefined; cause = causes.pop()) {
      for (const one of [...(this.caused.get(cause) ?? [])]) {
        this.put(one, 'queued', null);
        causes.push(one);
        revived.push(one);
      }
    }
    for (const one of revived) this.answerEnded(one, ended);
  }
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const known = sets.get(key);
  if (known === undefined) sets.set(key, new Set([value]));
  else known.add(value);
}
