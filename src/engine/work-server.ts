import type { ProgramRunner } from '../agents/runner.ts';
import { asPawlError } from '../domain/as-pawl-error.ts';
import { type ErrorCode, isPawlError, PawlError } from '../domain/errors.ts';
import type { Logger } from '../observe/logger.ts';
import type { Work, WorkList } from '../store/instances.ts';
import type { Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { Beat } from './beat.ts';
import type {
  ActiveAttempt,
  ExecutionEnd,
  ExecutionEvent,
  ExecutionOptions,
  Executor,
} from './execution.ts';
import { Heart } from './heart.ts';
import { Leadership } from './leadership.ts';
import { MarkKeeper } from './mark-keeper.ts';
import { Patience } from './patience.ts';
import { launchOf } from './rescue.ts';
import type { ListWork } from './served-list.ts';
import { ServedLists } from './served-lists.ts';
import { ServerClaims } from './server-claims.ts';
import { Sleeper } from './sleeper.ts';
import { Sweeper } from './sweeper.ts';

export interface WorkServerParts {
  readonly world: World;
  readonly store: Store;
  readonly runner: ProgramRunner;
  readonly log: Logger;
  readonly version: string;
  readonly attemptsDir: string;
  /** Of this server; a list has its own for the rest. */
  readonly options: Pick<ExecutionOptions, 'leaseMs' | 'heartbeatMs' | 'sweepMs' | 'killGraceMs'>;
  /** Most tasks at once, over all lists. */
  readonly capacity: number;
  /** What this host offers to tasks that need something. */
  readonly labels: readonly string[];
  /** Leave when nothing runs, is ready, or will be by time alone. */
  readonly untilIdle: boolean;
  /** @throws PawlError when this host cannot execute the list as it is set up. */
  readonly prepare: (list: Pick<WorkList, 'configJson'>) => Promise<ListWork>;
  /** Bring the files of this host's lists up to date; false when marks are still owed. */
  readonly writeMarks: () => Promise<boolean>;
  /** What a host does about its own rests now and then; called again before it is done. */
  readonly maintain: () => Promise<void>;
  readonly onEvent: (event: ExecutionEvent, listPath: string | null) => void;
}

/** The longest sleep between two looks at the store: a backstop, nothing depends on it. */
const LOOK_MS = 15_000;
/** Until something is different on this host. */
const REMEDIES: Readonly<Partial<Record<ErrorCode, string>>> = {
  agent_missing: 'Install it here, put it on the PATH, or correct its command. ',
  agent_unknown: 'Name another one in the settings here, or bring Pawl up if a newer one has it. ',
};
/** Delayed tasks are promoted by the leader; others do it when it is so much late. */
const PROMOTION_LATE_MS = 1_000;
/** With `untilIdle`: so long nothing may have happened before the rest is left to others. */
const STILL_MS = 2_000;

/**
 * Works on every list that is to be executed, beside any number of others of its kind, on this host
 * and on other ones: they claim from the same lists.
 *
 * ```
 * start ──> working ──(drain asked, or told to)──> draining ──nothing runs──> left
 *              │ ^───────(drain taken back)───────────┘ └── time is up: agents ended ──> left
 *              └ leave: agents go on beneath their attendants ──> left
 * ```
 *
 * No role, no lock: the claim's transaction gives each task to one server and holds the limits.
 */
export class WorkServer implements Executor {
  readonly holderId: string;
  readonly ended: Promise<ExecutionEnd>;
  readonly #parts: WorkServerParts;
  readonly #end = Promise.withResolvers<ExecutionEnd>();
  readonly #lists: ServedLists;
  readonly #stopping = new AbortController();
  /** Aborted when results may wait on disk for the next process. */
  readonly #givingUp = new AbortController();
  readonly #patience: Patience;
  readonly #beats: readonly { start(): void; stop(): void }[];
  readonly #marks: MarkKeeper;
  readonly #sweeper: Sweeper;
  readonly #sleeper: Sleeper;
  readonly #leadership: Leadership;
  readonly #heart: Heart;
  #draining: 'no' | 'asked' | 'told' = 'no';
  #finishing = false;
  readonly #claims: ServerClaims;
  #still = { seq: -1, sinceMs: 0 };
  #unwatch: { stop(): void } | null = null;
  #registered = false;
  #maintaining: Promise<void> = Promise.resolve();

  constructor(parts: WorkServerParts) {
    const { world, store, options } = parts;
    this.#parts = parts;
    this.holderId = world.ids.uuid();
    this.ended = this.#end.promise;
    this.#sleeper = new Sleeper(parts.world.timers);
    const { holderId } = this;
    this.#patience = new Patience({
      ...parts,
      list: null,
      givingUp: this.#givingUp.signal,
      agents: () => this.#lists.size,
    });
    const persisted = <T>(work: () => Promise<T>): Promise<T> => this.#persist(work);
    const failed = (cause: unknown): void => this.#fail(cause);
    this.#lists = new ServedLists({
      ...{ world, runner: parts.runner, log: parts.log, attemptsDir: parts.attemptsDir },
      ...{ holderId, persist: persisted, failed, onEvent: parts.onEvent },
      // Leases are of the server, whatever a list was once run with.
      prepare: async (list) => {
        const work = await parts.prepare(list);
        return { ...work, options: { ...work.options, leaseMs: options.leaseMs } };
      },
      store: () => store,
      trouble: (error, path) => this.#trouble(error, path),
      agentMissing: ({ code, message, details }, path) => {
        const text = `${message} ${REMEDIES[code] ?? ''}Its tasks are left to others until then.`;
        const error = new PawlError(code, text, { details });
        parts.onEvent({ kind: 'trouble', error }, path);
        parts.log.warn('agent.missing', { list: path }, error);
      },
      finishing: (served) => this.#claims.passOn(served),
      ended: () => this.#sleeper.wake(),
    });
    this.#claims = new ServerClaims({
      ...{ world, store, holderId, lists: this.#lists, leaseMs: options.leaseMs },
      ...{ capacity: parts.capacity, labels: parts.labels },
      ...{ isDraining: () => this.#draining !== 'no', persist: persisted, failed },
      answered: () => this.#sleeper.wake(),
    });
    this.#leadership = new Leadership({ store, holderId, ttlMs: options.leaseMs, log: parts.log });
    this.#heart = new Heart({
      ...{ world, holderId, leaseMs: options.leaseMs, store: () => store },
      granted: () => this.#lists.granted(),
    });
    this.#sweeper = new Sweeper({
      ...{ world, holderId, options, attemptsDir: parts.attemptsDir, persist: persisted },
      store: () => store,
      passesOver: (held) => this.#lists.has(held),
      adopted: async (claimed, held) => {
        const served = await this.#lists.openFor(claimed.listId);
        void served.attempts.launch(claimed, launchOf(held));
      },
      policyOf: async (listId) => (await this.#lists.workOf(listId)).options.retry,
    });
    const trouble = (error: PawlError): void => this.#trouble(error);
    const { writeMarks } = parts;
    this.#marks = new MarkKeeper({ world, writeMarks, trouble, failed });
    this.#beats = [
      new Beat(world.timers, options.heartbeatMs, () => this.#heartbeat(), failed),
      new Beat(world.timers, options.sweepMs, () => this.#sweep(), failed),
      this.#marks,
    ];
  }

  /** Become known, take up what former processes left here, and begin. */
  async start(): Promise<void> {
    const { world, store, version, attemptsDir, labels, capacity } = this.#parts;
    const { host, self } = world.processes;
    const about = { kind: 'server', host, process: self, version, listId: null };
    const instance = { id: this.holderId, ...about, attemptsDir, labels, capacity };
    await this.#persist(() => store.registerInstance(instance));
    this.#registered = true;
    this.#parts.onEvent({ kind: 'executor:started' }, null);
    // The second one tells what the first one measured.
    await this.#heartbeat();
    await this.#heartbeat();
    await this.#sweep();
    if (this.#stopping.signal.aborted) return;
    this.#unwatch = store.watch(() => this.#sleeper.wake());
    for (const beat of this.#beats) beat.start();
    void this.#work().catch((cause: unknown) => this.#fail(cause));
  }

  drain(): void {
    this.#draining = 'told';
    this.#sleeper.wake();
  }

  async leave(): Promise<void> {
    this.#draining = 'told';
    this.#givingUp.abort();
    const agentsLeft = this.#lists.size;
    this.#lists.leave();
    await this.#finishWith({ kind: 'left', agentsLeft });
  }

  async endAgents(): Promise<void> {
    this.#draining = 'told';
    this.#lists.stop();
    await this.#claims.settled();
    await this.#lists.settled();
    await this.#finishWith({ kind: 'left', agentsLeft: 0 });
  }

  active(): readonly ActiveAttempt[] {
    return this.#lists.views();
  }

  async #work(): Promise<void> {
    const { store } = this.#parts;
    while (!this.#stopping.signal.aborted) {
      this.#sleeper.begin();
      const work = await this.#persist(() => store.work({ holderId: this.holderId }));
      this.#marks.news(work.lastSeq);
      this.#obey(work);
      await this.#promote(work);
      if ((await this.#claims.claim(work)) > 0) continue;
      if (await this.#isOver(work)) return;
      await this.#sleep(work.nextDueInMs);
    }
  }

  #obey(work: Work): void {
    for (const request of work.endRequests) this.#lists.obey(request);
    if (this.#draining === 'told') return;
    for (const list of work.lists) this.#lists.heed(list);
    this.#draining = work.drain === null ? 'no' : 'asked';
    if (work.drain?.isDue === true) void this.endAgents();
  }

  async #promote({ nextDueInMs }: Work): Promise<void> {
    const waitMs = this.#leadership.isOurs ? 0 : PROMOTION_LATE_MS;
    if (nextDueInMs === null || nextDueInMs > -waitMs) return;
    await this.#persist(() => this.#parts.store.promoteDue());
    this.#sleeper.wake();
  }

  async #isOver(work: Work): Promise<boolean> {
    if (this.#lists.size + this.#claims.places > 0 || this.#sleeper.isWoken) return false;
    const rest = this.#parts.untilIdle ? await this.#restOf(work) : 'ours';
    if (this.#draining === 'no' && rest === 'ours') return false;
    await this.#finishWith(
      rest === 'ours'
        ? { kind: 'left', agentsLeft: 0 }
        : { kind: 'finished', workLeft: rest === 'others' },
    );
    return true;
  }

  /**
   * Who may do what is left: `ours` while something runs anywhere, too. What others may do counts
   * as theirs when nothing has happened for a while: they may be about to claim it.
   */
  async #restOf(work: Work): Promise<'ours' | 'others' | 'nobody'> {
    if (work.isIdle) return 'nobody';
    if (!work.isStill) return 'ours';
    let rest: 'others' | 'nobody' = 'nobody';
    for (const list of work.lists) {
      if (list.status !== 'running' || !list.ready) continue;
      const whose = await this.#readyFor(list);
      if (whose === 'ours') return 'ours';
      if (whose === 'others') rest = 'others';
    }
    const nowMs = this.#parts.world.clock.monotonic();
    if (this.#still.seq !== work.lastSeq) this.#still = { seq: work.lastSeq, sinceMs: nowMs };
    return nowMs - this.#still.sinceMs < STILL_MS ? 'ours' : rest;
  }

  async #readyFor(list: WorkList): Promise<'ours' | 'others' | 'nobody'> {
    const served = await this.#lists.open(list);
    if (served === null) return 'others';
    const { store, labels } = this.#parts;
    const { minPriority } = served.options;
    const query = { listId: list.listId, holderId: this.holderId, minPriority };
    const mine = { ...query, labels, without: served.without };
    if ((await this.#persist(() => store.control(mine))).ready) return 'ours';
    return (await this.#persist(() => store.control(query))).ready ? 'others' : 'nobody';
  }

  async #sleep(nextDueInMs: number | null): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const { random } = this.#parts.world;
    const lookMs = LOOK_MS * (0.5 + random.next() / 2);
    const lateMs = this.#leadership.isOurs ? 0 : PROMOTION_LATE_MS;
    const untilDue = nextDueInMs === null ? lookMs : nextDueInMs + lateMs + 1;
    const untilStill = this.#parts.untilIdle ? STILL_MS : lookMs;
    await this.#sleeper.sleep(Math.min(lookMs, untilDue, untilStill, this.#claims.againMs));
  }

  async #heartbeat(): Promise<void> {
    const answer = await this.#persist(() => this.#heart.beat(this.#lists.held()));
    for (const request of answer.endRequests) this.#lists.obey(request);
    for (const id of answer.lost) await this.#lists.loseLease(id);
  }

  async #sweep(): Promise<void> {
    const everyHost = await this.#persist(() => this.#leadership.keep());
    await this.#sweeper.sweep(null, { everyHost });
    // Not waited for: a large copy takes longer than a lease.
    this.#maintaining = this.#parts.maintain().catch((cause: unknown) => this.#fail(cause));
  }

  #persist<T>(write: () => Promise<T>): Promise<T> {
    return this.#patience.persist(write);
  }

  #trouble(error: PawlError, list: string | null = null): void {
    this.#patience.trouble(error, { list });
  }

  #fail(cause: unknown): void {
    if (this.#stopping.signal.aborted || this.#givingUp.signal.aborted) return;
    const error = asPawlError(cause);
    this.#parts.log.error('executor.failed', {}, error);
    this.#draining = 'told';
    this.#givingUp.abort();
    this.#lists.leave();
    void this.#finishWith({ kind: 'error', error });
  }

  /** Come to rest, say goodbye, and settle `ended`. The first end counts. */
  async #finishWith(end: ExecutionEnd): Promise<void> {
    if (!this.#finishing) {
      this.#finishing = true;
      await this.#claims.settled();
      await this.#lists.settled();
      await this.#maintaining;
      if (end.kind !== 'error') await this.#goodbye();
      this.#stopping.abort();
      this.#givingUp.abort();
      this.#unwatch?.stop();
      this.#patience.stop();
      this.#sleeper.wake();
      for (const beat of this.#beats) beat.stop();
      this.#parts.onEvent({ kind: 'executor:complete', end }, null);
      this.#end.resolve(end);
    }
    await this.ended;
  }

  async #goodbye(): Promise<void> {
    try {
      await this.#marks.last();
      await this.#leadership.giveBack();
      if (this.#registered) await this.#parts.store.endInstance(this.holderId);
    } catch (cause) {
      // Whoever comes next sees that this process is gone; on other hosts its lease tells.
      if (!isPawlError(cause)) throw cause;
      this.#trouble(cause);
    }
  }
}
