import { PawlError } from '../../domain/errors.ts';
import { timeText } from '../../domain/time-text.ts';
import type { World } from '../../world/world.ts';
import type { Verb, VerbContext } from '../sql/verb.ts';
import { type Call, DEFAULT_DEADLINE_MS } from '../store.ts';
import type { Connection } from './connection.ts';
import { isTransient, storeFault } from './faults.ts';

/** Most operations of one transaction, and most work before it is committed. */
export const BATCH_OPERATIONS_MAX = 128;
export const BATCH_WORK_MS = 5;
/** An input/output fault is tried again this often before its batch is refused. */
const IO_TRIES_MAX = 3;
/** While another process writes: how long until the next try, at most, of who insists. */
const BUSY_PAUSE_MS = 3;
/** Of who waits for its turn. */
const TURN_PAUSE_MAX_MS = 100;
/** What chance takes off the pause until one's turn, at most. */
const TURN_SPREAD = 0.2;
/** How much the wait of one transaction counts for what is expected of the next. */
const NEWS_SHARE = 0.1;
/** No wait counts for more: what takes longer is one holder that lasts, and no queue. */
const NEWS_MAX_MS = 300;
/** How long at most others are let in after a commit. */
const STEP_BACK_MAX_MS = 12;
/** Others count as writing for this long after the last sign of them. */
const SHARE_MS = 200;

interface Operation {
  readonly verb: (ctx: VerbContext) => Verb<unknown>;
  readonly deadlineAt: number;
  readonly settle: (result: Result) => void;
  done: boolean;
}

type Result =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: PawlError };

interface PerformedBatch {
  readonly operations: readonly Operation[];
  readonly results: readonly Result[];
}

export interface GroupCommitOptions {
  readonly world: World;
  readonly connection: Connection;
  /** Off only to measure what it brings: each operation is then a transaction of its own. */
  readonly grouping: boolean;
  /** Throws when this process must not write any more; runs first in every transaction. */
  readonly guard: () => void;
  /** Make durable all that was committed so far; null: COMMIT itself does. */
  readonly flush: (() => Promise<void>) | null;
  /** Throws when the file that was written is not the one at the path; runs before answers. */
  readonly stillThere: () => void;
  /** After each commit of ours. */
  readonly committed: () => void;
}

/**
 * All writes of one process, in as few durable commits as possible.
 *
 * ```
 * write() ─> waiting ──setImmediate──> BEGIN IMMEDIATE ──busy──> pause, jittered ─┐
 *              ^                             │ <──────────────────────────────────┘
 *              │                   per operation: SAVEPOINT, verb, RELEASE (error: ROLLBACK TO)
 *              │                             │            └─ transaction gone: the batch is refused
 *              └── the rest of the queue ─ COMMIT ── flush ── same file still? ─> answers
 * ```
 *
 * Operations that arrive in the same turn of the event loop share one transaction. Each has a
 * savepoint of its own, so that a refused one takes nobody with it. COMMIT gives the lock back, and
 * only then is the log flushed: the next transaction, here or of another process, does not wait for
 * it, and what is flushed at the same time costs the disk one flush. Nobody is answered before it.
 * There is no timer on the way: an operation alone is not delayed.
 *
 * The database's own lock is unfair: who commits and begins again at once keeps it for ever. While
 * other processes write, each therefore steps back for a moment after its commit, the longer, the
 * more it had to wait lately. Tries in vain of many together would leave no processor for the one
 * that writes: who comes waits about as long as the last transactions did, and insists then. So few
 * try at a time, and mostly those whose turn it is.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #waiting: Operation[] = [];
  /** Committed, and perhaps not yet durable. */
  #unflushed: PerformedBatch[] = [];
  #flushing = false;
  #scheduled = false;
  #closed = false;
  #ioTries = 0;
  #othersSeenAt = Number.NEGATIVE_INFINITY;
  #notBefore = Number.NEGATIVE_INFINITY;
  /** Since when the transaction that is wanted now was tried in vain; null: it was not. */
  #busySince: number | null = null;
  /** How long the last ones had to wait, on average. */
  #waitExpectedMs = 0;
  #resting: (() => void)[] = [];
  #textAt = -1;
  #text = '';

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** Others write, too, just now: until `SHARE_MS` from here, leave gaps for them. */
  noticeOthers(): void {
    this.#othersSeenAt = this.#options.world.clock.monotonic();
  }

  write<T>(verb: (ctx: VerbContext) => Verb<T>, call: Call | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const signal = call?.signal;
      if (this.#closed) {
        reject(new PawlError('aborted', 'the store is closed'));
        return;
      }
      if (signal?.aborted === true) {
        reject(new PawlError('aborted', 'the call was cancelled before it began'));
        return;
      }
      const abort = (): void => {
        // What was performed is answered with what came of it.
        if (!this.#waiting.includes(operation)) return;
        settle({ ok: false, error: new PawlError('aborted', 'the call was cancelled') });
      };
      const settle = (result: Result): void => {
        if (operation.done) return;
        operation.done = true;
        signal?.removeEventListener('abort', abort);
        if (result.ok) resolve(result.value as T);
        else reject(result.error);
      };
      const deadlineAt =
        this.#options.world.clock.monotonic() + (call?.deadlineMs ?? DEFAULT_DEADLINE_MS);
      const operation: Operation = { verb, deadlineAt, settle, done: false };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(operation);
      this.#schedule();
    });
  }

  /** Answer what waits, then accept nothing more. */
  async close(): Promise<void> {
    while (this.#waiting.length > 0 || this.#flushing) {
      await new Promise<void>((resolve) => this.#resting.push(resolve));
    }
    this.#closed = true;
  }

  /** Whenever something waits, a flush is on its way. */
  #schedule(): void {
    if (this.#scheduled) return;
    const { clock, timers } = this.#options.world;
    const stepBackMs = this.#notBefore - clock.monotonic();
    if (stepBackMs > 0) {
      this.#again(stepBackMs);
      return;
    }
    this.#scheduled = true;
    timers.soon(() => this.#takeTurn());
  }

  #again(delayMs: number): void {
    this.#scheduled = true;
    this.#options.world.timers.after(delayMs, () => this.#takeTurn());
  }

  #takeTurn(): void {
    this.#scheduled = false;
    this.#dropOverdue();
    if (this.#waiting.length > 0 && this.#begin()) this.#performBatch();
    if (this.#waiting.length > 0) {
      this.#schedule();
      return;
    }
    // Nobody wants one any more: the next wait begins when the next one is wanted.
    this.#busySince = null;
    this.#rest();
  }

  #rest(): void {
    if (this.#waiting.length > 0 || this.#flushing) return;
    for (const rested of this.#resting.splice(0)) rested();
  }

  #begin(): boolean {
    const { world, connection } = this.#options;
    try {
      // Only after a rollback that failed: what it should have undone must not be committed now.
      if (connection.inTransaction) connection.run('ROLLBACK');
      if (connection.begin()) {
        const newsMs = Math.min(this.#waitedMs(), NEWS_MAX_MS);
        this.#waitExpectedMs += (newsMs - this.#waitExpectedMs) * NEWS_SHARE;
        this.#busySince = null;
        return true;
      }
      this.#busySince ??= world.clock.monotonic();
      this.noticeOthers();
      this.#again(this.#pauseMs());
    } catch (cause) {
      this.#failBatch(this.#takeBatch(), cause);
    }
    return false;
  }

  #performBatch(): void {
    const { world, guard } = this.#options;
    const most = this.#options.grouping ? BATCH_OPERATIONS_MAX : 1;
    const stopAt = world.clock.monotonic() + BATCH_WORK_MS;
    const batch: Operation[] = [];
    const results: Result[] = [];
    try {
      guard();
      const alone = this.#waiting.length === 1 || most === 1;
      while (batch.length < most && this.#waiting.length > 0) {
        const operation = this.#waiting.shift() as Operation;
        batch.push(operation);
        results.push(this.#perform(operation, alone));
        if (world.clock.monotonic() >= stopAt) break;
      }
      this.#commit(results);
    } catch (cause) {
      this.#failBatch(batch.length === 0 ? this.#takeBatch() : batch, cause);
      return;
    }
    this.#ioTries = 0;
    this.#stepBack();
    const performed = { operations: batch, results };
    const { flush } = this.#options;
    if (flush === null) {
      this.#answer([performed]);
      return;
    }
    // Refusals, too: another process may not have flushed yet what they rest on.
    this.#unflushed.push(performed);
    if (!this.#flushing) void this.#flush(flush);
  }

  /** Until nothing is left that was committed and not flushed: what came meanwhile is one flush. */
  async #flush(flush: () => Promise<void>): Promise<void> {
    this.#flushing = true;
    while (this.#unflushed.length > 0) {
      const flushed = this.#unflushed.splice(0);
      try {
        await flush();
      } catch (cause) {
        const error = this.#reasonBehind(storeFault(cause));
        for (const { operations } of flushed) refuse(operations, error);
        continue;
      }
      this.#answer(flushed);
    }
    this.#flushing = false;
    this.#rest();
  }

  #answer(batches: readonly PerformedBatch[]): void {
    try {
      this.#options.stillThere();
    } catch (cause) {
      for (const { operations } of batches) refuse(operations, storeFault(cause));
      return;
    }
    for (const { operations, results } of batches) {
      for (const [at, operation] of operations.entries()) operation.settle(results[at] as Result);
    }
    if (batches.some(({ results }) => results.some(({ ok }) => ok))) this.#options.committed();
  }

  #takeBatch(): Operation[] {
    return this.#waiting.splice(0, BATCH_OPERATIONS_MAX);
  }

  /** One operation inside the open transaction. Throws only when the transaction is lost. */
  #perform(operation: Operation, alone: boolean): Result {
    const { connection } = this.#options;
    if (!alone) connection.run('SAVEPOINT operation');
    try {
      const value = connection.drive(operation.verb(this.#context()));
      if (!alone) connection.run('RELEASE operation');
      return { ok: true, value };
    } catch (cause) {
      const error = storeFault(cause);
      // After some errors (a full disk, say) the database has ended the transaction by itself. The
      // next SAVEPOINT would then commit on its own, and what is reported as failed be durable.
      if (!connection.inTransaction || isTransient(error)) throw error;
      if (alone) connection.run('ROLLBACK');
      else {
        connection.run('ROLLBACK TO operation');
        connection.run('RELEASE operation');
      }
      return { ok: false, error };
    }
  }

  #commit(results: readonly Result[]): void {
    const { connection, world } = this.#options;
    if (!connection.inTransaction) return;
    if (results.every((result) => !result.ok)) {
      connection.run('ROLLBACK');
      return;
    }
    world.checkpoint('before-commit');
    connection.run('COMMIT');
    world.checkpoint('after-commit');
  }

  /** Nothing of this batch is durable: undo it, and refuse or repeat it as a whole. */
  #failBatch(batch: readonly Operation[], cause: unknown): void {
    const { world } = this.#options;
    const undoFault = this.#undo();
    const error = storeFault(cause);
    if (error.code === 'store_io') this.#ioTries += 1;
    if (isTransient(error) && undoFault === null && this.#ioTries < IO_TRIES_MAX) {
      this.#waiting.unshift(...batch);
      this.#again(world.random.next() * BUSY_PAUSE_MS * (1 + this.#ioTries));
      return;
    }
    this.#ioTries = 0;
    refuse(batch, this.#reasonBehind(error));
  }

  /** Null when nothing is open any more; otherwise the next batch undoes it before it begins. */
  #undo(): PawlError | null {
    const { connection } = this.#options;
    try {
      if (connection.inTransaction) connection.run('ROLLBACK');
      return null;
    } catch (cause) {
      return storeFault(cause);
    }
  }

  /** A file that was moved away shows itself in many ways; say that, rather than its symptom. */
  #reasonBehind(error: PawlError): PawlError {
    try {
      this.#options.stillThere();
      return error;
    } catch (cause) {
      return storeFault(cause);
    }
  }

  #pauseMs(): number {
    const chance = this.#options.world.random.next();
    const leftMs = this.#waitExpectedMs - this.#waitedMs();
    if (leftMs <= 2 * BUSY_PAUSE_MS) return chance * BUSY_PAUSE_MS;
    return Math.min(leftMs, TURN_PAUSE_MAX_MS) * (1 - chance * TURN_SPREAD);
  }

  #waitedMs(): number {
    return this.#busySince === null ? 0 : this.#options.world.clock.monotonic() - this.#busySince;
  }

  #stepBack(): void {
    const { clock, random } = this.#options.world;
    const now = clock.monotonic();
    const shared = now - this.#othersSeenAt < SHARE_MS;
    const mostMs = Math.min(Math.max(this.#waitExpectedMs, BUSY_PAUSE_MS), STEP_BACK_MAX_MS);
    this.#notBefore = shared ? now + random.next() * mostMs : now;
  }

  #dropOverdue(): void {
    const now = this.#options.world.clock.monotonic();
    this.#waiting = this.#waiting.filter((operation) => {
      if (operation.done) return false;
      if (operation.deadlineAt > now) return true;
      const error = new PawlError('deadline_exceeded', 'the database was busy for too long');
      operation.settle({ ok: false, error });
      return false;
    });
  }

  #context(): VerbContext {
    const { clock, ids, random } = this.#options.world;
    const nowMs = Math.trunc(clock.now());
    if (nowMs !== this.#textAt) {
      this.#textAt = nowMs;
      this.#text = timeText(nowMs);
    }
    return {
      nowMs,
      nowText: this.#text,
      uuid: () => ids.uuid(),
      chance: () => random.next(),
    };
  }
}

function refuse(operations: readonly Operation[], error: PawlError): void {
  for (const operation of operations) operation.settle({ ok: false, error });
}
