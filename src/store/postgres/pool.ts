import type { Pool, PoolClient } from 'pg';
import { PawlError } from '../../domain/errors.ts';
import { Connection, type Intercept, type Trace, Wording } from './connection.ts';
import { storeFault } from './faults.ts';
import { Session } from './flight.ts';
import { TYPE_PARSERS } from './type-parsers.ts';

export interface PoolOptions {
  /** With its secrets. */
  readonly url: string;
  readonly applicationName: string;
  readonly connectionsMax: number;
  /** To get one: to wait for a free one, or to make one. */
  readonly connectMs: number;
  /** To wait for one answer; the server ends the statement before. */
  readonly answerMs: number;
  /** Prepare statements in the sessions: only where no pooler hands these from one to another. */
  readonly prepares: boolean;
  readonly intercept?: Intercept | undefined;
  readonly trace?: Trace | undefined;
}

/** Idle connections are closed after this long. */
const IDLE_MS = 60_000;
const KEEP_ALIVE_AFTER_MS = 10_000;

/** What every connection to the server is made with. The library is loaded when one is wanted. */
export function connectionSettings({ url, applicationName, connectMs, answerMs }: PoolOptions) {
  return {
    connectionString: withPlainTls(url),
    application_name: applicationName,
    connectionTimeoutMillis: connectMs,
    query_timeout: answerMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    types: TYPE_PARSERS,
  };
}

/**
 * All three verify everything, in this library as in ours; it would print a warning of many lines
 * for each but the last, which says the same.
 */
export function withPlainTls(url: string): string {
  if (/[?&]uselibpqcompat=true(?=&|$)/.test(url)) return url;
  return url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/g, '$1verify-full');
}

/** A few connections, each lent for one transaction, and given up when anything went wrong. */
export class ConnectionPool {
  readonly #pool: Pool;
  readonly #wording: Wording;
  readonly #sessions = new WeakMap<PoolClient, Session>();
  readonly #prepares: boolean;
  #ended: Promise<void> | null = null;

  private constructor(pool: Pool, { prepares, intercept, trace }: PoolOptions) {
    this.#pool = pool;
    this.#wording = new Wording(intercept, trace);
    this.#prepares = prepares;
    // A connection that breaks while it is idle has left the pool by then; the next is a new one.
    pool.on('error', () => this.#pool.idleCount);
  }

  static async open(options: PoolOptions): Promise<ConnectionPool> {
    const { Pool: PgPool } = await import('pg');
    const pool = new PgPool({
      ...connectionSettings(options),
      max: options.connectionsMax,
      idleTimeoutMillis: IDLE_MS,
      allowExitOnIdle: true,
    });
    return new ConnectionPool(pool, options);
  }

  /**
   * Lend a connection to `use`. What was begun on it is undone when its use fails; where that
   * cannot be done the connection is closed, which ends it, too.
   *
   * @throws PawlError whatever `use` throws, as a fault of a store.
   */
  async lend<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.#ended !== null) throw new PawlError('aborted', 'the store is closed');
    const client = await this.#connect();
    let isBroken = false;
    const broken = (): void => {
      isBroken = true;
    };
    client.on('error', broken);
    try {
      return await use(new Connection(client, this.#sessionOf(client), this.#wording));
    } catch (cause) {
      const fault = storeFault(cause);
      isBroken ||= fault.code === 'store_unreachable' || !(await isUndone(client));
      throw fault;
    } finally {
      client.removeListener('error', broken);
      client.release(isBroken);
    }
  }

  #sessionOf(client: PoolClient): Session {
    const known = this.#sessions.get(client);
    if (known !== undefined) return known;
    const session = new Session({ named: this.#prepares });
    this.#sessions.set(client, session);
    return session;
  }

  async close(): Promise<void> {
    this.#ended ??= this.#pool.end();
    await this.#ended;
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (cause) {
      throw storeFault(cause);
    }
  }
}

async function isUndone(client: PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}
