import { PawlError } from '../../domain/errors.ts';
import { timeText } from '../../domain/time-text.ts';
import { pause, type Timer } from '../../world/timers.ts';
import type { World } from '../../world/world.ts';
import type { Verb, VerbContext } from '../sql/verb.ts';
import type { SchemaMark } from '../standing.ts';
import { type Call, DEFAULT_DEADLINE_MS } from '../store.ts';
import { backoffMs } from './backoff.ts';
import type { Connection } from './connection.ts';
import { isTransient, storeFault } from './faults.ts';
import type { ConnectionPool } from './pool.ts';
import { commitStatement, markQuery, type TurnMark } from './store-meta.ts';
import { beginTurn } from './turn.ts';

/** Most operations of one transaction: others wait for the turn meanwhile. */
export const BATCH_OPERATIONS_MAX = 128;

interface Operation {
  readonly verb: (ctx: VerbContext) => Verb<unknown>;
  readonly deadlineAt: number;
  readonly settle: (result: Result) => void;
  done: boolean;
  /** It is about to be committed: a cancel comes too late. */
  sealed: boolean;
}

type Result =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: PawlError };

/** Operations of one transaction, with what they answer once it is committed. */
interface Batch {
  readonly number: number;
  readonly operations: Operation[];
  readonly results: Result[];
}

export interface GroupCommitOptions {
  readonly world: World;
  readonly pool: ConnectionPool;
  /** Names this process in the ledger: a UUID. */
  readonly writer: string;
  /** Throws when this process must not write any more; asked in every transaction. */
  readonly guard: (mark: SchemaMark) => void;
  /** In the place of the database's clock; for tests. */
  readonly now: (() => number) | undefined;
  /** After each commit of ours. */
  readonly committed: () => void;
}

/**
 * All writes of one process, one transaction after the other; what is asked meanwhile shares the
 * next one.
 *
 * ```
 * write() ─> waiting ──> BEGIN, turn, mark ──> per operation: SAVEPOINT, verb, RELEASE
 *              ^  ^             │  unreachable, busy          │       (error: ROLLBACK TO)
 *              │  └─ backoff <──┴─────────────────────────────┤
 *              │                                              v
 *              │                            word in the ledger, COMMIT ──> answers
 *              │                                              │ no answer came
 *              └── not there <── look there, in the next turn <── unsure ──> there: the answers
 * ```
 *
 * Nobody is answered before the commit. When the connection breaks before it, nothing happened and
 * all is done anew. When it breaks while committing, nobody knows: the transaction left word of
 * itself in the ledger, and the next one, which has the turn, so that the one before is over, looks
 * whether it is there.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #waiting: Operation[] = [];
  #unsure: Batch | null = null;
  #number = 0;
  #failures = 0;
  #pumping = false;
  #closed = false;
  #resting: (() => void)[] = [];

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  write<T>(verb: (ctx: VerbContext) => Verb<T>, call: Call | undefined): Promise<T> {
    const { clock, timers } = this.#options.world;
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
      let timer: Timer | null = null;
      const settle = (result: Result): void => {
        if (operation.done) return;
        operation.done = true;
        timer?.clear();
        signal?.removeEventListener('abort', abort);
        if (result.ok) resolve(result.value as T);
        else reject(result.error);
      };
      const abort = (): void => {
        if (operation.sealed) return;
        settle({ ok: false, error: new PawlError('aborted', 'the call was cancelled') });
      };
      const deadlineMs = call?.deadlineMs ?? DEFAULT_DEADLINE_MS;
      const deadlineAt = clock.monotonic() + deadlineMs;
      const operation: Operation = { verb, deadlineAt, settle, done: false, sealed: false };
      const overdue = (): void => settle({ ok: false, error: tooLate(operation) });
      timer = timers.after(Math.max(0, deadlineMs), overdue, { unref: true });
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(operation);
      this.#schedule();
    });
  }

  /** Answer what waits, then accept nothing more. */
  async close(): Promise<void> {
    while (this.#pumping) await new Promise<void>((resolve) => this.#resting.push(resolve));
    this.#closed = true;
  }

  #schedule(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    // What is asked in the same turn of the event loop shares the transaction.
    this.#options.world.timers.soon(() => void this.#pump());
  }

  async #pump(): Promise<void> {
    const { timers } = this.#options.world;
    for (;;) {
      this.#dropOverdue();
      if (this.#waiting.length === 0 && this.#unsure === null) break;
      const delayMs = await this.#flush();
      if (delayMs > 0) await pause(timers, delayMs);
    }
    this.#pumping = false;
    for (const rested of this.#resting.splice(0)) rested();
  }

  /** One transaction. Never throws; gives how long to wait before the next one. */
  async #flush(): Promise<number> {
    this.#number += 1;
    const batch: Batch = { number: this.#number, operations: [], results: [] };
    try {
      await this.#options.pool.lend((connection) => this.#transact(connection, batch));
    } catch (cause) {
      return this.#failed(batch, storeFault(cause));
    }
    this.#failures = 0;
    this.#answer(batch);
    return 0;
  }

  async #transact(connection: Connection, batch: Batch): Promise<void> {
    const { world, writer, guard } = this.#options;
    const [mark] = await beginTurn<TurnMark>(connection, markQuery(writer));
    if (mark === undefined) {
      throw new PawlError('store_corrupt', 'the database does not name itself');
    }
    this.#makeSure(mark);
    guard(mark);
    await this.#perform(connection, batch, mark);
    if (!batch.results.some(({ ok }) => ok)) {
      await connection.run('ROLLBACK');
      return;
    }
    for (const operation of batch.operations) operation.sealed = true;
    world.checkpoint('before-commit');
    await connection.run(commitStatement(writer, batch.number, mark.nowMs));
    world.checkpoint('after-commit');
  }

  /** The turn before is over: it left its word in the ledger, or it never was. */
  #makeSure({ committed }: TurnMark): void {
    const unsure = this.#unsure;
    this.#unsure = null;
    if (unsure === null) return;
    if (committed === unsure.number) this.#answer(unsure);
    else this.#putBack(unsure);
  }

  async #perform(connection: Connection, batch: Batch, mark: TurnMark): Promise<void> {
    const context = this.#context(mark);
    const isAlone = this.#waiting.length === 1;
    while (batch.operations.length < BATCH_OPERATIONS_MAX) {
      const operation = this.#waiting.shift();
      if (operation === undefined) break;
      batch.operations.push(operation);
      if (!isAlone) await connection.run('SAVEPOINT operation');
      batch.results.push(await this.#attempt(connection, operation, context));
      if (batch.results.at(-1)?.ok === true) {
        if (!isAlone) await connection.run('RELEASE operation');
      } else if (isAlone) {
        return;
      } else {
        await connection.run('ROLLBACK TO operation; RELEASE operation');
      }
      if (isAlone) return;
    }
  }

  /** Throws only what concerns the whole transaction. */
  async #attempt(
    connection: Connection,
    operation: Operation,
    context: VerbContext,
  ): Promise<Result> {
    try {
      const value = await connection.drive(operation.verb(context));
      if (!operation.done) return { ok: true, value };
      return { ok: false, error: new PawlError('aborted', 'the call was over before its turn') };
    } catch (cause) {
      const error = storeFault(cause);
      if (isTransient(error)) throw error;
      return { ok: false, error };
    }
  }

  #answer({ operations, results }: Batch): void {
    for (const [index, operation] of operations.entries()) {
      operation.settle(results[index] as Result);
    }
    if (results.some(({ ok }) => ok)) this.#options.committed();
  }

  #putBack({ operations }: Batch): void {
    for (const operation of operations) operation.sealed = false;
    this.#waiting.unshift(...operations);
  }

  #failed(batch: Batch, fault: PawlError): number {
    this.#failures += 1;
    if (!isTransient(fault)) {
      const { operations } = batch;
      const refused = operations.length > 0 ? operations : this.#waiting.splice(0);
      for (const operation of refused) operation.settle({ ok: false, error: fault });
      return 0;
    }
    if (batch.operations.some(({ sealed }) => sealed)) this.#unsure = batch;
    else this.#putBack(batch);
    return backoffMs(fault, this.#failures, this.#options.world.random);
  }

  #dropOverdue(): void {
    const now = this.#options.world.clock.monotonic();
    this.#waiting = this.#waiting.filter((operation) => {
      if (operation.done) return false;
      if (operation.deadlineAt > now) return true;
      operation.settle({ ok: false, error: tooLate(operation) });
      return false;
    });
    const unsure = this.#unsure?.operations;
    if (unsure?.every(({ done }) => done) === true) this.#unsure = null;
  }

  #context(mark: TurnMark): VerbContext {
    const { world, now } = this.#options;
    const nowMs = Math.trunc(now?.() ?? mark.nowMs);
    return {
      nowMs,
      nowText: timeText(nowMs),
      uuid: () => world.ids.uuid(),
      chance: () => world.random.next(),
    };
  }
}

function tooLate({ sealed }: Operation): PawlError {
  const message = sealed
    ? 'the database did not say in time whether it was done'
    : 'the database was busy or away for too long';
  return new PawlError('deadline_exceeded', message);
}
