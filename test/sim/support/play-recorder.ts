import type { TaskEvent } from '../../../src/domain/event.ts';
import type { FinishAttempt, Store, TaskDetail } from '../../../src/store/store.ts';
import type { ListScene, SceneProgram, SceneTask } from './list-scene.ts';

interface Accepted {
  readonly fence: number;
  readonly holderId: string | null;
  readonly term: number;
}

/** Events that end an attempt. */
const ENDS: readonly TaskEvent['kind'][] = [
  ...(['completed', 'retry_scheduled', 'failed', 'skipped', 'cancelled'] as const),
  ...(['released', 'lost', 'waiting'] as const),
];

/**
 * Watches over a play: sees every call of every executor as it was made, whatever the store does
 * with it, and every program as it is started; and says what is not as it must be.
 */
export class PlayRecorder {
  readonly violations: string[] = [];
  readonly #accepted = new Map<string, Accepted[]>();
  readonly #fences = new Map<string, number>();
  #claims = 0;

  /** How many attempts were claimed, for a play that must not be idle. */
  get claims(): number {
    return this.#claims;
  }

  /** The store with a look at what is asked of it and answered. */
  over(store: Store): Store {
    return new Proxy(store, {
      get: (target, key) => {
        if (key === 'finishAttempt') return (input: FinishAttempt) => this.#finish(target, input);
        if (key === 'claimNext') {
          return async (input: Parameters<Store['claimNext']>[0]) => {
            const claimed = await target.claimNext(input);
            for (const { id, fence } of claimed) this.#fences.set(id, fence);
            this.#claims += claimed.length;
            return claimed;
          };
        }
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  async #finish(store: Store, input: FinishAttempt): ReturnType<Store['finishAttempt']> {
    const answer = await store.finishAttempt(input);
    if (answer.kind !== 'finished') return answer;
    const { id, fence, holder } = input;
    const accepted = this.#accepted.get(id) ?? [];
    this.#accepted.set(id, accepted);
    accepted.push({ fence, holderId: holder?.id ?? null, term: holder?.term ?? 0 });
    if (this.#fences.get(id) === fence) this.#fences.delete(id);
    return answer;
  }

  /** A program is started now. */
  started(scene: ListScene, program: SceneProgram): void {
    if (program.phase === 'verify') return;
    const { taskId } = program;
    const fence = Number(program.spec.env['PAWL_FENCE']);
    if (this.#fences.get(scene.id(taskId)) !== fence) {
      this.violations.push(`${taskId}: an agent was started for the fence ${fence}, which is over`);
    }
    const living = scene.programs.living.map(({ env }) => env);
    if (living.some((env) => env['PAWL_TASK_ID'] === taskId)) {
      this.violations.push(`${taskId}: a second agent was started beside a living one`);
    }
    if (living.length + 1 > scene.options.maxConcurrent) {
      this.violations.push(`${taskId}: more agents than ${scene.options.maxConcurrent}`);
    }
  }

  /** What the store and the host say in the end. */
  async judge(scene: ListScene, tasks: readonly SceneTask[]): Promise<void> {
    for (const fault of await scene.do(scene.store.audit())) {
      this.violations.push(`audit: ${fault.taskId} ${fault.message}`);
    }
    for (const run of scene.programs.living) this.violations.push(`left running: ${run.folder}`);
    const details = new Map<string, TaskDetail>();
    for (const { id } of tasks) details.set(id, await scene.task(id));
    for (const task of tasks) {
      this.#judgeEnd(task, details, scene);
      await this.#judgeHistory(scene, task.id);
    }
    await this.#judgeOrder(scene, tasks);
  }

  #judgeEnd(
    { id, needs = [] }: SceneTask,
    details: ReadonlyMap<string, TaskDetail>,
    scene: ListScene,
  ): void {
    const task = details.get(id) as TaskDetail;
    const waits = needs.some((need) => {
      const { status = 'completed' } = details.get(need) ?? {};
      return status === 'waiting' || status === 'queued';
    });
    const hasReason =
      task.status === 'waiting' ? task.statusReason !== null : task.pendingDeps > 0 && waits;
    const isOpen = ['queued', 'waiting', 'running'].includes(task.status);
    if (isOpen && !hasReason) this.violations.push(`${id}: ${task.status} without a reason`);
    const { attemptsMax, crashesMax } = scene.options.retry;
    if (task.attempts > attemptsMax) this.violations.push(`${id}: ${task.attempts} attempts`);
    if (task.crashCount > crashesMax) this.violations.push(`${id}: ${task.crashCount} crashes`);
  }

  /** Every attempt has one outcome, and it came from the one who held it then. */
  async #judgeHistory(scene: ListScene, taskId: string): Promise<void> {
    const events = await scene.do(scene.store.events({ task: scene.id(taskId), limit: 10_000 }));
    const accepted = [...(this.#accepted.get(scene.id(taskId)) ?? [])];
    let holder = null as Accepted | null;
    let term = 0;
    let wasCompleted = false;
    for (const { event } of events) {
      if (event.kind === 'claimed') {
        if (holder !== null) this.violations.push(`${taskId}: claimed while it was held`);
        if (wasCompleted) this.violations.push(`${taskId}: completed work was claimed again`);
        term += 1;
        holder = { fence: event.fence, holderId: event.holder, term };
      } else if (event.kind === 'adopted' && holder !== null) {
        term = event.term;
        holder = { ...holder, holderId: event.holder, term };
      } else if (ENDS.includes(event.kind) && holder !== null) {
        this.#compare(taskId, holder, accepted.shift());
        holder = null;
      }
      if (event.kind === 'completed') wasCompleted = true;
      if (event.kind === 'requeued') wasCompleted = false;
    }
    for (const late of accepted) {
      this.violations.push(`${taskId}: an outcome of fence ${late.fence} too many was accepted`);
    }
  }

  #compare(taskId: string, held: Accepted, accepted: Accepted | undefined): void {
    if (JSON.stringify(held) === JSON.stringify(accepted)) return;
    const [is, was] = [JSON.stringify(accepted), JSON.stringify(held)];
    this.violations.push(`${taskId}: an outcome of ${is} was accepted while ${was} held it`);
  }

  /** No task was claimed before its dependencies reached an outcome that it accepts. */
  async #judgeOrder(scene: ListScene, tasks: readonly SceneTask[]): Promise<void> {
    const { listId } = scene;
    const reached = new Map<string, Set<string>>();
    const events = await scene.do(scene.store.events({ listId, limit: 100_000 }));
    const byId = new Map(tasks.map((task) => [task.id, task]));
    for (const { event, taskId } of events) {
      const outcomes = reached.get(taskId) ?? new Set();
      reached.set(taskId, outcomes.add(event.kind));
      if (event.kind !== 'claimed') continue;
      const { needs = [], onDepFailure } = byId.get(taskId) ?? {};
      const accepts = onDepFailure === 'run' ? TERMINAL : ['completed'];
      const missing = needs.filter(
        (need) => !accepts.some((kind) => reached.get(need)?.has(kind) === true),
      );
      if (missing.length > 0) this.violations.push(`${taskId}: claimed before ${missing.join()}`);
    }
  }
}

const TERMINAL = ['completed', 'failed', 'skipped', 'cancelled'];
