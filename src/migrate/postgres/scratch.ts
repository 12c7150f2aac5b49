import { PawlError } from '../../domain/errors.ts';
import type { Connection } from '../../store/postgres/connection.ts';
import { storeFault } from '../../store/postgres/faults.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Rehearsal } from '../dialect.ts';
import { createTable, inspect } from './inspect.ts';

/**
 * The session's own temporary schema, within a savepoint: nobody sees it, nothing of it stays, and
 * a user who may make no schema may make it. The schema that is worked in is out of sight, so that
 * no statement can reach what is in it. The caller's transaction is open.
 */
async function inScratch<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.run('SAVEPOINT scratch; SET LOCAL search_path = pg_temp');
  try {
    return await work();
  } finally {
    await connection.run('ROLLBACK TO scratch; RELEASE scratch');
  }
}

/**
 * What a declaration makes of an empty database.
 *
 * @throws PawlError `schema_invalid` with the statement that the engine does not take.
 */
export async function pristine(
  connection: Connection,
  statements: readonly string[],
): Promise<Catalogue> {
  return await inScratch(connection, async () => {
    const fault = await runAll(connection, statements);
    if (fault === null) return await inspect(connection, 'scratch');
    const message = `the declared schema is not valid: ${fault.message}`;
    throw new PawlError('schema_invalid', message, { details: { statement: fault.statement } });
  });
}

/** Run statements on an empty copy of a schema. What cannot be copied is left out of the copy. */
export async function rehearse(
  connection: Connection,
  live: Catalogue,
  statements: readonly string[],
): Promise<Rehearsal> {
  return await inScratch(connection, async () => {
    const { tables, indexes, views, triggers } = live;
    const plain = tables.filter(({ kind }) => kind === 'table');
    await attemptEach(connection, [
      ...plain.map((table) => createTable(table, { keys: false })),
      ...plain.flatMap(({ name, foreignKeys }) =>
        foreignKeys.map(({ sql }) => `ALTER TABLE "${name.replaceAll('"', '""')}" ADD ${sql}`),
      ),
      ...[...indexes, ...views, ...triggers].map(({ sql }) => sql),
    ]);
    const fault = await runAll(connection, statements);
    // This engine lets nothing go that a view still reads.
    const broken: readonly string[] = [];
    const catalogue = fault === null ? await inspect(connection, 'scratch') : live;
    return { catalogue, fault, broken };
  });
}

/** All of them, or what stopped them. */
async function runAll(
  connection: Connection,
  statements: readonly string[],
): Promise<Rehearsal['fault']> {
  if ((await attempt(connection, statements.join(';\n'))) === null) return null;
  for (const statement of statements) {
    const message = await attempt(connection, statement);
    if (message !== null) return { statement, message };
  }
  return null;
}

/** Those that the engine takes: all in one message, else one by one. */
async function attemptEach(connection: Connection, statements: readonly string[]): Promise<void> {
  if ((await attempt(connection, statements.join(';\n'))) === null) return;
  for (const statement of statements) await attempt(connection, statement);
}

/**
 * The engine's words when it does not take a statement.
 *
 * @throws PawlError what the way to the server did.
 */
async function attempt(connection: Connection, statement: string): Promise<string | null> {
  if (statement === '') return null;
  try {
    await connection.run(`SAVEPOINT attempt;\n${inSight(statement)};\nRELEASE attempt`);
    return null;
  } catch (cause) {
    const fault = storeFault(cause);
    const state = fault.details['sqlState'];
    if (fault.code === 'store_unreachable' && !isTaken(state)) throw fault;
    await connection.run('ROLLBACK TO attempt; RELEASE attempt');
    return fault.message.replace('the database answered: ', '');
  }
}

/** What the server refuses and goes on after, though its code counts as one of connections. */
const isTaken = (state: unknown): boolean => state === '0A000';

/** A temporary function is found by its whole name alone. */
function inSight(statement: string): string {
  return statement.replace(
    /EXECUTE FUNCTION (?=(?:"(?:[^"]|"")*"|[\w$]+)\()/g,
    'EXECUTE FUNCTION pg_temp.',
  );
}
