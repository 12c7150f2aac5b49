import { LAPSE_CHECKS } from '../agents/attendant.ts';
import type { ProgramRunner } from '../agents/runner.ts';
import { readResult } from '../domain/attempt-result.ts';
import { PawlError } from '../domain/errors.ts';
import type { Logger } from '../observe/logger.ts';
import type {
  ClaimedTask,
  EndRequest,
  Finished,
  HeldFence,
  Store,
  Attempt as StoredAttempt,
  TaskDetail,
} from '../store/store.ts';
import type { Timer } from '../world/timers.ts';
import type { World } from '../world/world.ts';
import { Attempt, type AttemptEnd } from './attempt.ts';
import type { ActiveAttempt, ExecutionEvent, ExecutionOptions } from './execution.ts';
import type { LastFailure, Launcher } from './launcher.ts';

export interface AttemptsParts {
  readonly world: World;
  /** Read anew at each use. */
  readonly store: () => Store;
  readonly runner: ProgramRunner;
  readonly launcher: Launcher;
  readonly log: Logger;
  readonly holderId: string;
  readonly options: ExecutionOptions;
  /** Where the attempts' folders lie: `<attemptsDir>/<id>/<fence>`. */
  readonly attemptsDir: string;
  readonly onEvent: (event: ExecutionEvent) => void;
  /** See `persist`. */
  readonly persist: <T>(write: () => Promise<T>) => Promise<T>;
  readonly failed: (cause: unknown) => void;
  /** Something waits for the disk. */
  readonly trouble: (error: PawlError) => void;
  /**
   * The agent of that name cannot be started on this host: the task goes back, uncharged. Left out
   * where nobody else could do it: then that is a failure of the attempt.
   */
  readonly unfit?: (agent: string, error: PawlError) => void;
  /** An attempt is under way. */
  readonly begun: () => void;
  /** Its outcome is on its way to the store: what is asked for now may share its commit. */
  readonly finishing?: () => void;
  /** An attempt is over, or left. */
  readonly ended: () => void;
  /** Its outcome was accepted. */
  readonly accepted?: (attempt: Attempt, end: AttemptEnd, finished: Finished) => void;
}

export interface Launch {
  /** Somebody else began it. */
  readonly adopted: boolean;
  /** A client claimed it, and says that its work is done: only `verify` is ours. */
  readonly byClient?: boolean;
  /** Whoever watched over it before us left in good order. */
  readonly afterGoodbye?: boolean;
}

/** How often within one lease an attendant is told: twice as often as it looks. */
const RENEWALS = 2 * LAPSE_CHECKS;

/** The attempts that this process watches over, each from its claim to its accepted outcome. */
export class Attempts {
  readonly #parts: AttemptsParts;
  readonly #active = new Map<string, Attempt>();
  readonly #runs = new Set<Promise<void>>();
  readonly #lines = new WeakMap<Attempt, string>();
  readonly #fences = new Map<string, number>();
  #stopped = false;
  #left = false;
  #grants = 0;
  #lives = 0;
  #renewal: Timer | null = null;

  constructor(parts: AttemptsParts) {
    this.#parts = parts;
  }

  /** Those under way, the ones just claimed included. */
  get size(): number {
    return this.#runs.size;
  }

  /** Resolves when its outcome was accepted, or it is not ours any more. */
  launch(
    claimed: ClaimedTask,
    { adopted, byClient = false, afterGoodbye = false }: Launch,
  ): Promise<void> {
    const { id, fence } = claimed;
    this.#fences.set(id, fence);
    const run = this.#run(claimed, { adopted, byClient, afterGoodbye })
      .catch((cause: unknown) => this.#parts.failed(cause))
      .finally(() => {
        this.#runs.delete(run);
        if (this.#fences.get(id) === fence) this.#fences.delete(id);
        this.#parts.ended();
      });
    this.#runs.add(run);
    this.#renewLater();
    this.#parts.begun();
    return run;
  }

  /** Is this attempt under way here? */
  has({ id, fence }: Pick<HeldFence, 'id' | 'fence'>): boolean {
    return this.#fences.get(id) === fence;
  }

  views(): readonly ActiveAttempt[] {
    return [...this.#active.values()].map((attempt) => attempt.view);
  }

  /** What to renew the leases of. */
  held(): readonly HeldFence[] {
    return [...this.#active.values()].map(({ claimed: { id, fence, term } }) => ({
      id,
      fence,
      term,
    }));
  }

  /** The store has renewed our leases: their attendants are told. */
  async granted(): Promise<void> {
    this.#grants += 1;
    await this.#renew();
  }

  /** Do to a running task what a person asked for. */
  obey(request: EndRequest): void {
    this.#active.get(request.id)?.end(request);
  }

  /** End every agent, also of attempts that are only just beginning. */
  stop(): void {
    this.#stopped = true;
    for (const attempt of this.#active.values()) attempt.end({ kind: 'stop' });
  }

  /** The list runs again: what is launched from now on is not ended. */
  unstop(): void {
    this.#stopped = false;
  }

  /** Watch no more, also what is only just beginning; agents go on under their attendants. */
  leave(): void {
    this.#left = true;
    for (const attempt of this.#active.values()) attempt.leave();
  }

  /** Resolves when none is under way. */
  async settled(): Promise<void> {
    while (this.#runs.size > 0) await Promise.all(this.#runs);
  }

  /** The lease is another's: one who watches the same agent, or one who began anew. */
  async loseLease(id: string): Promise<void> {
    const attempt = this.#active.get(id);
    if (attempt === undefined) return;
    const task = await this.#parts.persist(() => this.#parts.store().task(id));
    if (this.#active.get(id) !== attempt) return;
    if (task !== null && isHeldBy(attempt.claimed, task)) return;
    const sameAttempt = task?.status === 'running' && task.fence === attempt.claimed.fence;
    this.#parts.log.warn('lease.lost', { task: attempt.claimed.taskId });
    if (sameAttempt) attempt.leave();
    else attempt.abandon();
  }

  /** Tell the last line of each agent's output, when it is another one than before. */
  async progress(): Promise<'news' | 'quiet'> {
    let news: 'news' | 'quiet' = 'quiet';
    for (const attempt of this.#active.values()) {
      const line = await attempt.lastLine();
      if (line === '' || this.#lines.get(attempt) === line) continue;
      news = 'news';
      this.#lines.set(attempt, line);
      this.#parts.onEvent({ kind: 'task:progress', attempt: attempt.view, line });
    }
    return news;
  }

  /** One attempt from its claim (or adoption) to the store's acceptance of its outcome. */
  async #run(claimed: ClaimedTask, launch: Required<Launch>): Promise<void> {
    const { store, world, runner, launcher, options, attemptsDir } = this.#parts;
    const folder = `${attemptsDir}/${claimed.id}/${claimed.fence}`;
    const task = await this.#parts.persist(() => store().task(claimed.id));
    if (task === null) throw new PawlError('bug', `the claimed task ${claimed.taskId} is gone`);
    if (!isHeldBy(claimed, task)) {
      // Nobody renews what is not under way: it took too long until here.
      this.#parts.log.warn('lease.lost', { task: claimed.taskId });
      return;
    }
    const plan = async () => {
      const dependencies = await this.#parts.persist(() => store().dependencies(claimed.id));
      const lastFailure = await this.#lastFailure(claimed);
      return await launcher.plan({ task, claimed, dependencies, lastFailure, folder });
    };
    const said = async () => readResult((await this.#attemptOf(claimed))?.resultJson ?? null);
    const attempt = new Attempt(
      {
        ...{ world, runner, launcher, options, plan, said, leaseMs: this.#leaseMs },
        trouble: this.#parts.trouble,
        unfit: this.#unfitFor(claimed),
      },
      { claimed, task, folder, ...launch },
    );
    this.#active.set(claimed.id, attempt);
    if (this.#left) attempt.leave();
    if (this.#stopped) attempt.end({ kind: 'stop' });
    this.#parts.onEvent({ kind: 'task:started', attempt: attempt.view });
    try {
      const end = await attempt.run();
      if (end !== null) await this.#finish(attempt, end);
    } finally {
      // A later attempt at the same task may have taken its place.
      if (this.#active.get(claimed.id) === attempt) this.#active.delete(claimed.id);
    }
  }

  #unfitFor({ agent }: ClaimedTask): ((error: PawlError) => void) | null {
    const { unfit, options } = this.#parts;
    if (unfit === undefined) return null;
    return (error) => unfit(agent ?? options.defaultAgent, error);
  }

  /** Where other hosts may take over, attendants end what nobody renews. Null: nobody else may. */
  get #leaseMs(): number | null {
    const { store, options } = this.#parts;
    return store().capabilities.shared ? options.leaseMs : null;
  }

  #renewLater(): void {
    const leaseMs = this.#leaseMs;
    if (leaseMs === null || this.#renewal !== null || this.#runs.size === 0) return;
    const again = (): void => {
      this.#renewal = null;
      void this.#renew().finally(() => this.#renewLater());
    };
    const { timers } = this.#parts.world;
    this.#renewal = timers.after(leaseMs / RENEWALS, again, { unref: true });
  }

  /** Also while the store is away: what we watch over goes on. */
  async #renew(): Promise<void> {
    if (this.#leaseMs === null) return;
    const { holderId, log } = this.#parts;
    this.#lives += 1;
    const words = [`${holderId}:${this.#grants}`, `${holderId}:${this.#lives}`] as const;
    for (const attempt of this.#active.values()) {
      try {
        await attempt.renew(...words);
      } catch (cause) {
        // A full disk, perhaps: then its lease lapses, and the task is tried again.
        log.warn('lease.unrenewed', { task: attempt.claimed.taskId }, cause);
      }
    }
  }

  async #attemptOf({ id, fence }: ClaimedTask): Promise<StoredAttempt | undefined> {
    const attempts = await this.#parts.persist(() => this.#parts.store().attempts(id));
    return attempts.find((attempt) => attempt.fence === fence);
  }

  /** What the next attempt should know of the one before it, if that one did not succeed. */
  async #lastFailure(claimed: ClaimedTask): Promise<LastFailure | null> {
    if (claimed.attempt === 1) return null;
    const { store, launcher, attemptsDir } = this.#parts;
    const attempts = await this.#parts.persist(() => store().attempts(claimed.id));
    const last = attempts.findLast((past) => past.fence < claimed.fence);
    const { outcome = null, error = null } = last ?? {};
    if (last === undefined || error === null) return null;
    if (outcome !== 'errored' && outcome !== 'lost' && outcome !== 'revise') return null;
    const outputTail = await launcher.outputTail(`${attemptsDir}/${claimed.id}/${last.fence}`);
    return { outcome, error, outputTail };
  }

  async #finish(attempt: Attempt, end: AttemptEnd): Promise<void> {
    const { store, world, holderId, options, log } = this.#parts;
    const { claimed } = attempt;
    world.checkpoint('before-finish');
    let isFirst = true;
    const finished = await this.#parts.persist<Finished>(() => {
      const finishing = store().finishAttempt({
        id: claimed.id,
        fence: claimed.fence,
        holder: { id: holderId, term: claimed.term },
        outcome: end.outcome,
        policy: options.retry,
        evidence: { exitCode: end.exitCode, resultJson: resultJson(end) },
      });
      if (isFirst) this.#parts.finishing?.();
      isFirst = false;
      return finishing;
    });
    if (finished.kind !== 'refused') {
      this.#parts.accepted?.(attempt, end, finished);
      return;
    }
    const { taskId, attempt: number } = claimed;
    log.warn('attempt.refused', { task: taskId, attempt: number, code: finished.error.code });
  }
}

/** Whoever claimed it so still holds it. */
function isHeldBy({ fence, term }: ClaimedTask, task: TaskDetail): boolean {
  return task.status === 'running' && task.fence === fence && task.holderTerm === term;
}

/** What is kept of the report; an attempt that reported nothing keeps nothing. */
function resultJson({ report }: AttemptEnd): string | null {
  if (report === null) return null;
  const { summary, detailedWork, artifacts, files, notes } = report;
  const texts = summary !== null || detailedWork !== null;
  const said = texts || artifacts.length + files.length + notes.length > 0;
  return said ? JSON.stringify({ summary, detailedWork, artifacts, files, notes }) : null;
}
