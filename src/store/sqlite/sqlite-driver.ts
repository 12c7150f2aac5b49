import { isPawlError, PawlError } from '../../domain/errors.ts';
import { PAWL_SCHEMA, type StoreSchema } from '../../schema/store-schema.ts';
import { pause } from '../../world/timers.ts';
import type { World } from '../../world/world.ts';
import type { Driver } from '../sql/driver.ts';
import type { ReadContext, Verb, VerbContext } from '../sql/verb.ts';
import { tooNew } from '../standing.ts';
import { type Call, DEFAULT_DEADLINE_MS } from '../store.ts';
import { backupDatabase } from './backup.ts';
import type { Connection, Intercept } from './connection.ts';
import { isBusy, storeFault } from './faults.ts';
import { GroupCommit } from './group-commit.ts';
import { LogFlush } from './log-flush.ts';
import { type OpenedDatabase, openDatabase } from './open.ts';
import { readMark, readMinReader } from './store-meta.ts';

export interface SqliteOptions {
  readonly world: World;
  /** Absolute path, or `:memory:` for a store that ends with the process. */
  readonly path: string;
  readonly fullFsync?: boolean;
  /** Default true; false only to measure what it brings: each commit is then flushed by itself. */
  readonly grouping?: boolean;
  readonly intercept?: Intercept;
  /** How long opening may wait for others that make or recover the same file. */
  readonly openDeadlineMs?: number;
  /** The one of this Pawl by default. */
  readonly schema?: StoreSchema;
  /** See `OpenDatabase`. */
  readonly bringUp?: () => Promise<void>;
}

/** How soon another process's commit is noticed, at most. */
const NOTICE_MS = 10;
const READ_PAUSE_MAX_MS = 5;

/**
 * The driver for SQLite: one connection that writes, one that reads. Its methods give back
 * promises, but each verb runs without a gap on the event loop.
 */
export async function openSqliteDriver(options: SqliteOptions): Promise<Driver> {
  const { world, path, schema = PAWL_SCHEMA, bringUp } = options;
  const opened = await openDatabase({
    ...{ world, path, schema, bringUp },
    fullFsync: options.fullFsync ?? false,
    intercept: options.intercept,
    deadlineMs: options.openDeadlineMs,
  });
  return new SqliteDriver({ ...options, schema }, opened);
}

class SqliteDriver implements Driver {
  readonly location: string;
  readonly storeId: string;
  readonly capabilities = { shared: false, backup: true } as const;
  readonly #world: World;
  readonly #writer: Connection;
  readonly #reader: Connection;
  readonly #inMemory: boolean;
  readonly #commits: GroupCommit;
  readonly #log: LogFlush | null;
  readonly #listeners = new Set<() => void>();
  readonly #schema: StoreSchema;
  readonly #identity: string;
  /** The schema that our statements were prepared for. */
  #fingerprint: string;
  /** Why nothing may be written: somebody took the file away, or it is a newer Pawl's. */
  readonly #readOnly: PawlError | null;
  #replaced: PawlError | null = null;
  #dataVersion: number;
  #polling = false;
  /** Others committed, and the listeners have not been told. */
  #newsFromOthers = false;
  #closed = false;

  constructor(options: SqliteOptions & { readonly schema: StoreSchema }, opened: OpenedDatabase) {
    const { writer, reader, storeId, readOnly } = opened;
    this.#world = options.world;
    this.#schema = options.schema;
    this.#writer = writer;
    this.#reader = reader;
    this.#readOnly = readOnly;
    this.#inMemory = options.path === ':memory:';
    this.location = options.path;
    this.storeId = storeId;
    this.#identity = this.#fileIdentity();
    this.#dataVersion = this.#readDataVersion();
    this.#fingerprint = readMark(writer).fingerprint;
    const grouping = options.grouping ?? true;
    const isFlushed = grouping && !this.#inMemory && readOnly === null;
    const log = isFlushed ? new LogFlush(options.world, writer) : null;
    this.#log = log;
    this.#commits = new GroupCommit({
      world: options.world,
      connection: writer,
      grouping,
      guard: () => this.#guard(),
      flush: log === null ? null : () => log.flush(),
      stillThere: () => this.#requireStillThere(log?.isReplaced),
      committed: () => this.#tell(),
    });
  }

  async write<T>(verb: (ctx: VerbContext) => Verb<T>, call: Call | undefined): Promise<T> {
    if (this.#replaced !== null) throw this.#replaced;
    if (this.#readOnly !== null) throw this.#readOnly;
    return await this.#commits.write(verb, call);
  }

  async read<T>(verb: (ctx: ReadContext) => Verb<T>, call: Call | undefined): Promise<T> {
    const giveUpAt = this.#world.clock.monotonic() + (call?.deadlineMs ?? DEFAULT_DEADLINE_MS);
    for (;;) {
      if (call?.signal?.aborted === true) throw new PawlError('aborted', 'the call was cancelled');
      if (this.#closed) throw new PawlError('aborted', 'the store is closed');
      // Nobody writes any more to a file that is gone: what it says would be old for ever.
      this.#requireStillThere();
      try {
        return this.#snapshot(verb);
      } catch (cause) {
        if (!isBusy(cause) && !isPawlError(cause, 'store_busy')) throw storeFault(cause);
        if (this.#world.clock.monotonic() > giveUpAt) {
          throw new PawlError('deadline_exceeded', 'the database was busy for too long', { cause });
        }
        await pause(
          this.#world.timers,
          this.#world.random.next() * READ_PAUSE_MAX_MS,
          call?.signal,
        );
      }
    }
  }

  async integrity(call: Call | undefined): Promise<readonly string[]> {
    const found = await this.read<readonly { integrity_check: string }[]>(function* () {
      const statement = { sql: 'PRAGMA integrity_check', params: [], want: 'rows' } as const;
      return (yield statement) as readonly { integrity_check: string }[];
    }, call);
    return found.map((line) => line.integrity_check).filter((line) => line !== 'ok');
  }

  async backup(file: string, call: Call | undefined): Promise<void> {
    if (this.#closed) throw new PawlError('aborted', 'the store is closed');
    const memory = this.#inMemory ? this.#reader : null;
    await backupDatabase({ world: this.#world, location: this.location, memory, file, call });
  }

  watch(listener: () => void): { stop(): void } {
    this.#listeners.add(listener);
    this.#poll();
    return { stop: () => void this.#listeners.delete(listener) };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    if (this.#replaced === null) await this.#commits.close();
    this.#closed = true;
    this.#listeners.clear();
    this.#reader.close();
    this.#writer.close();
    await this.#log?.close();
  }

  #snapshot<T>(verb: (ctx: ReadContext) => Verb<T>): T {
    const ctx = { nowMs: Math.trunc(this.#world.clock.now()) };
    if (this.#inMemory) return this.#reader.drive(verb(ctx));
    this.#reader.run('BEGIN');
    try {
      const minReader = readMinReader(this.#reader);
      if (minReader > this.#schema.generation) throw tooNew(this.#schema, minReader, 'read');
      return this.#reader.drive(verb(ctx));
    } finally {
      if (this.#reader.inTransaction) this.#reader.run('COMMIT');
    }
  }

  /** Runs first in every write transaction: has somebody changed what this process must know? */
  #guard(): void {
    if (this.#replaced !== null) throw this.#replaced;
    this.#notice();
    const { fingerprint, minWriter } = readMark(this.#writer);
    if (minWriter > this.#schema.generation) throw tooNew(this.#schema, minWriter, 'write');
    if (fingerprint === this.#fingerprint) return;
    // A newer Pawl changed the schema, and lets us go on: with statements made for what is there.
    this.#fingerprint = fingerprint;
    this.#writer.forget();
    if (this.#reader !== this.#writer) this.#reader.forget();
  }

  #notice(): void {
    const version = this.#readDataVersion();
    if (version === this.#dataVersion) return;
    this.#dataVersion = version;
    this.#newsFromOthers = true;
    this.#commits.noticeOthers();
  }

  #readDataVersion(): number {
    return this.#writer.all<{ data_version: number }>('PRAGMA data_version')[0]?.data_version ?? 0;
  }

  #tell(): void {
    this.#newsFromOthers = false;
    for (const listener of this.#listeners) listener();
  }

  #poll(): void {
    if (this.#polling || this.#inMemory) return;
    this.#polling = true;
    const look = (): void => {
      if (this.#closed || this.#listeners.size === 0) {
        this.#polling = false;
        return;
      }
      this.#notice();
      if (this.#newsFromOthers) this.#tell();
      this.#world.timers.after(NOTICE_MS, look, { unref: true });
    };
    this.#world.timers.after(NOTICE_MS, look, { unref: true });
  }

  #fileIdentity(): string {
    const facts = this.#inMemory ? null : this.#world.files.factsNow(this.location);
    return facts === null ? '' : `${facts.device}:${facts.inode}`;
  }

  /**
   * Our commits go to the open file. When the path names another one, or none, whoever opens the
   * store next would not find them: acknowledge nothing more, and save what is open.
   */
  #requireStillThere(isLogReplaced = false): void {
    if (this.#replaced !== null) throw this.#replaced;
    if (this.#inMemory) return;
    if (!isLogReplaced && this.#fileIdentity() === this.#identity) return;
    const folder = this.location.slice(0, this.location.lastIndexOf('/'));
    const rescued = `${folder}/rescued-${this.#world.clock.now()}.db`;
    // Whoever looks for what was saved must find all of it: it gets its name when it is whole.
    const begun = `${folder}/rescuing-${this.#world.ids.uuid()}.db`;
    this.#replaced = new PawlError(
      'store_replaced',
      `the database at ${this.location} was deleted or replaced; its content was saved`,
      { details: { rescued } },
    );
    try {
      this.#writer.run('VACUUM INTO ?', begun);
      this.#world.files.renameNow(begun, rescued);
    } catch (cause) {
      this.#replaced = new PawlError(
        'store_replaced',
        `the database at ${this.location} was deleted or replaced, and could not be saved`,
        { cause },
      );
    }
    throw this.#replaced;
  }
}
