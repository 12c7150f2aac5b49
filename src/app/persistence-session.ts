import { PawlError } from '../domain/errors.ts';
import type { BreakdownSave } from '../store/saved-breakdowns.ts';
import type {
  Baselines,
  LoadedBreakdown,
  LoadedSubtask,
  Subtask,
  TaskBreakdown,
} from './task-breakdown.ts';

/** What a session does in the end, and how it looks at what is stored. */
export interface SessionPlace {
  readonly baselines: Baselines;
  load(parentTaskId: string): Promise<LoadedBreakdown | null>;
  /** All of it, in one transaction. */
  commit(saves: readonly BreakdownSave[]): Promise<void>;
  /** Milliseconds of the clock that only goes forward. */
  now(): number;
}

/**
 * Changes that happen together or not at all. They are collected here and made in one transaction
 * by `commit`; until then nobody sees them, and nobody waits for them: no transaction is open
 * while its owner thinks.
 */
export class PersistenceSession implements AsyncDisposable {
  readonly #place: SessionPlace;
  readonly #deadlineAt: number;
  readonly #saves: BreakdownSave[] = [];
  readonly #saved: (() => void)[] = [];
  #state: 'open' | 'committed' | 'rolled back' = 'open';

  constructor(place: SessionPlace, timeoutMs: number) {
    this.#place = place;
    this.#deadlineAt = place.now() + timeoutMs;
  }

  /** What is stored, without what this session is about to change. */
  async loadTaskBreakdown(parentTaskId: string): Promise<LoadedBreakdown | null> {
    this.#requireOpen();
    return await this.#place.load(parentTaskId);
  }

  /** @throws PawlError `plan_invalid`; what the store refuses comes from `commit`. */
  saveTaskBreakdown(breakdown: TaskBreakdown): void {
    this.#requireOpen();
    const { baselines } = this.#place;
    this.#saves.push({ kind: 'breakdown', ...baselines.breakdown(breakdown) });
    this.#saved.push(() => baselines.keep(breakdown));
  }

  updateSubtask(subtask: Subtask | LoadedSubtask, parentTaskId: string): void {
    this.#requireOpen();
    const { baselines } = this.#place;
    this.#saves.push({ kind: 'subtask', parentTaskId, subtask: baselines.subtask(subtask) });
    this.#saved.push(() => baselines.keepSubtask(subtask));
  }

  archiveTask(parentTaskId: string): void {
    this.#requireOpen();
    this.#saves.push({ kind: 'archive', parentTaskId });
  }

  /**
   * Make everything so, in one transaction. Refused, nothing was changed and the session is over.
   *
   * @throws PawlError `deadline_exceeded` after the session's timeout, and what saving is refused
   *   with.
   */
  async commit(): Promise<void> {
    this.#requireOpen();
    this.#state = 'rolled back';
    if (this.#saves.length > 0) await this.#place.commit(this.#saves);
    this.#state = 'committed';
    for (const saved of this.#saved) saved();
  }

  /** Forget everything. Nothing happens after a commit. */
  rollback(): void {
    if (this.#state === 'open') this.#state = 'rolled back';
  }

  /** A session that is left without a commit changes nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.rollback();
  }

  #requireOpen(): void {
    if (this.#state !== 'open') {
      throw new PawlError('illegal_transition', `the session was ${this.#state}`);
    }
    if (this.#place.now() > this.#deadlineAt) {
      this.rollback();
      throw new PawlError('deadline_exceeded', 'the session was open for too long');
    }
  }
}
