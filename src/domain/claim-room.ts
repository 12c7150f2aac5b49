import { assertNever } from './errors.ts';

/** What a stored limit may bound. Stored words: never renamed. */
export const LIMIT_KINDS = ['list', 'agent', 'label', 'global'] as const;
export type LimitKind = (typeof LIMIT_KINDS)[number];

/** At most so many tasks run at once: of a list, an agent, of those that need a label, of all. */
export interface Limit {
  readonly kind: LimitKind;
  /** The id of the list, the agent's or the label's name; empty for `global`. */
  readonly name: string;
  readonly maxRunning: number;
}

export interface LimitUse extends Limit {
  readonly running: number;
}

/** Running tasks that are alike in everything that limits look at. */
export interface RunningTasks {
  readonly listId: string | null;
  readonly agent: string | null;
  /** The labels that they need. */
  readonly needs: readonly string[];
  readonly running: number;
}

/** A task that may be claimed, by which agent. */
export type Claimable = Omit<RunningTasks, 'running'>;

/** Why a ready task is not claimed. */
export type Obstacle =
  | { readonly kind: 'full'; readonly limit: LimitUse }
  /** The claimer said what its host offers, and this label is not among it. */
  | { readonly kind: 'not_offered'; readonly label: string };

/**
 * The room that is left under all limits, counted on as tasks are taken. Of two limits for the same
 * thing both hold, so that the smaller one counts.
 */
export class ClaimRoom {
  readonly #limits: readonly Limit[];
  readonly #offered: ReadonlySet<string> | null;
  readonly #running = new Map<string, number>();

  constructor(parts: {
    readonly limits: readonly Limit[];
    readonly running: readonly RunningTasks[];
    /** The labels that the claimer's host offers; null: whatever is asked for. */
    readonly offered: readonly string[] | null;
  }) {
    this.#limits = parts.limits;
    this.#offered = parts.offered === null ? null : new Set(parts.offered);
    for (const { running, ...alike } of parts.running) this.#count(alike, running);
  }

  /** What keeps such a task from being claimed; null when nothing does. */
  obstacle(task: Claimable): Obstacle | null {
    const full = this.#limits.find((limit) => bounds(limit, task) && this.#isFull(limit));
    return full === undefined ? this.#missing(task.needs) : this.#fullOf(full);
  }

  /** The same, of what such labels alone decide. */
  obstacleOfNeeds(needs: readonly string[]): Obstacle | null {
    const full = this.#limits.find(
      (limit) => limit.kind === 'label' && needs.includes(limit.name) && this.#isFull(limit),
    );
    return full === undefined ? this.#missing(needs) : this.#fullOf(full);
  }

  take(task: Claimable): void {
    this.#count(task, 1);
  }

  /** How many tasks of this list could start, were their agents and labels free. */
  free(listId: string): number {
    const free = this.#limits
      .filter(({ kind, name }) => kind === 'global' || (kind === 'list' && name === listId))
      .map((limit) => limit.maxRunning - this.#used(limit));
    return Math.max(0, Math.min(...free, Number.POSITIVE_INFINITY));
  }

  /** Agents that may take nothing more. */
  fullAgents(): readonly string[] {
    return this.#limits
      .filter((limit) => limit.kind === 'agent' && this.#isFull(limit))
      .map(({ name }) => name);
  }

  /** Can labels keep a task from being claimed at all? */
  get looksAtLabels(): boolean {
    return this.#offered !== null || this.#limits.some(({ kind }) => kind === 'label');
  }

  /** Every limit, and how much of it is used. */
  uses(): readonly LimitUse[] {
    return this.#limits.map((limit) => ({ ...limit, running: this.#used(limit) }));
  }

  #missing(needs: readonly string[]): Obstacle | null {
    const offered = this.#offered;
    const label = offered === null ? undefined : needs.find((need) => !offered.has(need));
    return label === undefined ? null : { kind: 'not_offered', label };
  }

  #fullOf(limit: Limit): Obstacle {
    return { kind: 'full', limit: { ...limit, running: this.#used(limit) } };
  }

  #isFull(limit: Limit): boolean {
    return this.#used(limit) >= limit.maxRunning;
  }

  #used({ kind, name }: Limit): number {
    return this.#running.get(keyOf(kind, name)) ?? 0;
  }

  #count({ listId, agent, needs }: Claimable, more: number): void {
    const keys = [keyOf('global', ''), ...new Set(needs.map((label) => keyOf('label', label)))];
    if (listId !== null) keys.push(keyOf('list', listId));
    if (agent !== null) keys.push(keyOf('agent', agent));
    for (const key of keys) this.#running.set(key, (this.#running.get(key) ?? 0) + more);
  }
}

/** In words: `label gpu is full (2 of 2 run)`. */
export function obstacleText(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'full': {
      const { running, maxRunning } = obstacle.limit;
      return `${limitText(obstacle.limit)} is full (${running} of ${maxRunning} run)`;
    }
    case 'not_offered':
      return `this host does not offer ${obstacle.label}`;
    default:
      return assertNever(obstacle);
  }
}

/** What a limit bounds, said of one of its tasks: `label gpu`, `its list`. */
function limitText({ kind, name }: Limit): string {
  switch (kind) {
    case 'global':
      return 'the limit of all lists';
    case 'list':
      return 'its list';
    case 'agent':
    case 'label':
      return `${kind} ${name}`;
    default:
      return assertNever(kind);
  }
}

/** Of limits and how much of each is used: one that leaves such a task no room. */
export function fullLimit(uses: readonly LimitUse[], task: Claimable): LimitUse | null {
  const isFull = ({ running, maxRunning }: LimitUse): boolean => running >= maxRunning;
  return uses.find((use) => bounds(use, task) && isFull(use)) ?? null;
}

function bounds({ kind, name }: Limit, task: Claimable): boolean {
  if (kind === 'global') return true;
  if (kind === 'label') return task.needs.includes(name);
  return name === (kind === 'list' ? task.listId : task.agent);
}

function keyOf(kind: LimitKind, name: string): string {
  return `${kind} ${name}`;
}
