import { type Obstacle, obstacleText } from './claim-room.ts';
import { durationText } from './duration.ts';
import { assertNever } from './errors.ts';
import { momentText } from './moment-text.ts';
import { type Priority, priorityOrder } from './priority.ts';
import type { ExecutorStatus, TaskStatus } from './status.ts';

/** What is read of a task to explain it. */
export interface ExplainedTask {
  readonly id: string;
  readonly taskId: string;
  readonly status: TaskStatus;
  readonly priority: Priority;
  readonly dependencies: readonly string[];
  readonly pendingDeps: number;
  readonly dueAtMs: number;
  readonly held: 0 | 1;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly statusReason: string | null;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly archivedAtMs: number | null;
  /** The dependency that skipped or failed it; left out where that is not known. */
  readonly causeTaskId?: string | null;
  /** What its list asks for. */
  readonly agent?: string | null;
  readonly needs?: readonly string[];
}

/** Who watches over a running task. */
export interface TaskHolder {
  readonly attempt: number;
  readonly sinceMs: number;
  readonly agent: string | null;
  /** Such as `process 4711 on this host`; null when nobody knows it. */
  readonly process: string | null;
  /** The process is surely gone. */
  readonly gone: boolean;
  /** Of a client, which nobody can see: until then it is believed to live. */
  readonly leaseLeftMs: number | null;
  /** What a person asked of it, which it has not done yet. */
  readonly asked: { readonly verb: string; readonly reason: string } | null;
}

/** What surrounds the tasks of one list. */
export interface Situation {
  readonly nowMs: number;
  readonly minPriority: Priority;
  readonly executor: ExecutorStatus;
  /** Who executes the list now; null when nobody does. */
  readonly executedBy: string | null;
  /** What is to be typed for the list to be executed; by default `pawl run`. */
  readonly runBy?: string;
  /** Nobody need execute it: agents claim its tasks one by one. */
  readonly isClaimed?: boolean;
  /** What keeps a ready task from being claimed; left out where that is not known. */
  obstacle?(task: ExplainedTask): Obstacle | null;
  task(taskId: string): ExplainedTask | undefined;
  holder(id: string): TaskHolder | undefined;
  /** The open dependencies, where they are known better than from the tasks. */
  open?(id: string): readonly string[] | undefined;
}

/** Why a task is where it is. `state` is its status, a queued task's derived one. */
export interface Explanation {
  readonly state: TaskState;
  /** One sentence, without a full stop. */
  readonly why: string;
  /** Of a blocked task: its open dependencies, the one that leads to the root cause first. */
  readonly waitsFor: readonly string[];
  /** Of a blocked task: the task (or the missing one) at the end of the chain. */
  readonly root: string | null;
}

export type TaskState =
  | Exclude<TaskStatus, 'queued'>
  | 'ready'
  | 'delayed'
  | 'blocked'
  | 'excluded'
  | 'removed';

/**
 * Explains the tasks of one list. Walks of dependencies are remembered, so explaining all tasks
 * costs time linear in tasks and dependencies.
 */
export class Explainer {
  readonly #situation: Situation;
  readonly #roots = new Map<string, Root>();

  constructor(situation: Situation) {
    this.#situation = situation;
  }

  explain(task: ExplainedTask): Explanation {
    const state = this.#state(task);
    if (state !== 'blocked') {
      return { state, why: this.#sentence(task, state), waitsFor: [], root: null };
    }
    const chain = this.#chain(task);
    const others = this.#open(task).filter((taskId) => taskId !== chain.names[0]);
    return {
      state,
      why: `waits for ${this.#chainText(chain)}${this.#also(others)}`,
      waitsFor: [...chain.names.slice(0, 1), ...others],
      root: chain.names.at(-1) ?? null,
    };
  }

  #state(task: ExplainedTask): TaskState {
    if (task.archivedAtMs !== null || task.held === 1) return 'removed';
    if (task.status !== 'queued') return task.status;
    const { minPriority, nowMs } = this.#situation;
    if (priorityOrder(task.priority) > priorityOrder(minPriority)) return 'excluded';
    if (task.pendingDeps > 0) return 'blocked';
    return task.dueAtMs > nowMs ? 'delayed' : 'ready';
  }

  #sentence(task: ExplainedTask, state: Exclude<TaskState, 'blocked'>): string {
    switch (state) {
      case 'ready':
        return this.#readyText(task);
      case 'delayed':
        return this.#delayedText(task);
      case 'excluded':
        return `excluded by --min-priority ${this.#situation.minPriority}: it is ${task.priority}`;
      case 'removed':
        return `removed from its list${this.#at(task.archivedAtMs)}; it was ${task.status}`;
      case 'running':
        return this.#runningText(task);
      case 'waiting':
        return `waiting for a person: ${task.statusReason ?? 'no reason was given'}`;
      case 'completed':
        return `completed${this.#at(task.endedAtMs)}${triesText(task)}`;
      case 'failed':
        return this.#failedText(task);
      case 'skipped':
      case 'cancelled':
        return `${state}${this.#at(task.endedAtMs)}${because(task, task.statusReason)}`;
      default:
        return assertNever(state);
    }
  }

  #readyText(task: ExplainedTask): string {
    const { executor, executedBy, runBy = 'pawl run', isClaimed = false } = this.#situation;
    if (executor === 'paused') return 'ready, but its list is paused: `pawl resume` goes on';
    const obstacle = this.#situation.obstacle?.(task) ?? null;
    if (obstacle !== null) return `ready, but ${this.#obstacleText(obstacle)}`;
    if (executedBy === null && isClaimed) {
      return `ready: an agent may claim it, or \`${runBy}\` does it`;
    }
    if (executedBy === null) return `ready, but nothing executes its list: \`${runBy}\` does`;
    return 'ready: it starts as soon as there is room';
  }

  #obstacleText(obstacle: Obstacle): string {
    switch (obstacle.kind) {
      case 'full':
        return `${obstacleText(obstacle)}: \`pawl limit\` shows and changes it`;
      case 'not_offered':
        return `no live host offers ${obstacle.label}: name it among the \`labels\` of one`;
      default:
        return assertNever(obstacle);
    }
  }

  #delayedText({ dueAtMs, lastError, statusReason }: ExplainedTask): string {
    const { nowMs } = this.#situation;
    const reason = statusReason ?? lastError;
    const until = `${momentText(dueAtMs, nowMs)} (in ${durationText(dueAtMs - nowMs)})`;
    return `delayed until ${until}${reason === null ? '' : `: ${reason}`}`;
  }

  #runningText(task: ExplainedTask): string {
    const holder = this.#situation.holder(task.id);
    const since = holder?.sinceMs ?? task.startedAtMs;
    const took = since === null ? '' : ` (${durationText(this.#situation.nowMs - since)})`;
    const text = `running${this.#since(since)}${took}`;
    if (holder === undefined) return text;
    const by = holder.agent === null ? '' : ` by ${holder.agent}`;
    const attempt = `${text}, attempt ${holder.attempt}${by}`;
    if (holder.gone) {
      const who = holder.process ?? 'its process';
      return `${attempt}; ${who}, which watched over it, is gone: the next \`pawl run\` takes over`;
    }
    const held = holder.process === null ? '' : `, held by ${holder.process}`;
    return `${attempt}${held}${this.#leaseText(holder)}${askedText(holder)}`;
  }

  #leaseText({ leaseLeftMs }: TaskHolder): string {
    if (leaseLeftMs === null) return '';
    const { nowMs } = this.#situation;
    const until = momentText(nowMs + leaseLeftMs, nowMs);
    return `, whose lease ends at ${until} (in ${durationText(leaseLeftMs)}) unless it is renewed`;
  }

  #failedText(task: ExplainedTask): string {
    const reason = because(task, task.lastError);
    return `failed${this.#at(task.endedAtMs)}${triesText(task)}${reason}`;
  }

  /** The first names of the chain and the root cause; of a long one the middle is counted. */
  #chain(task: ExplainedTask): Chain {
    const names: string[] = [];
    const root = this.#root(task);
    const steps = root.distance <= CHAIN_SHOWN ? root.distance : CHAIN_HEAD;
    let at: ExplainedTask | undefined = task;
    while (at !== undefined && names.length < steps) {
      const { next }: Root = this.#root(at);
      if (next === null) break;
      names.push(next);
      at = this.#situation.task(next);
    }
    if (steps === root.distance || root.name === null) return { names, hidden: 0 };
    return { names: [...names, root.name], hidden: root.distance - steps - 1 };
  }

  #chainText({ names, hidden }: Chain): string {
    const root = names.at(-1);
    if (root === undefined) return 'tasks that are over: `pawl doctor` looks into it';
    const way = names.slice(0, -1).join(', which waits for ');
    const gap = hidden === 0 ? '' : ` (and ${hidden} more)`;
    const end = `${root}${this.#rootText(root)}`;
    return way === '' ? end : `${way}${gap}, which waits for ${end}`;
  }

  #also(others: readonly string[]): string {
    if (others.length === 0) return '';
    const shown = others.slice(0, ALSO_SHOWN).map((taskId) => `${taskId}${this.#briefly(taskId)}`);
    const more = others.length > shown.length ? `, and ${others.length - shown.length} more` : '';
    return `; also for ${shown.join(', ')}${more}`;
  }

  #briefly(taskId: string): string {
    const task = this.#situation.task(taskId);
    return task === undefined ? ' (not in the list)' : ` (${this.#state(task)})`;
  }

  #rootText(taskId: string): string {
    const task = this.#situation.task(taskId);
    if (task === undefined) {
      return ', which is not in the list: correct it, or load with --ignore-missing';
    }
    const state = this.#state(task);
    switch (state) {
      case 'running':
        return ` (running${this.#since(task.startedAtMs)})`;
      case 'ready':
        return ' (ready)';
      case 'blocked':
        return ' (blocked)';
      case 'removed':
        return ', which was removed from the list';
      case 'delayed':
      case 'excluded':
      case 'waiting':
      case 'completed':
      case 'failed':
      case 'skipped':
      case 'cancelled':
        return ` (${this.#sentence(task, state)})`;
      default:
        return assertNever(state);
    }
  }

  #open(task: ExplainedTask): readonly string[] {
    const known = this.#situation.open?.(task.id);
    if (known !== undefined) return known;
    return task.dependencies.filter(
      (taskId) => this.#situation.task(taskId)?.status !== 'completed',
    );
  }

  /** The root cause of a blocked task: the worst, then the nearest. Needs no deep stack. */
  #root(task: ExplainedTask): Root {
    const stack = [task];
    const entered = new Set<string>();
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (this.#roots.has(top.id)) {
        stack.pop();
        continue;
      }
      const unknown = entered.has(top.id) ? [] : this.#unknownBelow(top, entered);
      entered.add(top.id);
      if (unknown.length > 0) stack.push(...unknown);
      else this.#roots.set(top.id, this.#best(top));
    }
    return this.#roots.get(task.id) ?? NO_ROOT;
  }

  #unknownBelow(task: ExplainedTask, entered: ReadonlySet<string>): readonly ExplainedTask[] {
    return this.#open(task)
      .map((taskId) => this.#situation.task(taskId))
      .filter((one) => one !== undefined)
      .filter((one) => this.#state(one) === 'blocked')
      .filter((one) => !this.#roots.has(one.id) && !entered.has(one.id));
  }

  #best(task: ExplainedTask): Root {
    let best = NO_ROOT;
    for (const taskId of this.#open(task)) {
      const dependency = this.#situation.task(taskId);
      const below = dependency === undefined ? undefined : this.#roots.get(dependency.id);
      const rank = below?.rank ?? rankOf(dependency, dependency && this.#state(dependency));
      const distance = (below?.distance ?? 0) + 1;
      if (rank < best.rank || (rank === best.rank && distance < best.distance)) {
        best = { rank, distance, next: taskId, name: below?.name ?? taskId };
      }
    }
    return best;
  }

  #at(ms: number | null): string {
    return ms === null ? '' : ` at ${momentText(ms, this.#situation.nowMs)}`;
  }

  #since(ms: number | null): string {
    return ms === null ? '' : ` since ${momentText(ms, this.#situation.nowMs)}`;
  }
}

/** Of a chain with more names than this, the first ones and the root are shown. */
const CHAIN_SHOWN = 5;
const CHAIN_HEAD = 3;
const ALSO_SHOWN = 3;

interface Root {
  readonly rank: number;
  readonly distance: number;
  /** Towards it. */
  readonly next: string | null;
  readonly name: string | null;
}

const NO_ROOT: Root = { rank: Number.POSITIVE_INFINITY, distance: 0, next: null, name: null };

interface Chain {
  readonly names: readonly string[];
  readonly hidden: number;
}

/** What needs a person comes first, then what takes longest. */
const RANKS: readonly TaskState[] = [
  'removed',
  'failed',
  'cancelled',
  'skipped',
  'waiting',
  'excluded',
  'delayed',
  'ready',
  'running',
  'blocked',
  'completed',
];

function rankOf(task: ExplainedTask | undefined, state: TaskState | undefined): number {
  return task === undefined || state === undefined ? -1 : RANKS.indexOf(state);
}

function triesText({ attempts }: ExplainedTask): string {
  if (attempts === 0) return '';
  return attempts === 1 ? ' at the first attempt' : ` after ${attempts} attempts`;
}

function askedText({ asked }: TaskHolder): string {
  if (asked === null) return '';
  return `; it was asked to ${asked.verb} it, and has not yet: ${asked.reason.replace(/\.$/u, '')}`;
}

function because({ causeTaskId }: ExplainedTask, reason: string | null): string {
  if (reason === null) return '';
  const text = reason.replace(/\.$/u, '');
  return (causeTaskId ?? null) === null ? `: ${text}` : ` because ${text}`;
}
