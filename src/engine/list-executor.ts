import type { ProgramRunner } from '../agents/runner.ts';
import { asPawlError } from '../domain/as-pawl-error.ts';
import { isPawlError, type PawlError } from '../domain/errors.ts';
import type { ExecutorStatus } from '../domain/status.ts';
import type { Logger } from '../observe/logger.ts';
import type { Control, Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { Attempts } from './attempts.ts';
import { Beat } from './beat.ts';
import { ClaimPause } from './claim-pause.ts';
import { endAtRest } from './end-at-rest.ts';
import type {
  ActiveAttempt,
  ExecutionEnd,
  ExecutionEvent,
  ExecutionOptions,
  Executor,
} from './execution.ts';
import { Heart } from './heart.ts';
import type { Launcher } from './launcher.ts';
import { ListClaims } from './list-claims.ts';
import { MarkKeeper } from './mark-keeper.ts';
import { Narrator } from './narrator.ts';
import { mayBeAwaited } from './passing-on.ts';
import { Patience } from './patience.ts';
import { ProgressTeller } from './progress-teller.ts';
import { launchOf } from './rescue.ts';
import { Sleeper } from './sleeper.ts';
import { Sweeper } from './sweeper.ts';

export interface ListExecutorParts {
  readonly world: World;
  readonly store: Store;
  readonly runner: ProgramRunner;
  readonly launcher: Launcher;
  readonly log: Logger;
  readonly listId: string;
  /** This process, as registered in `instances`. */
  readonly holderId: string;
  readonly options: ExecutionOptions;
  /** Run this one task (its `id`) and nothing else; null for the whole list. */
  readonly only: string | null;
  /**
   * Go on as the list stands: neither resume what a person paused or stopped, nor tell again what
   * was told up to this event. Null: a person started it.
   */
  readonly takenOverAt?: number | null;
  /** Where the attempts' folders lie: `<attemptsDir>/<id>/<fence>`. */
  readonly attemptsDir: string;
  /**
   * Bring the list's file up to date; called often, does little when nothing is owed. False when
   * marks are still owed because somebody else was at the file.
   */
  readonly writeMarks: (() => Promise<boolean>) | null;
  readonly onEvent: (event: ExecutionEvent) => void;
  /** Told the kept options at each look: `options` may be others from then on. */
  readonly heed?: (configJson: string | null) => void;
  /** Keep what makes this process the list's executor; false when it is another's by now. */
  readonly keepRole: () => Promise<boolean>;
}

/** The longest sleep between two looks at the store: a backstop, nothing depends on it. */
const LOOK_MS = 30_000;

/** The executor of one list on this host; see `Executor` for its states. */
export class ListExecutor implements Executor {
  readonly ended: Promise<ExecutionEnd>;
  readonly #parts: ListExecutorParts;
  readonly #attempts: Attempts;
  readonly #stopping = new AbortController();
  /** Aborted when results may wait on disk for the next process. */
  readonly #givingUp = new AbortController();
  readonly #patience: Patience;
  readonly #end = Promise.withResolvers<ExecutionEnd>();
  readonly #sweeper: Sweeper;
  readonly #sleeper: Sleeper;
  readonly #heart: Heart;
  readonly #beats: readonly { start(): void; stop(): void }[];
  readonly #progress: ProgressTeller;
  readonly #marks: MarkKeeper | null;
  readonly #narrator: Narrator;
  #draining = false;
  #isSentAway = false;
  #finishing = false;
  readonly #claims: ListClaims;
  readonly #pause: ClaimPause;
  /** What the last look at the list showed. */
  #seen: Control | null = null;
  #desired: ExecutorStatus = 'running';
  #unwatch: { stop(): void } | null = null;

  constructor(parts: ListExecutorParts) {
    this.#parts = parts;
    this.ended = this.#end.promise;
    const { options, world } = parts;
    this.#sleeper = new Sleeper(world.timers);
    this.#pause = new ClaimPause(world.clock);
    this.#patience = new Patience({
      ...parts,
      list: parts.listId,
      givingUp: this.#givingUp.signal,
      agents: () => this.#attempts.size,
    });
    this.#narrator = new Narrator(parts.store, parts.listId, parts.onEvent);
    this.#attempts = new Attempts({
      ...parts,
      store: () => parts.store,
      persist: (write) => this.#persist(write),
      failed: (cause) => this.#fail(cause),
      trouble: (error) => this.#patience.trouble(error),
      begun: () => this.#progress.begun(),
      finishing: () => this.#passOn(),
      ended: () => this.#sleeper.wake(),
    });
    this.#claims = new ListClaims({
      ...parts,
      launch: (task) => void this.#attempts.launch(task, { adopted: false }),
    });
    this.#heart = new Heart({
      ...{ world, holderId: parts.holderId, leaseMs: options.leaseMs },
      store: () => parts.store,
      granted: () => this.#attempts.granted(),
    });
    this.#sweeper = new Sweeper({
      ...parts,
      store: () => parts.store,
      persist: (work) => this.#persist(work),
      passesOver: (held) => this.#attempts.has(held),
      adopted: (claimed, held) => {
        void this.#attempts.launch(claimed, launchOf(held));
      },
      policyOf: () => Promise.resolve(options.retry),
    });
    const failed = (cause: unknown): void => this.#fail(cause);
    this.#progress = new ProgressTeller(world.timers, this.#attempts, failed);
    const trouble = (error: PawlError): void =>
      this.#patience.trouble(error, { event: 'marks.failed' });
    const { writeMarks } = parts;
    this.#marks =
      writeMarks === null ? null : new MarkKeeper({ world, writeMarks, trouble, failed });
    this.#beats = [
      new Beat(world.timers, options.heartbeatMs, () => this.#heartbeat(), failed),
      new Beat(world.timers, options.sweepMs, () => this.#rescue(), failed),
      this.#progress,
      ...(this.#marks === null ? [] : [this.#marks]),
    ];
  }

  async start(): Promise<void> {
    const { store, listId } = this.#parts;
    if (this.#parts.only !== null) {
      return await this.#startOne(this.#parts.only);
    }
    const { takenOverAt = null } = this.#parts;
    const resume = () => store.setExecutor({ listId, status: 'running' });
    if (takenOverAt === null) await this.#persist(resume);
    const { lastSeq } = await this.#look();
    this.#narrator.begin(takenOverAt ?? lastSeq);
    this.#parts.onEvent({ kind: 'executor:started' });
    await this.#rescue();
    this.#begin();
  }

  #begin(): void {
    if (this.#stopping.signal.aborted) return;
    this.#unwatch = this.#parts.store.watch(() => this.#sleeper.wake());
    for (const beat of this.#beats) beat.start();
    void this.#work().catch((cause: unknown) => this.#fail(cause));
  }

  /** @throws PawlError `illegal_transition` when the task is not ready. */
  async #startOne(id: string): Promise<void> {
    const { store, holderId, options } = this.#parts;
    const { defaultAgent, leaseMs } = options;
    const claimed = await store.claimTask({ id, holderId, defaultAgent, leaseMs });
    const { lastSeq, status } = await this.#look();
    this.#narrator.begin(lastSeq - 1);
    this.#desired = status; // one task may run in a list that is stopped
    this.#draining = true;
    void this.#attempts.launch(claimed, { adopted: false });
    this.#begin();
  }

  drain(): void {
    this.#draining = true;
    this.#sleeper.wake();
  }

  async leave(): Promise<void> {
    this.#givingUp.abort();
    const agentsLeft = this.#attempts.size;
    this.#attempts.leave();
    await this.#finishWith({ kind: 'left', agentsLeft });
  }

  async endAgents(): Promise<void> {
    this.#draining = true;
    this.#attempts.stop();
    await this.#claims.settled();
    await this.#attempts.settled();
    await this.#finishWith({ kind: 'left', agentsLeft: 0 });
  }

  active(): readonly ActiveAttempt[] {
    return this.#attempts.views();
  }

  /** Somebody asked this process to leave (`pawl drain`). */
  get isSentAway(): boolean {
    return this.#isSentAway;
  }

  /** Nothing more is claimed. */
  get #isDraining(): boolean {
    return this.#draining || this.#isSentAway || this.#givingUp.signal.aborted;
  }

  /** The last event that it told: whoever takes over goes on from there. */
  get toldUpTo(): number {
    return this.#narrator.toldUpTo;
  }

  async #work(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#sleeper.begin();
      const control = await this.#look();
      await this.#persist(() => this.#narrator.tell(control.lastSeq));
      this.#marks?.news(control.lastSeq);
      this.#obey(control);
      await this.#promote(control);
      const room = this.#roomFor(control);
      const waitMs = room > 0 ? this.#pause.look(control.lastSeq) : LOOK_MS;
      if (waitMs === 0) {
        if ((await this.#claims.take(room, (claim) => this.#persist(claim))) > 0) continue;
        this.#pause.begin(control.lastSeq);
      }
      if (await this.#isOver(control)) return;
      if (this.#stopping.signal.aborted) return;
      const dueMs = (control.nextDueInMs ?? LOOK_MS) + 1;
      await this.#sleeper.sleep(Math.min(LOOK_MS, dueMs, waitMs || LOOK_MS));
    }
  }

  async #look(): Promise<Control> {
    const { store, listId, holderId, options } = this.#parts;
    const query = { listId, holderId, minPriority: options.minPriority, ...this.#claims.offered };
    this.#seen = await this.#persist(() => store.control(query));
    return this.#seen;
  }

  #obey(control: Control): void {
    for (const request of control.endRequests) this.#attempts.obey(request);
    this.#heedOptions(control);
    this.#heedDrain(control);
    if (control.status === this.#desired) return;
    const before = this.#desired;
    this.#desired = control.status;
    this.#pause.end();
    if (control.status === 'running') this.#attempts.unstop();
    if (control.status === 'paused') this.#parts.onEvent({ kind: 'executor:paused' });
    if (control.status === 'running' && before === 'paused') {
      this.#parts.onEvent({ kind: 'executor:resumed' });
    }
    if (control.status === 'stopped') this.#attempts.stop();
  }

  /** Somebody changed how many run at once, or nobody did. */
  #heedOptions({ configJson }: Control): void {
    const { options, heed } = this.#parts;
    const { maxConcurrent } = options;
    heed?.(configJson);
    if (options.maxConcurrent !== maxConcurrent) this.#pause.end();
  }

  /** Somebody sends this host away, or took that back. */
  #heedDrain({ drain }: Control): void {
    this.#isSentAway = drain !== null;
    if (drain?.isDue === true) void this.endAgents();
  }

  async #promote(control: Control): Promise<void> {
    const due = control.nextDueInMs;
    if (due === null || due > 0) return;
    await this.#persist(() => this.#parts.store.promoteDue());
    this.#sleeper.wake();
  }

  /** Most tasks that may be claimed now, as far as can be seen from outside. */
  #roomFor(control: Control): number {
    if (!this.#mayClaim(control) || !control.ready) return 0;
    const taken = this.#attempts.size + this.#claims.places;
    return Math.max(0, this.#parts.options.maxConcurrent - taken);
  }

  #mayClaim({ status }: Control): boolean {
    return !this.#isDraining && status === 'running';
  }

  /**
   * An attempt ends: its place goes to the next task, which may be ready only now, in the same
   * commit. Tried once: what keeps that from being done keeps the end from it, and is told there.
   */
  #passOn(): void {
    const { store, options } = this.#parts;
    const seen = this.#seen;
    if (seen === null || !this.#mayClaim(seen)) return;
    if (mayBeAwaited({ ...seen, isShared: store.capabilities.shared }, options)) return;
    const claiming = this.#claims.take(1, async (claim) => {
      const claimed = await claim();
      // The end before the next beginning; what fails here is told by the next look.
      const untold = (): void => undefined;
      if (claimed.length > 0) await this.#narrator.tell(Number.MAX_SAFE_INTEGER).catch(untold);
      return claimed;
    });
    const failed = (cause: unknown): void => {
      if (!isPawlError(cause)) this.#fail(cause);
    };
    void claiming.catch(failed).finally(() => this.#sleeper.wake());
  }

  /** Nothing runs, nothing is ready, nothing will be by itself: say so, once. */
  async #isOver(control: Control): Promise<boolean> {
    if (this.#attempts.size + this.#claims.places > 0 || this.#sleeper.isWoken) return false;
    const end = endAtRest(control, { isDraining: this.#isDraining });
    if (end === null || (end.kind === 'finished' && (await this.#othersGoOn()))) return false;
    if (end.kind === 'stopped') this.#parts.onEvent({ kind: 'executor:stopped' });
    await this.#finishWith(end);
    return true;
  }

  /** Is something ready that this host does not offer, and that a living server may? */
  async #othersGoOn(): Promise<boolean> {
    const { store, listId, holderId, options } = this.#parts;
    if (options.labels === null) return false;
    const { minPriority, leaseMs } = options;
    const all = await this.#persist(() => store.control({ listId, holderId, minPriority }));
    if (!all.ready) return false;
    const there = await this.#persist(() => store.instances());
    return there.some(({ kind, silentMs }) => kind === 'server' && silentMs < leaseMs);
  }

  async #heartbeat(): Promise<void> {
    const answer = await this.#persist(() => this.#heart.beat(this.#attempts.held()));
    for (const request of answer.endRequests) this.#attempts.obey(request);
    for (const id of answer.lost) await this.#attempts.loseLease(id);
    if (!(await this.#persist(() => this.#parts.keepRole()))) {
      this.#parts.log.warn('executor.superseded', { list: this.#parts.listId });
      await this.leave();
    }
  }

  /** Take over attempts whose holder is gone or silent for longer than its lease. */
  async #rescue(): Promise<void> {
    if (this.#parts.only === null) await this.#sweeper.sweep(this.#parts.listId);
  }

  #persist<T>(write: () => Promise<T>): Promise<T> {
    return this.#patience.persist(write);
  }

  #fail(cause: unknown): void {
    if (this.#stopping.signal.aborted || this.#givingUp.signal.aborted) return;
    const error = asPawlError(cause);
    this.#parts.log.error('executor.failed', { list: this.#parts.listId }, error);
    this.#givingUp.abort();
    this.#attempts.leave();
    void this.#finishWith({ kind: 'error', error });
  }

  /** Come to rest, tell what is still to tell, and settle `ended`. The first end counts. */
  async #finishWith(end: ExecutionEnd): Promise<void> {
    if (!this.#finishing) {
      this.#finishing = true;
      if (end.kind === 'left' || end.kind === 'error') {
        await this.#claims.settled();
        await this.#attempts.settled();
      }
      if (end.kind !== 'error') await this.#lastWords();
      this.#stopping.abort();
      this.#givingUp.abort();
      this.#unwatch?.stop();
      this.#patience.stop();
      this.#sleeper.wake();
      for (const beat of this.#beats) beat.stop();
      this.#end.resolve(end);
    }
    await this.ended;
  }

  async #lastWords(): Promise<void> {
    try {
      await this.#marks?.last();
      await this.#narrator.tell(Number.MAX_SAFE_INTEGER);
    } catch (cause) {
      // What happened is durable; only its telling is lost.
      if (!isPawlError(cause)) throw cause;
      this.#patience.trouble(cause);
    }
  }
}
