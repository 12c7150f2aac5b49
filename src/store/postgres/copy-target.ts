import { isPawlError, PawlError } from '../../domain/errors.ts';
import type { StoreSchema } from '../../schema/store-schema.ts';
import { pause } from '../../world/timers.ts';
import type { World } from '../../world/world.ts';
import type { CopiedColumn, CopiedRow, CopiedTable } from '../copy/copied-tables.ts';
import type { CopyTarget, Counter } from '../copy/copy-port.ts';
import { afterCopy, type SeparateStore } from '../sql/after-copy.ts';
import { contextOf } from '../sql/context-of.ts';
import { arrayText } from './array-text.ts';
import { backoffMs } from './backoff.ts';
import type { Connection } from './connection.ts';
import { COPY_STANDSTILL_MS, COPY_STATEMENT_MS, copyPages } from './copy-pages.ts';
import { ddl } from './ddl.ts';
import { isTransient, storeFault } from './faults.ts';
import { identifier } from './identifier.ts';
import { locationOf, requireAddress } from './location.ts';
import { requireServer } from './open.ts';
import { ConnectionPool } from './pool.ts';
import { poolOptions } from './postgres-driver.ts';
import { settleMeta } from './store-meta.ts';
import { beginTurn } from './turn.ts';
import { whoseDatabase } from './whose-database.ts';

export interface DatabaseToMake {
  readonly world: World;
  /** With its secrets. */
  readonly url: string;
  readonly schema: StoreSchema;
  /** The declared schema, as the next migration wants to find it; null: the source has it so. */
  readonly record: ((connection: Connection) => Promise<string>) | null;
}

const LIMITS =
  `SET LOCAL statement_timeout = ${COPY_STATEMENT_MS}; ` +
  `SET LOCAL idle_in_transaction_session_timeout = ${COPY_STANDSTILL_MS}; SELECT 1`;
/** For word of a commit whose answer was lost. */
const WORD_MS = 30_000;

const TYPES: Readonly<Record<CopiedColumn['type'], string>> = {
  text: 'text',
  integer: 'bigint',
  real: 'double precision',
};

/**
 * Make a store in a database, in one transaction: half a copy is never there for anybody. It takes
 * the turn of those who write, so that of several who copy or begin a store there one does.
 *
 * @throws PawlError `copy_target_taken`, `store_busy`, `store_unreachable`, `store_refused`,
 *   `server_unsupported`, `store_readonly`, `store_full`, `constraint` for a text with U+0000.
 */
export async function withServerTarget<T>(
  database: DatabaseToMake,
  use: (target: CopyTarget) => Promise<T>,
): Promise<T> {
  const { url, schema } = database;
  requireAddress(url);
  const options = poolOptions({ url, connectionsMax: 2 });
  const pool = await ConnectionPool.open({ ...options, answerMs: COPY_STATEMENT_MS });
  try {
    return await pool.lend(async (connection) => {
      await requireServer(connection);
      await beginTurn(connection, LIMITS);
      const location = locationOf(url);
      if ((await whoseDatabase(connection, schema.objects)) !== 'nobody') {
        const message = `${location} has tables of a store already`;
        throw new PawlError('copy_target_taken', message);
      }
      return await use(new ServerTarget({ ...database, location, pool }, connection));
    });
  } finally {
    await pool.close();
  }
}

interface TargetParts extends DatabaseToMake {
  readonly location: string;
  readonly pool: ConnectionPool;
}

class ServerTarget implements CopyTarget {
  readonly location: string;
  readonly #parts: TargetParts;
  readonly #connection: Connection;
  #storeId = '';

  constructor(parts: TargetParts, connection: Connection) {
    this.location = parts.location;
    this.#parts = parts;
    this.#connection = connection;
  }

  async makeTables(tables: readonly CopiedTable[]): Promise<void> {
    for (const { declared } of tables) await this.#connection.run(ddl(declared)[0] ?? '');
  }

  /** One array a column: a statement of one form for any number of rows. */
  async insert({ name, columns }: CopiedTable, rows: readonly CopiedRow[]): Promise<void> {
    const names = columns.map((column) => identifier(column.name)).join(', ');
    const arrays = columns.map(({ type }, at) => `$${at + 1}::${TYPES[type]}[]`).join(', ');
    const sql = `INSERT INTO ${identifier(name)} (${names}) SELECT * FROM unnest(${arrays})`;
    const values = columns.map((column, at) => {
      const text = arrayText(rows.map((row) => row[at] ?? null));
      if (!text.includes('\0')) return text;
      const message = `a text in ${name}.${column.name} holds U+0000, which no text here may`;
      throw new PawlError('constraint', message, { details: { table: name, column: column.name } });
    });
    await this.#connection.all(sql, values);
  }

  pages(table: CopiedTable): AsyncIterable<readonly CopiedRow[]> {
    return copyPages(this.#connection, table);
  }

  async complete(
    counters: readonly Counter[],
    { epochFloor }: { readonly epochFloor: number },
  ): Promise<SeparateStore> {
    const connection = this.#connection;
    const { world, schema, record } = this.#parts;
    for (const object of schema.objects) {
      const made = object.kind === 'table' ? 1 : 0;
      for (const statement of ddl(object).slice(made)) await connection.run(statement);
    }
    // Before the first row after them gets its number.
    for (const counter of counters) await connection.run(setCounter(counter));
    const separate = await connection.drive(
      afterCopy(contextOf(world), {
        epochFloor,
        record: record === null ? null : await record(connection),
      }),
    );
    await settleMeta(connection, schema);
    // A planner that knows nothing of so many rows would take the wrong way until the next vacuum.
    for (const { name } of schema.objects.filter(({ kind }) => kind === 'table')) {
      await connection.run(`ANALYZE ${identifier(name)}`);
    }
    this.#storeId = separate.storeId;
    return separate;
  }

  async publish(): Promise<void> {
    try {
      await this.#connection.run('COMMIT');
    } catch (cause) {
      const fault = storeFault(cause);
      if (!isTransient(fault) || !(await this.#isThere())) throw fault;
    }
  }

  /** The answer to the commit was lost: the store is there under its name, or it is not. */
  async #isThere(): Promise<boolean> {
    const { world, pool, schema } = this.#parts;
    const giveUpAt = world.clock.monotonic() + WORD_MS;
    for (let failures = 0; ; failures += 1) {
      try {
        return await pool.lend(async (connection) => {
          // Whoever has the turn knows that the transaction before is over.
          await beginTurn(connection, 'SELECT 1');
          if ((await whoseDatabase(connection, schema.objects)) !== 'pawl') return false;
          const rows = await connection.all('SELECT 1 FROM store_meta WHERE store_id = $1', [
            this.#storeId,
          ]);
          await connection.run('ROLLBACK');
          return rows.length > 0;
        });
      } catch (cause) {
        if (!isPawlError(cause) || !isTransient(cause) || world.clock.monotonic() > giveUpAt) {
          throw cause;
        }
        await pause(world.timers, backoffMs(cause, failures, world.random));
      }
    }
  }
}

function setCounter({ table: { name, identity }, value }: Counter): string {
  const sequence = `pg_get_serial_sequence('${identifier(name)}', '${identity}')`;
  const key = identifier(identity ?? '');
  const highest = `(SELECT coalesce(max(${key}), 0) FROM ${identifier(name)})`;
  const counter = `greatest(${value}, ${highest})`;
  return `SELECT setval(${sequence}, greatest(${counter}, 1), ${counter} > 0)`;
}
