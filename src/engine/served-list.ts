import type { ProgramRunner } from '../agents/runner.ts';
import { assertNever, type PawlError } from '../domain/errors.ts';
import type { AttemptOutcome } from '../domain/outcome.ts';
import type { TaskStatus } from '../domain/status.ts';
import type { Logger } from '../observe/logger.ts';
import type { WorkList } from '../store/instances.ts';
import type { ClaimedTask, Finished, Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import type { Attempt, AttemptEnd } from './attempt.ts';
import { Attempts } from './attempts.ts';
import { ClaimPause } from './claim-pause.ts';
import type { ExecutionEvent, ExecutionOptions } from './execution.ts';
import type { Launcher } from './launcher.ts';

/** How a list is executed on this host: its own options over those of the project here. */
export interface ListWork {
  readonly options: ExecutionOptions;
  readonly launcher: Launcher;
  /**
   * Agents that cannot be started here as things are, by name, each with what is wrong. Looked for
   * are those that are known here, the list's own, and the `asked`.
   */
  readonly missingAgents: (asked: readonly string[]) => Promise<ReadonlyMap<string, PawlError>>;
}

export interface ServedListParts {
  readonly listId: string;
  readonly world: World;
  readonly store: () => Store;
  readonly runner: ProgramRunner;
  readonly log: Logger;
  readonly holderId: string;
  readonly attemptsDir: string;
  readonly persist: <T>(work: () => Promise<T>) => Promise<T>;
  readonly failed: (cause: unknown) => void;
  readonly trouble: (error: PawlError) => void;
  readonly onEvent: (event: ExecutionEvent) => void;
  /** Tasks are left to other hosts: their agent cannot be started here. */
  readonly agentMissing: (error: PawlError) => void;
  /** The outcome of an attempt is on its way to the store. */
  readonly finishing: () => void;
  /** An attempt is over, or left. */
  readonly ended: () => void;
}

/** A program may be installed meanwhile, or taken away. */
const AGENTS_AGAIN_MS = 5_000;

/** What a server does with one list: its attempts, with the options in force for them. */
export class ServedList {
  readonly listId: string;
  readonly attempts: Attempts;
  readonly #world: World;
  readonly #agentMissing: (error: PawlError) => void;
  /** Agents that its tasks name, and that could not be started here when they were tried. */
  readonly #asked = new Set<string>();
  #work: ListWork;
  readonly #pause: ClaimPause;
  #missing = new Map<string, PawlError>();
  #agentsUntilMs = Number.NEGATIVE_INFINITY;

  constructor(parts: ServedListParts, work: ListWork) {
    this.listId = parts.listId;
    this.#world = parts.world;
    this.#pause = new ClaimPause(parts.world.clock);
    this.#agentMissing = parts.agentMissing;
    this.#work = work;
    const now = (): ListWork => this.#work;
    this.attempts = new Attempts({
      ...parts,
      begun: () => undefined,
      unfit: (agent, error) => this.#lack(agent, error),
      accepted: (attempt, end, finished) => {
        const news = newsOf(attempt, end, finished);
        if (news !== null) parts.onEvent(news);
      },
      // Attempts that begin after the list got other options go by those.
      get options() {
        return now().options;
      },
      get launcher() {
        return now().launcher;
      },
    });
  }

  get options(): ExecutionOptions {
    return this.#work.options;
  }

  /** An agent of its tasks cannot be started here. */
  get isLacking(): boolean {
    return this.#lacks.length > 0;
  }

  /** What keeps the agents of its tasks from being started here, as far as they are known. */
  get #lacks(): readonly PawlError[] {
    const names = new Set([this.options.defaultAgent, ...this.#asked]);
    return [...names].flatMap((name) => this.#missing.get(name) ?? []);
  }

  /** It is time to look for its agents (again). */
  get isAgentsDue(): boolean {
    return this.#world.clock.monotonic() >= this.#agentsUntilMs;
  }

  /** Agents whose tasks are left to others, because they cannot be started here. */
  get without(): { readonly agents: readonly string[]; readonly defaultAgent: string } {
    return { agents: [...this.#missing.keys()], defaultAgent: this.options.defaultAgent };
  }

  /** Of an agent that cannot be started here nothing may run here. */
  get agentLimits(): Readonly<Record<string, number>> {
    const none = Object.fromEntries(this.without.agents.map((agent) => [agent, 0]));
    return { ...this.options.agentLimits, ...none };
  }

  /** What is missing is said when it is found, and then only when it is something else. */
  async lookForAgents(): Promise<void> {
    const before = this.#missing;
    const said = new Set(this.#lacks.map(({ message }) => message));
    this.#missing = new Map(await this.#work.missingAgents([...this.#asked]));
    this.#agentsUntilMs = this.#world.clock.monotonic() + AGENTS_AGAIN_MS;
    if ([...before.keys()].some((agent) => !this.#missing.has(agent))) this.#pause.end();
    for (const lack of this.#lacks) if (!said.has(lack.message)) this.#agentMissing(lack);
  }

  /** Found by trying: no more is claimed for it until it is here. */
  #lack(agent: string, error: PawlError): void {
    const isSaid = this.#missing.get(agent)?.message === error.message && this.#asked.has(agent);
    this.#asked.add(agent);
    this.#missing.set(agent, error);
    if (!isSaid) this.#agentMissing(error);
  }

  /** From the next attempt on. */
  reconsider(work: ListWork): void {
    this.#work = work;
    this.#pause.end();
    this.#agentsUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** In how long a claim is worth a try, as far as can be seen from outside; see `ClaimPause`. */
  claimableInMs({ status, ready, running }: WorkList, lastSeq: number): number {
    const isFull = running >= this.options.maxConcurrent;
    if (status !== 'running' || !ready || isFull) return Number.POSITIVE_INFINITY;
    return this.#pause.look(lastSeq);
  }

  launch(claimed: readonly ClaimedTask[], lastSeq: number): void {
    if (claimed.length === 0) this.#pause.begin(lastSeq);
    for (const task of claimed) void this.attempts.launch(task, { adopted: false });
  }
}

/** What is said of an attempt of ours that is over. */
function newsOf(attempt: Attempt, end: AttemptEnd, finished: Finished): ExecutionEvent | null {
  if (finished.kind === 'refused') return null;
  const { id, taskId } = attempt.claimed;
  const { status } = finished;
  const dueAtMs = finished.kind === 'finished' ? finished.dueAtMs : 0;
  return { kind: kindOf(status, end.outcome), id, taskId, status, detail: textOf(end), dueAtMs };
}

function kindOf(status: TaskStatus, { kind }: AttemptOutcome) {
  switch (status) {
    case 'completed':
      return 'task:completed';
    case 'failed':
      return 'task:failed';
    case 'skipped':
    case 'cancelled':
      return 'task:skipped';
    case 'queued':
      return kind === 'errored' || kind === 'lost' ? 'task:retry' : 'task:requeued';
    case 'waiting':
    case 'running':
      return 'task:requeued';
    default:
      return assertNever(status);
  }
}

function textOf({ outcome }: AttemptEnd): string | null {
  if ('error' in outcome) return outcome.error;
  if ('reason' in outcome) return outcome.reason;
  if ('note' in outcome) return outcome.note;
  return outcome.summary ?? null;
}
