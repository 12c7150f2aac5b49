/** A value bound to a statement. Booleans and dates are the caller's to translate. */
export type SqlValue = string | number | null;

/** One statement a verb asks its driver to run. */
export interface Statement {
  readonly sql: string;
  readonly params: readonly SqlValue[];
  readonly want: 'rows' | 'change';
}

/**
 * A store verb: a generator that yields statements and is given their results. A synchronous
 * driver runs it without a gap in which another operation could interleave; an asynchronous driver
 * awaits each statement. Throwing ends it, and everything it wrote is undone.
 */
export type Verb<T> = Generator<Statement, T, unknown>;

/** What a verb that only reads may know besides its input. */
export interface ReadContext {
  /** Milliseconds UTC. On a shared database it is the database's clock. */
  readonly nowMs: number;
}

/** What a verb may know besides its input. */
export interface VerbContext extends ReadContext {
  /** `nowMs` in the form of the promised columns. */
  readonly nowText: string;
  uuid(): string;
  /** In [0, 1). */
  chance(): number;
}

export function* rows<R>(sql: string, ...params: SqlValue[]): Verb<readonly R[]> {
  return (yield { sql, params, want: 'rows' }) as readonly R[];
}

export function* row<R>(sql: string, ...params: SqlValue[]): Verb<R | undefined> {
  return ((yield { sql, params, want: 'rows' }) as readonly R[])[0];
}

/** Run a write; gives the number of rows it changed. */
export function* change(sql: string, ...params: SqlValue[]): Verb<number> {
  return (yield { sql, params, want: 'change' }) as number;
}
