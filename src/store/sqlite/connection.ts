import { DatabaseSync, type StatementSync } from 'node:sqlite';
import {
  answerTo,
  requireChanges,
  type SqlValue,
  type Statement,
  statementsOf,
  type Verb,
} from '../sql/verb.ts';
import { isBusy, storeFault } from './faults.ts';

/** Sees every statement before it runs; may throw in its place. For traces and fault tests. */
export type Intercept = (sql: string, params: readonly SqlValue[]) => void;

/**
 * One connection with its prepared statements. `busy_timeout` is zero: a blocked wait would stop
 * the event loop, heartbeats would be missed and living tasks rescued. Waiting is the caller's.
 */
export class Connection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();
  readonly #intercept: Intercept | undefined;

  constructor(
    path: string,
    options: { readonly readOnly: boolean; readonly intercept?: Intercept | undefined },
  ) {
    this.#intercept = options.intercept;
    this.#database = new DatabaseSync(path, {
      readOnly: options.readOnly,
      timeout: 0,
      enableForeignKeyConstraints: true,
    });
  }

  /** False after an error that made the database end the transaction by itself. */
  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** Where the file really lies; null in memory. */
  get file(): string | null {
    return this.#database.location();
  }

  get handle(): DatabaseSync {
    return this.#database;
  }

  run(sql: string, ...params: SqlValue[]): number {
    this.#intercept?.(sql, params);
    return Number(this.#prepare(sql).statement.run(...params).changes);
  }

  /** Begin to write; false while somebody else does. */
  begin(): boolean {
    const { stackTraceLimit } = Error;
    // Many try many times in vain, and nobody reads where each of them was.
    Error.stackTraceLimit = 0;
    try {
      this.run('BEGIN IMMEDIATE');
      return true;
    } catch (cause) {
      if (isBusy(cause)) return false;
      throw cause;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  all<R>(sql: string, ...params: SqlValue[]): readonly R[] {
    this.#intercept?.(sql, params);
    return rowsOf(this.#prepare(sql), params) as readonly R[];
  }

  /** Rows of anybody's: an integer that JavaScript has no number for is told by its digits. */
  shown<R>(sql: string): readonly R[] {
    this.#intercept?.(sql, []);
    const prepared = this.#prepare(sql);
    prepared.statement.setReadBigInts(true);
    try {
      const shown = rowsOf(prepared, []).map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, shownValue(value)])),
      );
      return shown as readonly unknown[] as readonly R[];
    } finally {
      prepared.statement.setReadBigInts(false);
    }
  }

  /** Run a verb to its end: every statement at once, so that nothing can come in between. */
  drive<T>(verb: Verb<T>): T {
    let step = verb.next();
    while (step.done !== true) {
      const statements = statementsOf(step.value);
      const answers = statements.map((one) => this.#told(one));
      requireChanges(statements, answers);
      step = verb.next(answerTo(step.value, answers));
    }
    return step.value;
  }

  /** Prepare every statement anew: the schema it was prepared for has changed. */
  forget(): void {
    this.#statements.clear();
  }

  close(): void {
    this.forget();
    if (this.#database.isOpen) this.#database.close();
  }

  #told(statement: Statement): unknown {
    try {
      return this.#answer(statement);
    } catch (cause) {
      throw storeFault(cause, statement.sql);
    }
  }

  #answer(statement: Statement): unknown {
    this.#intercept?.(statement.sql, statement.params);
    const prepared = this.#prepare(statement.sql);
    if (statement.want === 'rows') return rowsOf(prepared, statement.params);
    return Number(prepared.statement.run(...statement.params).changes);
  }

  #prepare(sql: string): Prepared {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    const prepared = { statement, columns: statement.columns().map(({ name }) => name) };
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

interface Prepared {
  readonly statement: StatementSync;
  readonly columns: readonly string[];
}

/**
 * Rows as plain objects, made here: those that `node:sqlite` makes are dictionaries without a
 * shape, and copying one with a change, as every transition does, takes as long as reading it.
 */
function rowsOf(
  { statement, columns }: Prepared,
  params: readonly SqlValue[],
): readonly Readonly<Record<string, SqlValue>>[] {
  const found = statement.all(...params) as readonly unknown[] as readonly (readonly SqlValue[])[];
  return found.map((values) => {
    const row: Record<string, SqlValue> = {};
    for (const [index, name] of columns.entries()) row[name] = values[index] ?? null;
    return row;
  });
}

function shownValue(value: SqlValue | bigint): SqlValue {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}
