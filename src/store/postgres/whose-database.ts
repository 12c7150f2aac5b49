import { PawlError } from '../../domain/errors.ts';
import type { SchemaObject } from '../../schema/vocabulary.ts';
import { isOfArea } from '../copy/copy-area.ts';
import type { Connection } from './connection.ts';

/**
 * `copying`: an unfinished copy of a store lies there, and no store. `maimed`: ours, without the
 * table that says so. `taken`: another program has names of ours.
 */
export type Whose = 'nobody' | 'copying' | 'pawl' | 'maimed' | 'taken';

/** Tables, views and the like in the schema that is worked in; partitions of others included. */
const RELATIONS =
  'SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = ' +
  "to_regnamespace(quote_ident(current_schema())) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";

export async function whoseDatabase(
  connection: Connection,
  declared: readonly SchemaObject[],
): Promise<Whose> {
  const found = await relations(connection);
  if (found.has('store_meta')) return 'pawl';
  const relationsOfOurs = declared.filter(({ kind }) => kind !== 'trigger');
  const ours = relationsOfOurs.filter(({ name }) => found.has(name));
  if (ours.length === 0) return [...found].some(isOfArea) ? 'copying' : 'nobody';
  return ours.length > relationsOfOurs.length / 2 ? 'maimed' : 'taken';
}

/**
 * What is brought by a copy is no store yet, and a new one beside it would be in the way of it.
 *
 * @throws PawlError `copy_unfinished`, `store_corrupt`, `store_version`.
 */
export function requireNobodyElses(whose: Whose): void {
  if (whose === 'copying') {
    throw new PawlError('copy_unfinished', 'a copy of a store to this database is not finished');
  }
  if (whose === 'maimed') {
    throw new PawlError('store_corrupt', 'the database has lost store_meta');
  }
  if (whose === 'taken') {
    const message = 'another program has tables in this database whose names Pawl needs';
    throw new PawlError('store_version', message);
  }
}

/** @throws PawlError `store_corrupt`, with the names of what is not there. */
export async function requireObjects(
  connection: Connection,
  declared: readonly SchemaObject[],
): Promise<void> {
  const found = await relations(connection);
  const lost = declared
    .filter(({ kind, name }) => kind !== 'trigger' && !found.has(name))
    .map(({ name }) => name);
  if (lost.length === 0) return;
  throw new PawlError('store_corrupt', `the database has lost ${lost.join(', ')}`);
}

async function relations(connection: Connection): Promise<ReadonlySet<string>> {
  return new Set((await connection.all<{ name: string }>(RELATIONS)).map(({ name }) => name));
}
