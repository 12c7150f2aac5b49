import type { Pool, PoolClient } from 'pg';
import { PawlError } from '../../domain/errors.ts';
import { Connection, type Intercept, Statements } from './connection.ts';
import { storeFault } from './faults.ts';

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
}

/** How the values of each type come back: whole numbers as numbers, a condition as 1 or 0. */
const PARSERS: Readonly<Record<number, (text: string) => string | number>> = {
  16: (text) => (text === 't' ? 1 : 0),
  20: Number,
  21: Number,
  23: Number,
  700: Number,
  701: Number,
  1700: Number,
};
const asText = (text: string): string => text;
export const TYPE_PARSERS = { getTypeParser: (oid: number) => PARSERS[oid] ?? asText };

/** Idle connections are closed after this long. */
const IDLE_MS = 60_000;
const KEEP_ALIVE_AFTER_MS = 10_000;

/** What every connection to the server is made with. The library is loaded when one is wanted. */
export function connectionSettings({ url, applicationName, connectMs, answerMs }: PoolOptions) {
  return {
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: connectMs,
    query_timeout: answerMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    types: TYPE_PARSERS,
  };
}

/** A few connections, each lent for one transaction, and given up when anything went wrong. */
export class ConnectionPool {
  readonly #pool: Pool;
  readonly #statements: Statements | null;
  readonly #intercept: Intercept | undefined;
  #ended: Promise<void> | null = null;

  private constructor(pool: Pool, { prepares, intercept }: PoolOptions) {
    this.#pool = pool;
    this.#statements = prepares ? new Statements() : null;
    this.#intercept = intercept;
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
      return await use(new Connection(client, this.#statements, this.#intercept));
    } catch (cause) {
      const fault = storeFault(cause);
      isBroken ||= fault.code === 'store_unreachable' || !(await isUndone(client));
      throw fault;
    } finally {
      client.removeListener('error', broken);
      client.release(isBroken);
    }
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
