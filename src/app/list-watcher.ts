import { asPawlError } from '../domain/as-pawl-error.ts';
import type { Priority } from '../domain/priority.ts';
import type { ActiveAttempt, ExecutionEnd, ExecutionEvent, Executor } from '../engine/execution.ts';
import { Narrator } from '../engine/narrator.ts';
import { Patience } from '../engine/patience.ts';
import type { Logger } from '../observe/logger.ts';
import type { Control, Store, TaskLine } from '../store/store.ts';
import type { Timer } from '../world/timers.ts';
import type { World } from '../world/world.ts';

export interface ListWatcherParts {
  readonly world: World;
  readonly store: Store;
  readonly log: Logger;
  readonly listId: string;
  readonly attemptsDir: string;
  readonly minPriority: Priority;
  readonly onEvent: (event: ExecutionEvent) => void;
  /** Nobody executes the list any more. */
  readonly roleIsFree: () => Promise<boolean>;
}

const LOOK_MS = 200;

/** Follows a list that another process executes, and says the same as that process would. */
export class ListWatcher implements Executor {
  readonly ended: Promise<ExecutionEnd>;
  readonly #parts: ListWatcherParts;
  readonly #end = Promise.withResolvers<ExecutionEnd>();
  readonly #narrator: Narrator;
  readonly #leaving = new AbortController();
  readonly #patience: Patience;
  #started: ReadonlySet<string> = new Set();
  #active: readonly ActiveAttempt[] = [];
  #timer: Timer | null = null;
  #stopped = false;
  #mayTakeOver = false;

  constructor(parts: ListWatcherParts) {
    this.#parts = parts;
    this.ended = this.#end.promise;
    this.#narrator = new Narrator(parts.store, parts.listId, parts.onEvent);
    this.#patience = new Patience({
      ...parts,
      list: parts.listId,
      givingUp: this.#leaving.signal,
      // They are another process's, which tells of them.
      agents: () => 0,
    });
  }

  /** The last event that it told: whoever takes over goes on from there. */
  get toldUpTo(): number {
    return this.#narrator.toldUpTo;
  }

  /** It ended because the executing process is gone while work was left. */
  get mayTakeOver(): boolean {
    return this.#mayTakeOver;
  }

  async start(): Promise<void> {
    const control = await this.#control();
    this.#narrator.begin(control.lastSeq);
    this.#next();
  }

  drain(): void {
    void this.leave();
  }

  leave(): Promise<void> {
    this.#finish({ kind: 'left', agentsLeft: this.#active.length });
    return Promise.resolve();
  }

  /** The agents are another process's: a watcher only goes. */
  endAgents(): Promise<void> {
    return this.leave();
  }

  active(): readonly ActiveAttempt[] {
    return this.#active;
  }

  #control(): Promise<Control> {
    const { store, listId, minPriority } = this.#parts;
    return this.#persist(() => store.control({ listId, holderId: '', minPriority }));
  }

  /** Through a time in which the store does not answer. */
  #persist<T>(read: () => Promise<T>): Promise<T> {
    return this.#patience.persist(read);
  }

  #next(): void {
    if (this.#stopped) return;
    this.#timer = this.#parts.world.timers.after(LOOK_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    try {
      // First whether the role is free: what is read after that is the last word of its holder.
      const isFree = await this.#persist(() => this.#parts.roleIsFree());
      const control = await this.#control();
      await this.#persist(() => this.#readActive());
      await this.#persist(() => this.#narrator.tell(control.lastSeq));
      if (!isFree) {
        this.#next();
        return;
      }
      const over = control.running === 0 && !control.ready && !control.delayed;
      if (control.status === 'stopped' && control.running === 0) this.#finish({ kind: 'stopped' });
      else {
        this.#mayTakeOver = !over;
        this.#finish({ kind: 'finished', workLeft: control.left > 0 });
      }
    } catch (cause) {
      this.#finish({ kind: 'error', error: asPawlError(cause) });
    }
  }

  async #readActive(): Promise<void> {
    const { store, listId, attemptsDir } = this.#parts;
    const held = await store.heldTasks(listId);
    const lines = new Map<string, TaskLine>();
    for (const line of await store.tasks({ listId, statuses: ['running'] })) {
      lines.set(line.id, line);
    }
    this.#active = held.map((task) => ({
      id: task.id,
      taskId: task.taskId,
      description: lines.get(task.id)?.description ?? '',
      attempt: task.attempt,
      agent: task.agent,
      startedAtMs: task.startedAtMs,
      phase: 'agent',
      adopted: false,
      folder: `${attemptsDir}/${task.id}/${task.fence}`,
    }));
    const before = this.#started;
    this.#started = new Set(this.#active.map((attempt) => attempt.folder));
    for (const attempt of this.#active) {
      if (!before.has(attempt.folder)) this.#parts.onEvent({ kind: 'task:started', attempt });
    }
  }

  #finish(end: ExecutionEnd): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#leaving.abort();
    this.#patience.stop();
    this.#timer?.clear();
    this.#end.resolve(end);
  }
}
