import { isPawlError } from '../../domain/errors.ts';
import type { StoreSchema } from '../../schema/store-schema.ts';
import { pause } from '../../world/timers.ts';
import type { World } from '../../world/world.ts';
import type { CopiedRow, CopiedTable } from '../copy/copied-tables.ts';
import { areaTable } from '../copy/copy-area.ts';
import type { CopyTarget, Counter } from '../copy/copy-port.ts';
import { afterCopy, type SeparateStore } from '../sql/after-copy.ts';
import { contextOf } from '../sql/context-of.ts';
import { backoffMs } from './backoff.ts';
import type { Connection } from './connection.ts';
import { ServerArea, type ServerAreaParts } from './copy-area.ts';
import { copyPages } from './copy-pages.ts';
import { openCopyPool } from './copy-pool.ts';
import { ddl } from './ddl.ts';
import { isTransient, storeFault } from './faults.ts';
import { identifier } from './identifier.ts';
import { locationOf, requireAddress } from './location.ts';
import { requireServer } from './open.ts';
import type { ConnectionPool } from './pool.ts';
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

/** For word of a commit whose answer was lost. */
const WORD_MS = 120_000;

/**
 * Make a store in a database, of rows that were brought there before, in one transaction: half a
 * store is never there for anybody. It takes the turn of those who write, so that of several who
 * copy or begin a store there one does. The note that it leaves goes once `use` is done.
 *
 * @throws PawlError `copy_target_taken`, `store_busy`, `store_unreachable`, `store_refused`,
 *   `server_unsupported`, `store_readonly`, `store_full`, `constraint` for a text with U+0000.
 */
export async function withServerTarget<T>(
  database: DatabaseToMake,
  use: (target: CopyTarget) => Promise<T>,
): Promise<T> {
  const { world, url, schema } = database;
  requireAddress(url);
  const pool = await openCopyPool(url, { connectionsMax: 2 });
  try {
    const parts = { location: locationOf(url), schema, run: world.ids.uuid() };
    const made = await pool.lend(async (connection) => {
      await requireServer(connection);
      const area = new ServerArea({ connection, ...parts });
      return await use(new ServerTarget({ ...database, ...parts, pool }, connection, area));
    });
    await takeNoteAway(pool, parts);
    return made;
  } finally {
    await pool.close();
  }
}

/** The store is there, and a note that is left says so to whoever repeats the copy. */
async function takeNoteAway(
  pool: ConnectionPool,
  parts: Omit<ServerAreaParts, 'connection'>,
): Promise<void> {
  try {
    await pool.lend((connection) => new ServerArea({ connection, ...parts }).discard());
  } catch (cause) {
    const fault = storeFault(cause);
    if (!isTransient(fault)) throw fault;
  }
}

interface TargetParts extends DatabaseToMake {
  readonly location: string;
  readonly pool: ConnectionPool;
}

class ServerTarget implements CopyTarget {
  readonly location: string;
  readonly area: ServerArea;
  readonly #parts: TargetParts;
  readonly #connection: Connection;
  #storeId = '';

  constructor(parts: TargetParts, connection: Connection, area: ServerArea) {
    this.location = parts.location;
    this.area = area;
    this.#parts = parts;
    this.#connection = connection;
  }

  async make(tables: readonly CopiedTable[]): Promise<void> {
    await this.area.takeTurn();
    await this.area.requireFree();
    for (const table of tables) {
      await this.#connection.run(ddl(table.declared)[0] ?? '');
      await this.#connection.run(filling(table));
    }
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
    await this.area.leaveNote();
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

/** Of the rows that lie in the area: they do not travel a second time. */
function filling(table: CopiedTable): string {
  const { name, columns, key } = table;
  const names = columns.map((column) => identifier(column.name)).join(', ');
  return (
    `INSERT INTO ${identifier(name)} (${names}) SELECT ${names} ` +
    `FROM ${identifier(areaTable(table).name)} ORDER BY ${key.map(identifier).join(', ')}`
  );
}

function setCounter({ table: { name, identity }, value }: Counter): string {
  const sequence = `pg_get_serial_sequence('${identifier(name)}', '${identity}')`;
  const key = identifier(identity ?? '');
  const highest = `(SELECT coalesce(max(${key}), 0) FROM ${identifier(name)})`;
  const counter = `greatest(${value}, ${highest})`;
  return `SELECT setval(${sequence}, greatest(${counter}, 1), ${counter} > 0)`;
}
