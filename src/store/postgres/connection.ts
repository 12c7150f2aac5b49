import type { ClientBase, QueryResult } from 'pg';
import type { SqlValue, Statement, Verb } from '../sql/verb.ts';
import { storeFault } from './faults.ts';
import { portable } from './portable.ts';

/**
 * Sees every statement before it is sent; may throw, or give another one in its place. For traces
 * and fault tests.
 */
export type Intercept = (sql: string, params: readonly SqlValue[]) => string | undefined;

/** The statements of the verbs under the names by which each connection prepares them once. */
export class Statements {
  readonly #known = new Map<string, { readonly name: string; readonly text: string }>();

  of(sql: string): { readonly name: string; readonly text: string } {
    const known = this.#known.get(sql);
    if (known !== undefined) return known;
    const statement = { name: `pawl_${this.#known.size + 1}`, text: portable(sql) };
    this.#known.set(sql, statement);
    return statement;
  }
}

/**
 * A connection while somebody has it. It leaves no settings in the session; with `statements` it
 * prepares statements there, which not every pooler lets it.
 */
export class Connection {
  readonly #client: ClientBase;
  readonly #statements: Statements | null;
  readonly #intercept: Intercept | undefined;

  constructor(client: ClientBase, statements: Statements | null, intercept: Intercept | undefined) {
    this.#client = client;
    this.#statements = statements;
    this.#intercept = intercept;
  }

  /** Statements without values, in one message. Gives the rows of the last one that has any. */
  async run<R>(sql: string): Promise<readonly R[]> {
    const sent = this.#intercept?.(sql, []) ?? sql;
    const answer = (await this.#client.query(sent)) as unknown as QueryResult | QueryResult[];
    const results = Array.isArray(answer) ? answer : [answer];
    return (results.findLast(({ rows }) => rows.length > 0)?.rows ?? []) as R[];
  }

  /** One statement in words of this database: values are `$1`, `$2` ... */
  async all<R>(sql: string, params: readonly SqlValue[] = []): Promise<readonly R[]> {
    const sent = this.#intercept?.(sql, params) ?? sql;
    return (await this.#client.query(sent, [...params])).rows as R[];
  }

  /** Run a verb to its end, statement by statement. */
  async drive<T>(verb: Verb<T>): Promise<T> {
    let step = verb.next();
    while (step.done !== true) {
      const statement = step.value;
      let answer: unknown;
      try {
        answer = await this.#answer(statement);
      } catch (cause) {
        throw storeFault(cause, statement.sql);
      }
      step = verb.next(answer);
    }
    return step.value;
  }

  async #answer({ sql, params, want }: Statement): Promise<unknown> {
    const sent = this.#intercept?.(sql, params) ?? sql;
    const prepared = this.#statements?.of(sent) ?? { text: portable(sent) };
    const { rows, rowCount } = await this.#client.query({ ...prepared, values: [...params] });
    return want === 'rows' ? rows : (rowCount ?? 0);
  }
}
