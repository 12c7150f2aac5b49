import type { AttemptOutcome } from '../../src/domain/outcome.ts';
import type { Priority } from '../../src/domain/priority.ts';
import type { OnDepFailure, TaskStatus } from '../../src/domain/status.ts';
import type { RetryPolicy } from '../../src/domain/task.ts';

/** A task as the model sees it. Its edges, in the order of the file, are open until answered. */
export interface ModelTask {
  readonly id: string;
  readonly taskId: string;
  priority: Priority;
  position: number;
  status: TaskStatus;
  attempts: number;
  crashCount: number;
  revisions: number;
  dueAtMs: number;
  fence: number;
  term: number;
  holder: string | null;
  cause: string | null;
  archived: boolean;
  policy: OnDepFailure | null;
  wish: 'cancel' | 'skip' | 'requeue' | null;
  edges: { readonly taskId: string; to: string | null; open: boolean }[];
}

export interface ModelLine {
  readonly taskId: string;
  readonly after: readonly string[];
  readonly priority: Priority;
  readonly policy: OnDepFailure | null;
}

/** Said by the model when the store must refuse. */
export const REFUSED = 'refused';
export type Answer = 'done' | typeof REFUSED | 'already' | 'asked';

/**
 * One list's queue, said as simply as possible and without a database: plain objects, changed in
 * place, one operation after the other. What the store does must look like this.
 */
export class QueueModel {
  readonly tasks = new Map<string, ModelTask>();
  policy: OnDepFailure = 'skip';
  paused = false;
  /** Outcome kinds by task and fence. */
  readonly #outcomes = new Map<string, string>();

  open(task: ModelTask): number {
    return task.edges.filter((edge) => edge.open).length;
  }

  byTaskId(taskId: string): ModelTask | undefined {
    return [...this.tasks.values()].find((task) => task.taskId === taskId);
  }

  /** `idOf` names the tasks that are new. */
  load(lines: readonly ModelLine[], idOf: (taskId: string) => string): void {
    const relink: ModelTask[] = [];
    const anew: ModelTask[] = [];
    for (const [at, line] of lines.entries()) {
      const known = this.byTaskId(line.taskId);
      const task = known ?? newTask(idOf(line.taskId), line.taskId);
      this.tasks.set(task.id, task);
      const before = task.edges.map((edge) => edge.taskId).join();
      if (before !== line.after.join()) relink.push(task);
      if (before !== line.after.join() || task.policy !== line.policy) anew.push(task);
      Object.assign(task, { archived: false, position: at + 1, priority: line.priority });
      task.policy = line.policy;
    }
    const inFile = new Set(lines.map((line) => line.taskId));
    for (const task of this.tasks.values()) if (!inFile.has(task.taskId)) task.archived = true;
    const unsettled = new Set<ModelTask>();
    const link = (task: ModelTask, edge: ModelTask['edges'][number]): void => {
      const to = this.byTaskId(edge.taskId);
      if (to === undefined || (to.archived && to.status !== 'completed')) return;
      edge.to = to.id;
      edge.open = to.status !== 'completed';
      if (isOver(to) && edge.open) unsettled.add(task);
    };
    for (const task of relink) {
      const line = lines.find((one) => one.taskId === task.taskId);
      task.edges = (line?.after ?? []).map((taskId) => ({ taskId, to: null, open: true }));
      for (const edge of task.edges) link(task, edge);
    }
    const byPlace = [...this.tasks.values()].sort((a, b) => a.position - b.position);
    for (const task of byPlace) {
      for (const edge of task.edges) if (edge.to === null) link(task, edge);
    }
    for (const task of unsettled) this.#settle(task);
    for (const task of anew) this.#answerAnew(task);
  }

  /** What a dependency made of it counts no more once it is another one, or another policy. */
  #answerAnew(task: ModelTask): void {
    const isOpen = task.edges.some((edge) => edge.to === task.cause && edge.open);
    const sameAnswer =
      (task.policy ?? this.policy) === (task.status === 'failed' ? 'fail' : 'skip');
    if (task.cause === null || (isOpen && sameAnswer)) return;
    this.#renew(task);
    this.#settle(task);
    if (isOver(task)) return;
    const ended: ModelTask[] = [];
    this.#revive(task, ended);
    for (const one of ended) this.#tell(one);
  }

  ready(minPriority: Priority): readonly ModelTask[] {
    return [...this.tasks.values()]
      .filter((task) => this.#isReady(task) && task.priority <= minPriority)
      .sort((a, b) => (a.priority === b.priority ? a.position - b.position : order(a, b)));
  }

  promote(nowMs: number): void {
    for (const task of this.tasks.values()) if (task.dueAtMs <= nowMs) task.dueAtMs = 0;
  }

  claim(task: ModelTask, holder: string): void {
    task.fence += 1;
    task.term += 1;
    task.attempts += 1;
    Object.assign(task, { status: 'running', holder, cause: null, dueAtMs: 0 });
  }

  holds(task: ModelTask, lease: { fence: number; term?: number; holder?: string }): boolean {
    return isHeld(task, lease) && task.term === lease.term && task.holder === lease.holder;
  }

  adopt(task: ModelTask, lease: { fence: number; term: number }, holder: string): Answer {
    if (!isHeld(task, lease) || task.term !== lease.term) return REFUSED;
    task.term += 1;
    task.holder = holder;
    return 'done';
  }

  finish(
    task: ModelTask,
    lease: { readonly fence: number; readonly term?: number; readonly holder?: string },
    end: { outcome: AttemptOutcome; policy: RetryPolicy; chance: number; nowMs: number },
  ): Answer {
    const key = `${task.id} ${lease.fence}`;
    const theirs = lease.holder === undefined || this.holds(task, lease);
    if (!isHeld(task, lease) || !theirs) {
      return this.#outcomes.get(key) === end.outcome.kind ? 'already' : REFUSED;
    }
    this.#outcomes.set(key, end.outcome.kind);
    const wish = end.outcome.kind === 'succeeded' ? null : task.wish;
    Object.assign(task, { holder: null, wish: null });
    if (wish === 'cancel') this.#end(task, 'cancelled', { charged: false });
    else if (wish === 'skip') this.#end(task, 'skipped', { charged: false });
    else if (wish === 'requeue') this.#renew(task);
    else this.#finishAs(task, end);
    if (task.status === 'queued' || task.status === 'waiting') this.#settle(task);
    return 'done';
  }

  change(
    task: ModelTask,
    verb: 'skip' | 'cancel' | 'retry' | 'requeue' | 'complete',
    { confirmed, cascade }: { readonly confirmed: boolean; readonly cascade: boolean },
  ): Answer {
    const answer = this.#changeOne(task, verb, confirmed);
    if (answer === REFUSED) return REFUSED;
    if (verb === 'requeue' && cascade) this.#cascade(task);
    return answer;
  }

  /** Everything that is not over is given up, before anybody is told of it. */
  cancelAll(): void {
    const all = [...this.tasks.values()].sort((a, b) => a.position - b.position);
    const open = all.filter(({ status }) => status === 'queued' || status === 'waiting');
    for (const task of all) if (task.status === 'running') task.wish = 'cancel';
    for (const task of open) Object.assign(task, { status: 'cancelled', dueAtMs: 0, cause: null });
    for (const task of open) this.#tell(task);
  }

  /** Put away, or brought back, with everything that belongs to it. */
  setArchived(archived: boolean): Answer {
    const all = [...this.tasks.values()];
    if (archived && all.some(({ status }) => status === 'running')) return REFUSED;
    for (const task of all) task.archived = archived;
    return 'done';
  }

  #changeOne(task: ModelTask, verb: string, confirmed: boolean): Answer {
    const { status } = task;
    if (status === 'running') {
      if (verb !== 'cancel' && verb !== 'skip' && verb !== 'requeue') return REFUSED;
      task.wish = verb;
      return 'asked';
    }
    const sendsBack = verb === 'retry' || verb === 'requeue';
    if (sendsBack && this.#isHopeless(task)) return REFUSED;
    const openEnded = ['queued', 'waiting', 'failed'].includes(status);
    if (verb === 'complete' && status !== 'completed') this.#end(task, 'completed');
    else if (verb === 'cancel' && openEnded) this.#end(task, 'cancelled');
    else if (verb === 'skip' && (openEnded || (status === 'skipped' && task.cause !== null)))
      this.#end(task, 'skipped');
    else if (verb === 'retry' && !['queued', 'completed'].includes(status)) this.#renew(task);
    else if (verb === 'requeue' && status === 'completed' && confirmed) this.#renew(task);
    else if (
      verb === 'requeue' &&
      status !== 'completed' &&
      !(status === 'queued' && task.dueAtMs === 0)
    )
      this.#renew(task);
    else return REFUSED;
    if (task.status === 'queued') this.#settle(task);
    return 'done';
  }

  /** Everybody that (indirectly) depends on `root`; who was left out by a person stays so. */
  #cascade(root: ModelTask): void {
    const seen = new Set([root]);
    const parents = [root];
    for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
      for (const child of this.#byId()) {
        const edge = child.edges.find((one) => one.to === parent?.id);
        if (edge === undefined) continue;
        edge.open = true;
        if (seen.has(child)) continue;
        seen.add(child);
        parents.push(child);
        if (child.status === 'running') child.wish = 'requeue';
        else if (child.status !== 'queued' && !isPersonsChoice(child)) this.#renew(child);
      }
    }
    for (const task of seen) if (task !== root) this.#settle(task);
  }

  #finishAs(
    task: ModelTask,
    end: { outcome: AttemptOutcome; policy: RetryPolicy; chance: number; nowMs: number },
  ): void {
    const { outcome, policy, nowMs } = end;
    const later = (tries: number): number => {
      const window = Math.min(policy.retryDelayMaxMs, policy.retryDelayMs * 2 ** (tries - 1));
      const delay = Math.round(end.chance * window);
      return delay === 0 ? 0 : nowMs + delay;
    };
    if (outcome.kind !== 'errored' && outcome.kind !== 'succeeded') task.attempts -= 1;
    if (outcome.kind === 'succeeded') this.#end(task, 'completed');
    else if (outcome.kind === 'errored') {
      if (task.attempts >= policy.attemptsMax) this.#end(task, 'failed');
      else this.#queue(task, later(task.attempts));
    } else if (outcome.kind === 'lost') {
      task.crashCount += 1;
      if (task.crashCount >= policy.crashesMax) this.#end(task, 'failed');
      else this.#queue(task, later(task.crashCount));
    } else if (outcome.kind === 'revise') {
      if (task.revisions >= policy.revisionsMax) this.#end(task, 'failed');
      else {
        task.revisions += 1;
        this.#queue(task, 0);
      }
    } else if (outcome.kind === 'blocked') task.status = 'waiting';
    else this.#queue(task, outcome.kind === 'rate_limited' ? nowMs + outcome.retryAfterMs : 0);
  }

  #queue(task: ModelTask, dueAtMs: number): void {
    Object.assign(task, { status: 'queued', dueAtMs, cause: null });
  }

  #renew(task: ModelTask): void {
    Object.assign(task, { attempts: 0, crashCount: 0, revisions: 0 });
    this.#queue(task, 0);
  }

  #end(task: ModelTask, status: TaskStatus, { charged = true } = {}): void {
    if (!charged) task.attempts -= 1;
    Object.assign(task, { status, dueAtMs: 0, cause: null });
    this.#tell(task);
  }

  /** Tell everybody who waits for `first`, and whoever waits for those. */
  #tell(first: ModelTask): void {
    const ended = [first];
    for (let next = ended.pop(); next !== undefined; next = ended.pop()) {
      for (const child of this.#byId()) this.#answer(child, next, ended);
      if (next.status === 'completed') this.#revive(next, ended);
    }
  }

  #answer(child: ModelTask, cause: ModelTask, ended: ModelTask[]): void {
    const edge = child.edges.find((one) => one.to === cause.id && one.open);
    if (edge === undefined) return;
    const policy = cause.status === 'completed' ? 'run' : (child.policy ?? this.policy);
    if (policy === 'run') edge.open = false;
    else if (child.status === 'queued' || child.status === 'waiting') {
      const status = policy === 'skip' ? 'skipped' : 'failed';
      Object.assign(child, { status, dueAtMs: 0, cause: cause.id });
      ended.push(child);
    }
  }

  #revive(cause: ModelTask, ended: ModelTask[]): void {
    const back: ModelTask[] = [];
    const causes = [cause];
    for (let next = causes.pop(); next !== undefined; next = causes.pop()) {
      const caused = [...this.tasks.values()].filter((task) => task.cause === next?.id);
      for (const task of caused.sort((a, b) => a.position - b.position)) {
        this.#renew(task);
        causes.push(task);
        back.push(task);
      }
    }
    for (const task of back) this.#answerAll(task, ended);
  }

  #settle(task: ModelTask): void {
    const ended: ModelTask[] = [];
    this.#answerAll(task, ended);
    for (const one of ended) this.#tell(one);
  }

  #answerAll(task: ModelTask, ended: ModelTask[]): void {
    for (const edge of [...task.edges]) {
      const cause = edge.to === null ? undefined : this.tasks.get(edge.to);
      if (edge.open && cause !== undefined && isOver(cause)) this.#answer(task, cause, ended);
    }
  }

  #isHopeless(task: ModelTask): boolean {
    if ((task.policy ?? this.policy) === 'run') return false;
    return task.edges.some((edge) => {
      const to = edge.to === null ? undefined : this.tasks.get(edge.to);
      return edge.open && to !== undefined && isOver(to) && to.status !== 'completed';
    });
  }

  #isReady(task: ModelTask): boolean {
    const queued = task.status === 'queued' && !task.archived;
    return queued && this.open(task) === 0 && task.dueAtMs === 0;
  }

  #byId(): readonly ModelTask[] {
    return [...this.tasks.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

function isOver(task: ModelTask): boolean {
  return ['completed', 'failed', 'skipped', 'cancelled'].includes(task.status);
}

function isHeld(task: ModelTask, lease: { readonly fence: number }): boolean {
  return task.status === 'running' && task.fence === lease.fence;
}

function isPersonsChoice(task: ModelTask): boolean {
  return (task.status === 'skipped' || task.status === 'cancelled') && task.cause === null;
}

function order(a: ModelTask, b: ModelTask): number {
  return a.priority < b.priority ? -1 : 1;
}

function newTask(id: string, taskId: string): ModelTask {
  return {
    ...{ id, taskId, priority: 'P2', position: 0, status: 'queued', attempts: 0, crashCount: 0 },
    ...{ revisions: 0, dueAtMs: 0, fence: 0, term: 0, holder: null, cause: null, archived: false },
    ...{ policy: null, wish: null, edges: [] },
  };
}
