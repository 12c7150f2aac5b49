import type { Client } from 'pg';
import type { Timer } from '../../world/timers.ts';
import type { World } from '../../world/world.ts';
import { backoffMs } from './backoff.ts';
import { storeFault } from './faults.ts';
import type { Sent } from './flight.ts';
import { type ConnectionPool, connectionSettings, type PoolOptions } from './pool.ts';
import { COMMITS } from './store-meta.ts';

/**
 * At most one notice in this long: a commit that has one in it waits for every other such commit on
 * the whole server. The first after a pause goes with its commit, the next one by itself.
 */
const NOTICE_EVERY_MS = 20;
/** Between two looks: while notices arrive they only make up for a lost one. */
const LOOK_LISTENING_MS = 2_000;
const LOOK_ALONE_MS = 250;
/** Of looks that found nothing: then the listeners look for themselves. */
const LOOKS_WITHOUT_NEWS = 5;

/** It waits for no disk: what a crash takes with it, the next look finds. */
const NOTIFY = "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)";

/** Of a transaction that wrote something. */
const NOTIFY_WITHIN = 'SELECT pg_notify($1, $2) WHERE pg_current_xact_id_if_assigned() IS NOT NULL';

/** How a commit tells others of itself. */
export interface NoticeOfCommit {
  /** To be sent right before it; null: it is said later. */
  within(): Sent | null;
  /** It wrote nothing, and said nothing. */
  unsaid(): void;
}

export interface NoticesOptions {
  readonly world: World;
  readonly pool: ConnectionPool;
  /** Of a connection of its own, straight to the server: notices do not pass a pooler. */
  readonly listener: PoolOptions;
  readonly storeId: string;
  /** Of this process. */
  readonly writer: string;
  /** Something may have changed. */
  readonly tell: () => void;
}

/**
 * Tells of other processes' commits. A notice of the database says it at once, where one arrives;
 * otherwise, and whenever one is lost, a look at how far every process came says it a moment later.
 */
export class Notices implements NoticeOfCommit {
  readonly #options: NoticesOptions;
  readonly #channel: string;
  #client: Client | null = null;
  /** Notices really arrive: a pooler in between takes LISTEN, and delivers nothing. */
  #isHeard = false;
  #seen: string | null = null;
  #quietLooks = 0;
  #failures = 0;
  #announcing: Timer | null = null;
  #announcedAt = Number.NEGATIVE_INFINITY;
  #looking: Timer | null = null;
  #watched = false;

  constructor(options: NoticesOptions) {
    this.#options = options;
    this.#channel = `pawl_${options.storeId.replaceAll('-', '')}`;
  }

  within(): Sent | null {
    const nowMs = this.#options.world.clock.monotonic();
    if (nowMs < this.#announcedAt + NOTICE_EVERY_MS) return null;
    this.#announcedAt = nowMs;
    return { text: NOTIFY_WITHIN, values: [this.#channel, this.#options.writer] };
  }

  unsaid(): void {
    this.#announcedAt = Number.NEGATIVE_INFINITY;
  }

  /** Say that this process committed: at once, or soon and once for many. */
  announce(): void {
    if (this.#announcing !== null) return;
    const { clock, timers } = this.#options.world;
    const waitMs = this.#announcedAt + NOTICE_EVERY_MS - clock.monotonic();
    const send = (): void => {
      this.#announcing = null;
      this.#announcedAt = clock.monotonic();
      void this.#notify();
    };
    if (waitMs <= 0) send();
    else this.#announcing = timers.after(waitMs, send, { unref: true });
  }

  watch(): void {
    if (this.#watched) return;
    this.#watched = true;
    void this.#listen();
    this.#lookLater();
  }

  async stop(): Promise<void> {
    this.#watched = false;
    this.#announcing?.clear();
    this.#looking?.clear();
    this.#looking = null;
    const client = this.#client;
    this.#client = null;
    this.#isHeard = false;
    await client?.end();
  }

  async #notify(): Promise<void> {
    const { pool, writer } = this.#options;
    try {
      await pool.lend((connection) => connection.all(NOTIFY, [this.#channel, writer]));
    } catch {
      this.#seen = null; // Who did not hear it finds it by looking, and so does this process.
    }
  }

  async #listen(): Promise<void> {
    const { Client: PgClient } = await import('pg');
    if (!this.#watched) return;
    const client = new PgClient(connectionSettings(this.#options.listener));
    this.#client = client;
    client.on('error', (cause) => this.#lose(client, cause));
    client.on('end', () => this.#lose(client, null));
    client.on('notification', ({ payload }) => {
      this.#isHeard = true;
      if (payload !== this.#options.writer) this.#options.tell();
    });
    try {
      await client.connect();
      (client as Client & { unref(): void }).unref();
      await client.query(`LISTEN ${this.#channel}`);
      this.#failures = 0;
      // Our own notice shows that they arrive.
      await this.#notify();
    } catch (cause) {
      this.#lose(client, cause);
    }
  }

  #lose(client: Client, cause: unknown): void {
    if (this.#client !== client) return;
    this.#client = null;
    this.#isHeard = false;
    void client.end().catch((fault: unknown) => storeFault(fault));
    if (!this.#watched) return;
    this.#failures += 1;
    const { timers, random } = this.#options.world;
    const delayMs = backoffMs(storeFault(cause ?? 'Connection terminated'), this.#failures, random);
    const again = (): void => {
      if (this.#watched && this.#client === null) void this.#listen();
    };
    timers.after(delayMs, again, { unref: true });
  }

  #lookLater(): void {
    const { timers, random } = this.#options.world;
    const everyMs = this.#isHeard ? LOOK_LISTENING_MS : LOOK_ALONE_MS;
    const look = (): void => void this.#look();
    this.#looking = timers.after(everyMs * (0.75 + random.next() / 2), look, { unref: true });
  }

  async #look(): Promise<void> {
    if (!this.#watched) return;
    try {
      const found = await this.#options.pool.lend((connection) => connection.all(COMMITS));
      const now = JSON.stringify(found);
      const isNews = this.#seen !== null && this.#seen !== now;
      this.#seen = now;
      this.#quietLooks = isNews ? 0 : this.#quietLooks + 1;
      if (isNews || this.#quietLooks % LOOKS_WITHOUT_NEWS === 0) this.#options.tell();
    } catch {
      this.#seen = ''; // The server is away: what is seen when it is back counts as news.
    }
    if (this.#watched) this.#lookLater();
  }
}
