import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Intercept } from '../../src/store/sqlite/connection.ts';

interface Traced {
  readonly sql: string;
  readonly params: readonly (string | number | null)[];
}

/**
 * Every statement that the product sends to its database, with its values and in its order:
 * transactions and savepoints, guards and reads included.
 */
export class StatementTrace {
  readonly statements: Traced[] = [];
  #recording = false;

  readonly intercept: Intercept = (sql, params) => {
    if (this.#recording) this.statements.push({ sql, params: [...params] });
  };

  async record(work: () => Promise<void>): Promise<void> {
    this.#recording = true;
    await work();
    this.#recording = false;
  }
}

const SETTINGS = [
  'journal_mode = WAL',
  'synchronous = FULL',
  'foreign_keys = ON',
  'temp_store = MEMORY',
] as const;

/**
 * The floor: the same statements on bare `node:sqlite`, prepared once, on a copy of the database
 * they were recorded on, with the same settings, and rows in their cheapest form. Nothing but the
 * database itself is left.
 *
 * @returns milliseconds.
 */
export function replay(trace: StatementTrace, path: string): number {
  const database = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: true });
  for (const setting of SETTINGS) database.exec(`PRAGMA ${setting}`);
  const prepared = new Map<string, StatementSync>();
  const steps = trace.statements.map(({ sql, params }) => {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    statement.setReturnArrays(true);
    prepared.set(sql, statement);
    return { statement, params, reads: /^(SELECT|PRAGMA)/.test(sql) };
  });
  const startedAt = performance.now();
  for (const { statement, params, reads } of steps) {
    if (reads) statement.all(...params);
    else statement.run(...params);
  }
  const took = performance.now() - startedAt;
  database.close();
  return took;
}
