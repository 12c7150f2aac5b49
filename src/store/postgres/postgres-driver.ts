import { PawlError } from '../../domain/errors.ts';
import { PAWL_SCHEMA, type StoreSchema } from '../../schema/store-schema.ts';
import { pause, type Timer } from '../../world/timers.ts';
import type { World } from '../../world/world.ts';
import type { Driver, Shared } from '../sql/driver.ts';
import type { ReadContext, Verb, VerbContext } from '../sql/verb.ts';
import { type SchemaMark, tooNew } from '../standing.ts';
import { type Call, DEFAULT_DEADLINE_MS } from '../store.ts';
import { backoffMs } from './backoff.ts';
import type { Intercept, Trace } from './connection.ts';
import { isTransient, storeFault } from './faults.ts';
import { GroupCommit } from './group-commit.ts';
import { locationOf, requireAddress } from './location.ts';
import { Notices } from './notices.ts';
import { type OpenedDatabase, openDatabase } from './open.ts';
import { ConnectionPool, type PoolOptions } from './pool.ts';
import { CommitWords } from './store-meta.ts';
import { beginSnapshot, STATEMENT_MS, TURN_WAIT_MS } from './turn.ts';

export interface PostgresOptions {
  readonly world: World;
  /** `postgres://user:password@host:port/database?sslmode=...`; never printed with its secrets. */
  readonly url: string;
  /**
   * The same database without a pooler in between, for notices. To be given where `url` leads
   * through one: then no statements are prepared in its sessions, either.
   */
  readonly directUrl?: string;
  /** Of this process; 5 by default, one of which writes. One more listens. */
  readonly connectionsMax?: number;
  /** The one of this Pawl by default. */
  readonly schema?: StoreSchema;
  /** Make the store when there is none; by default. Otherwise that is `store_not_found`. */
  readonly create?: boolean;
  /** See `OpenDatabase`. */
  readonly bringUp?: () => Promise<void>;
  /** How long a server that does not answer is waited for. */
  readonly openDeadlineMs?: number;
  readonly intercept?: Intercept;
  readonly trace?: Trace;
  /** In the place of the database's clock; for tests. */
  readonly now?: () => number;
}

const CONNECTIONS_MAX = 5;
const CONNECT_MS = 10_000;
/** Longer than the server takes to end a statement by itself. */
const ANSWER_MS = STATEMENT_MS + TURN_WAIT_MS;

export function poolOptions(
  options: Pick<PostgresOptions, 'url' | 'directUrl' | 'connectionsMax' | 'intercept' | 'trace'>,
): PoolOptions {
  return {
    url: options.url,
    applicationName: 'pawl',
    connectionsMax: options.connectionsMax ?? CONNECTIONS_MAX,
    connectMs: CONNECT_MS,
    answerMs: ANSWER_MS,
    prepares: options.directUrl === undefined,
    intercept: options.intercept,
    trace: options.trace,
  };
}

/** The driver for PostgreSQL: a pool that reads and writes, and a connection that listens. */
export async function openPostgresDriver(options: PostgresOptions): Promise<Driver> {
  const { world, schema = PAWL_SCHEMA, bringUp } = options;
  requireAddress(options.url);
  const pool = await ConnectionPool.open(poolOptions(options));
  try {
    const { create = true, openDeadlineMs: deadlineMs } = options;
    const opened = await openDatabase({ world, pool, schema, create, bringUp, deadlineMs });
    return new PostgresDriver({ ...options, schema }, pool, opened);
  } catch (cause) {
    await pool.close();
    throw cause;
  }
}

class PostgresDriver implements Driver {
  readonly location: string;
  readonly storeId: string;
  readonly capabilities = { shared: true, backup: false } as const;
  readonly #world: World;
  readonly #pool: ConnectionPool;
  readonly #schema: StoreSchema;
  readonly #commits: GroupCommit;
  readonly #notices: Notices;
  readonly #listeners = new Set<() => void>();
  /** In the place of the database's clock. */
  readonly #now: (() => number) | undefined;
  /** Why nothing may be written: it is a newer Pawl's. */
  readonly #readOnly: PawlError | null;
  #closed = false;

  constructor(
    options: PostgresOptions & { readonly schema: StoreSchema },
    pool: ConnectionPool,
    opened: OpenedDatabase,
  ) {
    const { world, schema } = options;
    this.#world = world;
    this.#schema = schema;
    this.#pool = pool;
    this.#now = options.now;
    this.#readOnly = opened.readOnly;
    this.location = locationOf(options.url);
    this.storeId = opened.storeId;
    const writer = world.ids.uuid();
    this.#notices = new Notices({
      ...{ world, pool, writer, storeId: opened.storeId },
      listener: poolOptions({ url: options.directUrl ?? options.url }),
      tell: () => this.#tell(),
    });
    this.#commits = new GroupCommit({
      ...{ world, pool, now: options.now },
      words: new CommitWords(writer),
      guard: (mark) => this.#guard(mark),
      generation: schema.generation,
      notice: this.#notices,
      committed: ({ isTold }) => {
        this.#tell();
        if (!isTold) this.#notices.announce();
      },
    });
  }

  async write<T>(
    verb: (ctx: VerbContext) => Verb<T>,
    call: Call | undefined,
    shared?: Shared,
  ): Promise<T> {
    if (this.#readOnly !== null) throw this.#readOnly;
    return await this.#commits.write(verb, call, shared);
  }

  async read<T>(verb: (ctx: ReadContext) => Verb<T>, call: Call | undefined): Promise<T> {
    const { clock, timers, random } = this.#world;
    const giveUpAt = clock.monotonic() + (call?.deadlineMs ?? DEFAULT_DEADLINE_MS);
    for (let failures = 0; ; failures += 1) {
      if (call?.signal?.aborted === true) throw new PawlError('aborted', 'the call was cancelled');
      if (this.#closed) throw new PawlError('aborted', 'the store is closed');
      try {
        return await this.#within(this.#snapshot(verb), giveUpAt, call?.signal);
      } catch (cause) {
        const fault = storeFault(cause);
        // Something is not there: a newer Pawl may have taken it away meanwhile, which the next
        // snapshot says.
        const looksAgain = failures === 0 && fault.code === 'store_corrupt';
        if (!isTransient(fault) && !looksAgain) throw fault;
        if (clock.monotonic() > giveUpAt) throw tooLate(fault);
        await pause(timers, backoffMs(fault, failures, random), call?.signal);
      }
    }
  }

  /** Damage that the server met while it read pages; it looks for none by itself. */
  async integrity(call: Call | undefined): Promise<readonly string[]> {
    const [found] = await this.read<readonly { failures: number | null }[]>(function* () {
      const sql =
        'SELECT checksum_failures AS failures FROM pg_stat_database ' +
        'WHERE datname = current_database()';
      return (yield { sql, params: [], want: 'rows' }) as readonly { failures: number | null }[];
    }, call);
    const failures = found?.failures ?? 0;
    return failures === 0 ? [] : [`${failures} pages did not have the checksum they should have`];
  }

  backup(): Promise<void> {
    const message = 'a store on PostgreSQL is backed up with the means of PostgreSQL (pg_dump)';
    return Promise.reject(new PawlError('backup_elsewhere', message));
  }

  watch(listener: () => void): { stop(): void } {
    this.#listeners.add(listener);
    this.#notices.watch();
    return {
      stop: () => {
        this.#listeners.delete(listener);
        if (this.#listeners.size === 0) void this.#notices.stop();
      },
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#commits.close();
    this.#closed = true;
    this.#listeners.clear();
    await this.#notices.stop();
    await this.#pool.close();
  }

  async #snapshot<T>(verb: (ctx: ReadContext) => Verb<T>): Promise<T> {
    return await this.#pool.lend(async (connection) => {
      const begun = await beginSnapshot(connection);
      const minReader = begun.minReader ?? 0;
      if (minReader > this.#schema.generation) throw tooNew(this.#schema, minReader, 'read');
      const nowMs = this.#now?.() ?? begun.nowMs;
      const value = await connection.drive(verb({ nowMs }));
      await connection.run('COMMIT');
      return value;
    });
  }

  /** What takes longer is left to itself: the server ends it, and its connection is given back. */
  #within<T>(work: Promise<T>, giveUpAt: number, signal: AbortSignal | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const leftMs = Math.max(0, giveUpAt - this.#world.clock.monotonic());
      const cancel = (): void => end(new PawlError('aborted', 'the call was cancelled'));
      const timer: Timer = this.#world.timers.after(leftMs, () => end(tooLate()), { unref: true });
      const end = (error: PawlError): void => {
        rest();
        reject(error);
      };
      const rest = (): void => {
        timer.clear();
        signal?.removeEventListener('abort', cancel);
      };
      signal?.addEventListener('abort', cancel, { once: true });
      work.finally(rest).then(resolve, reject);
    });
  }

  /** In every write transaction: has somebody changed what this process must know? */
  #guard({ minWriter }: SchemaMark): void {
    if (minWriter > this.#schema.generation) throw tooNew(this.#schema, minWriter, 'write');
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function tooLate(cause?: PawlError): PawlError {
  return new PawlError('deadline_exceeded', 'the database was busy or away for too long', {
    ...(cause === undefined ? {} : { cause }),
  });
}
