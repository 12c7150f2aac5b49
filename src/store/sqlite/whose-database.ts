import { pathToFileURL } from 'node:url';
import { PawlError } from '../../domain/errors.ts';
import type { SchemaObject } from '../../schema/vocabulary.ts';
import { Connection } from './connection.ts';

/**
 * Whose a database is. `queue`: it has the two promised tables, and none of ours, so another
 * program made them. `maimed`: ours, without the table that says so. `older`: of the older task
 * orchestrator, in any of its releases.
 */
export type Whose = 'nobody' | 'pawl' | 'maimed' | 'queue' | 'older' | 'other';

export function whoseDatabase(connection: Connection, declared: readonly SchemaObject[]): Whose {
  const found = connection.all<{ name: string; type: string }>(
    "SELECT name, type FROM sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'",
  );
  const has = (...tables: readonly string[]): boolean =>
    tables.every((name) => found.some((one) => one.type === 'table' && one.name === name));
  if (found.length === 0) return 'nobody';
  if (has('store_meta')) return 'pawl';
  const ours = declared.filter(({ name }) => found.some((one) => one.name === name));
  if (ours.length > declared.length / 2) return 'maimed';
  if (OLDER.some((tables) => has(...tables))) return 'older';
  const isQueue = Object.entries(QUEUE).every(
    ([table, columns]) => has(table) && hasColumns(connection, table, columns),
  );
  return isQueue ? 'queue' : 'other';
}

/** What its releases made, from the first to the last. */
const OLDER = [
  ['task_breakdowns', 'subtasks'],
  ['tasks', 'task_artifacts', 'task_dependencies'],
  ['generic_tasks'],
] as const;

/** The promised columns. */
const QUEUE: Readonly<Record<string, string>> = {
  task_queue:
    'id task_list_path task_id priority section description dependencies status assigned_agent ' +
    'position attempts last_error queued_at started_at completed_at created_at updated_at',
  executor_state:
    'id task_list_path status config_json total_tasks completed_tasks failed_tasks ' +
    'skipped_tasks current_task_id started_at paused_at stopped_at created_at updated_at',
};

function hasColumns(connection: Connection, table: string, columns: string): boolean {
  const found = connection.all<{ name: string }>(`PRAGMA table_info(${table})`);
  return columns.split(' ').every((column) => found.some(({ name }) => name === column));
}

/** @throws PawlError `store_corrupt`, `store_older`, `store_version`. */
export function requireNobodyElses(whose: Whose): void {
  if (whose === 'maimed') {
    throw new PawlError('store_corrupt', 'the database has lost store_meta');
  }
  if (whose === 'older') {
    throw new PawlError('store_older', 'the file is a database of an older task orchestrator');
  }
  if (whose === 'other') {
    throw new PawlError('store_version', 'the file is a database of another program');
  }
}

/** @throws PawlError `store_corrupt`, with the names of what is not there. */
export function requireObjects(connection: Connection, names: readonly string[]): void {
  const found = new Set(
    connection.all<{ name: string }>('SELECT name FROM sqlite_schema').map(({ name }) => name),
  );
  const lost = names.filter((name) => !found.has(name));
  if (lost.length === 0) return;
  throw new PawlError('store_corrupt', `the database has lost ${lost.join(', ')}`);
}

/**
 * Refuse somebody else's file without a trace: no lock, no log beside it, no byte of it. What is
 * not checkpointed yet is not seen, nor is what changes just now: everything but a refusal is left
 * to whoever opens the file.
 *
 * @throws PawlError `store_older`, `store_version`.
 */
export function refuseWithoutTrace(path: string, declared: readonly SchemaObject[]): void {
  const whose = lookWithoutTrace(path, declared);
  if (whose === 'older' || whose === 'other') requireNobodyElses(whose);
}

function lookWithoutTrace(path: string, declared: readonly SchemaObject[]): Whose | null {
  let connection: Connection | null = null;
  try {
    connection = new Connection(`${pathToFileURL(path).href}?immutable=1`, { readOnly: true });
    return whoseDatabase(connection, declared);
  } catch {
    return null; // no file, no database, or one that changes: opening it says more
  } finally {
    connection?.close();
  }
}
