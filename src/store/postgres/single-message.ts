import { invariant } from '../../domain/errors.ts';
import type { World } from '../../world/world.ts';
import { type AtOnce, atOnce, claimOf } from './at-once.ts';
import { BATCH_OPERATIONS_MAX, type Batch, noticeOf } from './batch.ts';
import type { Connection } from './connection.ts';
import { isTransient, storeFault } from './faults.ts';
import type { Told } from './flight.ts';
import { KnownLists, type Look } from './known-lists.ts';
import type { NoticeOfCommit } from './notices.ts';
import { COMMIT, type CommitWords } from './store-meta.ts';
import { turnStatements } from './turn.ts';
import type { Operation, WaitingLine } from './waiting-line.ts';

interface Answer {
  readonly said: string;
  readonly written: 0 | 1;
  /** Null: it could claim nothing. */
  readonly passed: number | null;
  readonly look: string | null;
}

/** So long claims are not tried in one message after one that met limits. */
const LIMITED_MS = 1_000;

export interface SingleMessageOptions {
  readonly world: World;
  /** Of this process, in the ledger. */
  readonly words: CommitWords;
  /** Of the schema that this process knows: no newer one may ask more of its writers. */
  readonly generation: number;
  /** In the place of the database's clock; for tests. */
  readonly now: (() => number) | undefined;
  readonly notice: NoticeOfCommit;
}

/**
 * Transactions of one message: the turn, one statement that decides and writes (`AtOnce`), the
 * commit. What that statement leaves undone waits again, for a transaction of several messages.
 */
export class SingleMessage {
  readonly #options: SingleMessageOptions;
  readonly #line: WaitingLine;
  readonly #taken = new WeakMap<Batch, AtOnce<Operation>>();
  readonly #known: KnownLists;
  #limitedUntil = Number.NEGATIVE_INFINITY;

  constructor(options: SingleMessageOptions, line: WaitingLine) {
    this.#options = options;
    this.#line = line;
    this.#known = new KnownLists(options.world);
  }

  /** Take out of the line what can be done so; false when what waits longest cannot. */
  take(batch: Batch): boolean {
    const { words, generation, now, world } = this.#options;
    const isLimited = world.clock.monotonic() < this.#limitedUntil;
    const once = atOnce(this.#line.waiting, {
      most: BATCH_OPERATIONS_MAX,
      knownBy: (claims) => this.#known.by(claims),
      mayBe: (call) => !call.done && !call.isSlow && !(isLimited && claimOf(call) !== null),
      word: {
        ...{ commit: words.of(batch.number), generation },
        nowMs: now === undefined ? null : Math.trunc(now()),
      },
    });
    if (once === null) return false;
    this.#line.take(once.calls);
    batch.operations.push(...once.calls);
    batch.read = (said) => this.#read(batch, once, said);
    this.#taken.set(batch, once);
    return true;
  }

  /** False when the server refused it, so that nothing was done. */
  async transact(connection: Connection, batch: Batch): Promise<boolean> {
    const once = this.#taken.get(batch);
    invariant(once !== undefined, 'it was taken');
    const { world, notice } = this.#options;
    // Its commit is on its way with it: a cancel comes too late.
    for (const operation of batch.operations) operation.sealed = true;
    world.checkpoint('before-commit');
    const turn = turnStatements({ isInOrder: true });
    const startedAt = world.clock.monotonic();
    let told: readonly Told[];
    try {
      told = await connection.send([...turn, once.sent, ...noticeOf(batch, notice), COMMIT]);
    } catch (cause) {
      const fault = storeFault(cause);
      if (fault.code === 'store_unreachable') throw fault;
      // The server said no: there was no commit.
      for (const operation of batch.operations) operation.sealed = false;
      if (isTransient(fault)) throw fault;
      await connection.run('ROLLBACK');
      return false;
    }
    world.checkpoint('after-commit');
    const answer = told[turn.length]?.rows[0] as Answer | undefined;
    invariant(answer !== undefined, 'the statement has one row');
    if (once.claims !== null) {
      const look = answer.look === null ? null : (JSON.parse(answer.look) as Look);
      const tookMs = world.clock.monotonic() - startedAt;
      this.#known.learn(once.claims, { passed: answer.passed ?? 0, look, tookMs });
    }
    batch.hasWritten = answer.written === 1;
    if (!batch.hasWritten && batch.isTold) notice.unsaid();
    batch.read?.(answer.said);
    return true;
  }

  #read(batch: Batch, once: AtOnce<Operation>, said: string): void {
    const done: Operation[] = [];
    const others: Operation[] = [];
    for (const [at, result] of once.read(said).entries()) {
      const operation = once.calls[at];
      if (operation === undefined) continue;
      if (result !== undefined) batch.results.push({ ok: true, value: result.value });
      (result === undefined ? others : done).push(operation);
    }
    batch.operations = done;
    for (const operation of others) operation.isSlow = true;
    // Behind an end that is undone, nothing was asked of the limits.
    if (others.length > 0 && others.every((operation) => claimOf(operation) !== null)) {
      this.#limitedUntil = this.#options.world.clock.monotonic() + LIMITED_MS;
    }
    this.#line.putBack(others);
  }
}
