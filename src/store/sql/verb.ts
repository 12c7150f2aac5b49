import { PawlError } from '../../domain/errors.ts';
import { keptText } from '../../domain/kept-text.ts';

/** A value bound to a statement. Booleans and dates are the caller's to translate. */
export type SqlValue = string | number | null;

/** One statement a verb asks its driver to run. */
export interface Statement {
  readonly sql: string;
  readonly params: readonly SqlValue[];
  readonly want: 'rows' | 'change';
  /**
   * With other values it concerns other rows, so that many of it may be done at once, as one
   * statement over a set, by a driver whose database is far away. Absent: one by one.
   */
  readonly inSets?: true;
  /** It changes a row, or nothing of the verb is kept: `store_busy`, for a driver to repeat it. */
  readonly must?: true;
}

/** The last that a verb asks: once its statements went well the verb returns, whatever they say. */
export interface LastStatements {
  readonly last: readonly Statement[];
}

/**
 * A store verb: a generator that yields statements and is given their results; what it yields
 * together need not wait for each other's results. A synchronous driver runs it without a gap in
 * which another operation could interleave; an asynchronous driver awaits what is yielded. Throwing
 * ends it, and everything it wrote is undone.
 */
export type Verb<T> = Generator<Asked, T, unknown>;

export type Asked = Statement | readonly Statement[] | LastStatements;

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

/** Whatever text a verb is given, an agent's say, is kept as both databases can. */
function asked(want: Statement['want'], sql: string, params: readonly SqlValue[]): Statement {
  const kept = params.map((value) => (typeof value === 'string' ? keptText(value) : value));
  return { sql, params: kept, want };
}

export function* rows<R>(sql: string, ...params: SqlValue[]): Verb<readonly R[]> {
  return (yield asked('rows', sql, params)) as readonly R[];
}

export function* row<R>(sql: string, ...params: SqlValue[]): Verb<R | undefined> {
  return ((yield asked('rows', sql, params)) as readonly R[])[0];
}

/** Run a write; gives the number of rows it changed. */
export function* change(sql: string, ...params: SqlValue[]): Verb<number> {
  return (yield asked('change', sql, params)) as number;
}

/** A write that may be one of a set. */
export function write(sql: string, ...params: SqlValue[]): Statement {
  return { ...asked('change', sql, params), inSets: true };
}

/** A write that may be one of a set, and must change its row. */
export function mustWrite(sql: string, ...params: SqlValue[]): Statement {
  return { ...asked('change', sql, params), inSets: true, must: true };
}

/** A question that may be one of a set. */
export function question(sql: string, ...params: SqlValue[]): Statement {
  return { ...asked('rows', sql, params), inSets: true };
}

/** Run statements in their order, none of which needs the result of another. */
export function* together(statements: readonly Statement[]): Verb<readonly unknown[]> {
  return (yield statements) as readonly unknown[];
}

/** The same for a verb that then returns: its driver may commit them in the same message. */
export function* last(statements: readonly Statement[]): Verb<void> {
  yield { last: statements };
}

/** What was asked, as a list. */
export function statementsOf(asked: Asked): readonly Statement[] {
  if ('last' in asked) return asked.last;
  return 'sql' in asked ? [asked] : asked;
}

/** The answers to a list of statements in the form in which `asked` wants them. */
export function answerTo(asked: Asked, answers: readonly unknown[]): unknown {
  return 'sql' in asked ? answers[0] : answers;
}

/** @throws PawlError `store_busy` when a statement that must change a row changed none. */
export function requireChanges(
  statements: readonly Statement[],
  answers: readonly unknown[],
): void {
  const unmet = statements.some(({ must }, at) => must === true && answers[at] === 0);
  if (unmet) throw new PawlError('store_busy', CHANGED_MEANWHILE);
}

export const CHANGED_MEANWHILE = 'what was read was changed by somebody else meanwhile';
