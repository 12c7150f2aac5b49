import { PawlError } from '../../domain/errors.ts';
import { pause } from '../../world/timers.ts';
import type { Shared } from '../sql/driver.ts';
import type { Statement, Verb, VerbContext } from '../sql/verb.ts';
import type { SchemaMark } from '../standing.ts';
import type { Call } from '../store.ts';
import { backoffMs } from './backoff.ts';
import { BATCH_OPERATIONS_MAX, type Batch, newBatch, noticeOf, resultsOf } from './batch.ts';
import type { Connection, Ending } from './connection.ts';
import { isTransient, storeFault } from './faults.ts';
import type { Sent } from './flight.ts';
import type { ConnectionPool } from './pool.ts';
import { verbOf } from './portion.ts';
import { SingleMessage, type SingleMessageOptions } from './single-message.ts';
import { COMMIT, markQuery, type TurnMark, wordStatements } from './store-meta.ts';
import { turnStatements } from './turn.ts';
import { TurnContext } from './turn-context.ts';
import { VerbRun } from './verb-run.ts';
import { type Operation, type Result, WaitingLine } from './waiting-line.ts';

const OVER: Result = {
  ok: false,
  error: new PawlError('aborted', 'the call was over before its turn'),
};

interface Begun {
  readonly operations: readonly Operation[];
  readonly run: VerbRun<readonly unknown[]>;
}

export interface GroupCommitOptions extends SingleMessageOptions {
  readonly pool: ConnectionPool;
  /** Throws when this process must not write any more; asked in every transaction. */
  readonly guard: (mark: SchemaMark) => void;
  /** After each commit of ours, which told others of itself or did not. */
  readonly committed: (how: { readonly isTold: boolean }) => void;
}

/**
 * All writes of one process, one transaction after the other; what is asked meanwhile shares the
 * next one.
 *
 * ```
 * write() ─> waiting ──> BEGIN, turn, mark, ──> the rest of it, then the other portions,
 *              ^  ^      and what the first     each in a savepoint (error: ROLLBACK TO)
 *              │  │      portion asks first               │
 *              │  │             │ unreachable, busy        │
 *              │  └─ backoff <──┴──────────────────────────┤
 *              │                                           v
 *              │                          word in the ledger, COMMIT ──> answers
 *              │                                           │ no answer came
 *              └── not there <── look there, in the next turn <── unsure ──> there: the answers
 * ```
 *
 * Nobody is answered before the commit. When the connection breaks before it, nothing happened and
 * all is done anew. When it breaks while committing, nobody knows: the transaction left word of
 * itself in the ledger, and the next one, which has the turn, so that the one before is over, looks
 * whether it is there.
 *
 * Few messages are what makes it fast. What one statement can do is one message (`SingleMessage`);
 * otherwise a portion is all that can be done together, most have two (its questions come with the
 * turn, its writes with the commit), and where one fails the transaction is given up and everything
 * of it done again one by one.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #line: WaitingLine;
  readonly #single: SingleMessage;
  #unsure: Batch | null = null;
  #number = 0;
  /** The last transaction was given up: this one does everything one by one. */
  #isCareful = false;
  #failures = 0;
  /** The rows of processes that ended are swept away once a process. */
  #hasSwept = false;
  #pumping = false;
  #closed = false;
  #resting: (() => void)[] = [];

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#line = new WaitingLine(options.world);
    this.#single = new SingleMessage(options, this.#line);
  }

  write<T>(
    verb: (ctx: VerbContext) => Verb<T>,
    call: Call | undefined,
    shared?: Shared,
  ): Promise<T> {
    if (this.#closed) return Promise.reject(new PawlError('aborted', 'the store is closed'));
    if (call?.signal?.aborted === true) {
      return Promise.reject(new PawlError('aborted', 'the call was cancelled before it began'));
    }
    return this.#line.join(verb, { call, shared }, () => this.#schedule());
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
      this.#line.dropOverdue();
      if (this.#unsure?.operations.every(({ done }) => done) === true) this.#unsure = null;
      if (this.#line.isEmpty && this.#unsure === null) break;
      const delayMs = await this.#flush();
      if (delayMs > 0) await pause(timers, delayMs);
    }
    this.#pumping = false;
    for (const rested of this.#resting.splice(0)) rested();
  }

  /** One transaction. Never throws; gives how long to wait before the next one. */
  async #flush(): Promise<number> {
    this.#number += 1;
    const batch = newBatch(this.#number);
    try {
      const isDone = await this.#options.pool.lend((one) => this.#transact(one, batch));
      this.#isCareful = !isDone;
    } catch (cause) {
      return this.#failed(batch, storeFault(cause));
    }
    if (this.#isCareful) {
      this.#line.putBack(batch.operations);
      return 0;
    }
    this.#failures = 0;
    this.#answer(batch);
    return 0;
  }

  /** False when something went wrong that may go well when all is done one by one. */
  async #transact(connection: Connection, batch: Batch): Promise<boolean> {
    const { guard } = this.#options;
    if (!this.#isCareful && this.#unsure === null && this.#single.take(batch)) {
      return await this.#single.transact(connection, batch);
    }
    const context = new TurnContext(this.#options);
    const begun = this.#isCareful ? null : this.#begin(batch, context);
    const opened = await this.#open(connection, begun?.run.asked?.statements ?? []);
    if (opened === null) return false;
    this.#makeSure(opened.mark);
    guard(opened.mark);
    context.begin(opened.mark.nowMs);
    if (begun !== null && !(await this.#goOn(connection, batch, begun, opened.answers, context))) {
      await connection.run('ROLLBACK');
      return batch.isOver;
    }
    await this.#perform(connection, batch, context);
    if (batch.isOver) return true;
    // Nothing to be kept: whoever found nothing to claim waits for no disk, and wakes nobody.
    if (!connection.hasWritten || !batch.results.some(({ ok }) => ok)) {
      await connection.run('ROLLBACK');
      return true;
    }
    batch.hasWritten = true;
    connection.recall();
    await connection.send(this.#commit(batch, context.nowMs));
    this.#options.world.checkpoint('after-commit');
    return true;
  }

  /** Begin with the first portion before the turn is there: what it asks first is sent with it. */
  #begin(batch: Batch, context: VerbContext): Begun | null {
    const operations = this.#line.takePortion(BATCH_OPERATIONS_MAX);
    try {
      const run = new VerbRun(verbOf(operations, context));
      if (run.asked !== null) {
        batch.operations.push(...operations);
        return { operations, run };
      }
    } catch (cause) {
      // It asks for the time first, or fails by itself: the same happens again in its turn.
      storeFault(cause);
    }
    this.#line.putBack(operations);
    return null;
  }

  /** The turn, with what is asked first; null when that failed. */
  async #open(
    connection: Connection,
    statements: readonly Statement[],
  ): Promise<{ readonly mark: TurnMark; readonly answers: readonly unknown[] } | null> {
    const { words } = this.#options;
    const key = this.#unsure === null ? '' : words.of(this.#unsure.number).key;
    const before = [...turnStatements(), markQuery(key)];
    try {
      const told = await connection.ask(statements, { before });
      const mark = told.before.at(-1)?.rows[0] as unknown as TurnMark | undefined;
      if (mark !== undefined) return { mark, answers: told.answers };
    } catch (cause) {
      const fault = storeFault(cause);
      if (statements.length === 0 || isTransient(fault)) throw fault;
      await connection.run('ROLLBACK');
      return null;
    }
    throw new PawlError('store_corrupt', 'the database does not name itself');
  }

  /**
   * The portion that was begun with the turn. False when nothing of it may be kept: it is over, or
   * to be done again, one by one.
   */
  async #goOn(
    connection: Connection,
    batch: Batch,
    { operations, run }: Begun,
    answers: readonly unknown[],
    context: VerbContext,
  ): Promise<boolean> {
    const isAlone = operations.length === 1 && this.#line.isEmpty;
    try {
      run.tell(answers);
      const value = await connection.finish(run, this.#ending(batch, operations, context));
      if (batch.isOver) return true;
      if (!operations.some(({ done }) => done)) {
        batch.results.push(...resultsOf(value));
        return true;
      }
    } catch (cause) {
      const error = storeFault(cause);
      if (error.code === 'store_unreachable') throw error;
      batch.results.length = 0;
      batch.hasWritten = false;
      batch.isOver = isAlone && !isTransient(error);
      if (batch.isOver) batch.results.push({ ok: false, error });
      return false;
    }
    batch.isOver = isAlone;
    if (isAlone) batch.results.push(OVER);
    return false;
  }

  /** With the last statements of these operations, when nobody else waits: the commit. */
  #ending(
    batch: Batch,
    operations: readonly Operation[],
    context: VerbContext,
  ): Ending<readonly unknown[]> | undefined {
    if (operations[0]?.shared === undefined) return undefined;
    return (value) => {
      if (!this.#line.isEmpty || operations.some(({ done }) => done)) return undefined;
      batch.results.push(...resultsOf(value));
      batch.isOver = true;
      batch.hasWritten = true;
      return this.#commit(batch, context.nowMs);
    };
  }

  #commit(batch: Batch, nowMs: number): readonly Sent[] {
    for (const operation of batch.operations) operation.sealed = true;
    this.#options.world.checkpoint('before-commit');
    const sweeps = !this.#hasSwept;
    this.#hasSwept = true;
    const word = wordStatements(this.#options.words.of(batch.number), { nowMs, sweeps });
    return [...word, ...noticeOf(batch, this.#options.notice), COMMIT];
  }

  /** The turn before is over: it left its word in the ledger, or it never was. */
  #makeSure({ committed, said }: TurnMark): void {
    const unsure = this.#unsure;
    this.#unsure = null;
    if (unsure === null) return;
    if (committed === unsure.number) {
      unsure.hasWritten = true;
      if (said !== null) unsure.read?.(said);
      this.#answer(unsure);
    } else this.#line.putBack(unsure.operations);
  }

  async #perform(connection: Connection, batch: Batch, context: VerbContext): Promise<void> {
    while (!batch.isOver && batch.operations.length < BATCH_OPERATIONS_MAX) {
      const portion = this.#line.takePortion(BATCH_OPERATIONS_MAX - batch.operations.length);
      if (portion.length === 0) break;
      batch.operations.push(...portion);
      batch.results.push(...(await this.#share(connection, portion, context)));
    }
  }

  /** Together where that goes well, otherwise one by one; each such in a savepoint. */
  async #share(
    connection: Connection,
    operations: readonly Operation[],
    context: VerbContext,
  ): Promise<readonly Result[]> {
    if (!this.#isCareful && operations.length > 1) {
      const result = await this.#within(connection, async () => {
        const all = await this.#driven(connection, () => verbOf(operations, context));
        return operations.some(({ done }) => done) ? OVER : all;
      });
      if (result.ok) return resultsOf(result.value as readonly unknown[]);
    }
    const results: Result[] = [];
    for (const operation of operations) {
      const alone = (): Promise<Result> => this.#attempt(connection, operation, context);
      results.push(await this.#within(connection, alone));
    }
    return results;
  }

  /** In a savepoint, to which a failure goes back. */
  async #within(connection: Connection, work: () => Promise<Result>): Promise<Result> {
    connection.ahead('SAVEPOINT operation');
    const result = await work();
    if (result.ok) connection.ahead('RELEASE operation');
    else if (!connection.recall()) {
      await connection.run('ROLLBACK TO operation; RELEASE operation');
    }
    return result;
  }

  async #attempt(
    connection: Connection,
    operation: Operation,
    context: VerbContext,
  ): Promise<Result> {
    const result = await this.#driven(connection, () => operation.verb(context));
    if (!result.ok && isTransient(result.error)) throw result.error;
    return result.ok && operation.done ? OVER : result;
  }

  async #driven(connection: Connection, verb: () => Verb<unknown>): Promise<Result> {
    try {
      return { ok: true, value: await connection.drive(verb()) };
    } catch (cause) {
      const error = storeFault(cause);
      if (error.code === 'store_unreachable') throw error;
      return { ok: false, error };
    }
  }

  #answer({ number, operations, results, hasWritten, isTold }: Batch): void {
    if (hasWritten) this.#options.words.kept(number);
    for (const [index, operation] of operations.entries()) {
      operation.settle(results[index] as Result);
    }
    if (hasWritten) this.#options.committed({ isTold });
  }

  #failed(batch: Batch, fault: PawlError): number {
    this.#failures += 1;
    if (!isTransient(fault)) {
      const { operations } = batch;
      const refused = operations.length > 0 ? operations : this.#line.takeAll();
      for (const operation of refused) operation.settle({ ok: false, error: fault });
      return 0;
    }
    if (batch.operations.some(({ sealed }) => sealed)) this.#unsure = batch;
    else this.#line.putBack(batch.operations);
    return backoffMs(fault, this.#failures, this.#options.world.random);
  }
}
