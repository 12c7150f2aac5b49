import type { ClientBase, QueryResult } from 'pg';
import { invariant } from '../../domain/errors.ts';
import type { SqlValue, Statement, Verb } from '../sql/verb.ts';
import { arrayText } from './array-text.ts';
import { storeFault } from './faults.ts';
import { Flight, type Sent, type Session, type Told } from './flight.ts';
import { portable } from './portable.ts';
import { orFail, setForm } from './set-form.ts';
import { VerbRun } from './verb-run.ts';

/**
 * Sees every statement before it is sent; may throw, or give another one in its place.
 * For fault tests.
 */
export type Intercept = (sql: string, params: readonly SqlValue[]) => string | undefined;

/** Sees what is sent together, as the server gets it. For benchmarks. */
export type Trace = (sent: readonly Sent[]) => void;

/** What ends the transaction, once the value of its verb is known; undefined: nothing yet. */
export type Ending<T> = (value: T) => readonly Sent[] | undefined;

/** How the statements of the verbs are worded for the server: worked out once a process. */
export class Wording {
  readonly intercept: Intercept | undefined;
  readonly trace: Trace | undefined;
  readonly #texts = new Map<string, string>();
  readonly #sets = new Map<string, string | null>();
  readonly #failing = new Map<string, string>();
  /** The other way round. */
  readonly #plain = new Map<string, string>();

  constructor(intercept: Intercept | undefined, trace: Trace | undefined) {
    this.intercept = intercept;
    this.trace = trace;
  }

  textOf(sql: string): string {
    const known = this.#texts.get(sql);
    if (known !== undefined) return known;
    const text = portable(sql);
    this.#texts.set(sql, text);
    return text;
  }

  learn(text: string, types: readonly number[]): void {
    const plain = this.#plain.get(text);
    if (plain !== undefined) this.learn(plain, types.slice(0, -1));
    else if (!this.#sets.has(text)) this.#sets.set(text, setForm(text, types));
  }

  /** See `orFail`. */
  failingOf(text: string, values: number): string {
    const known = this.#failing.get(text);
    if (known !== undefined) return known;
    const failing = orFail(text, values);
    this.#failing.set(text, failing);
    this.#plain.set(failing, text);
    return failing;
  }

  /** Null where there is none, or none yet: the types of its values are not known. */
  setOf(text: string): string | null {
    return this.#sets.get(text) ?? null;
  }
}

/** Statements of a verb that are one to the server. */
interface Group {
  readonly text: string;
  readonly members: { readonly statement: Statement; readonly place: number }[];
}

/**
 * A connection while somebody has it. It leaves no settings in the session; what it prepares there
 * it keeps to the `Session`, which not every pooler lets it.
 */
export class Connection {
  readonly #client: ClientBase;
  readonly #session: Session;
  readonly #wording: Wording;
  #ahead: string[] = [];
  #hasWritten = false;

  constructor(client: ClientBase, session: Session, wording: Wording) {
    this.#client = client;
    this.#session = session;
    this.#wording = wording;
  }

  /** Whether a verb asked for more than to be told something. */
  get hasWritten(): boolean {
    return this.#hasWritten;
  }

  /** Statements without values, in one message. Gives the rows of the last one that has any. */
  async run<R>(sql: string): Promise<readonly R[]> {
    const sent = this.#wording.intercept?.(sql, []) ?? sql;
    const answer = (await this.#client.query(sent)) as unknown as QueryResult | QueryResult[];
    const results = Array.isArray(answer) ? answer : [answer];
    return (results.findLast(({ rows }) => rows.length > 0)?.rows ?? []) as R[];
  }

  /** One statement in words of this database: values are `$1`, `$2` ... */
  async all<R>(sql: string, params: readonly SqlValue[] = []): Promise<readonly R[]> {
    const sent = this.#wording.intercept?.(sql, params) ?? sql;
    return (await this.#client.query(sent, [...params])).rows as R[];
  }

  /** A statement without values that is sent together with what is asked next, before it. */
  ahead(text: string): void {
    this.#ahead.push(this.#seen({ text, values: [] }).text);
  }

  /** Forget what was to be sent ahead and was not yet. False when everything was sent. */
  recall(): boolean {
    return this.#ahead.splice(0).length > 0;
  }

  /** Run a verb to its end, a message for all that it asks together. */
  async drive<T>(verb: Verb<T>): Promise<T> {
    return await this.finish(new VerbRun(verb));
  }

  /**
   * The same for one that has begun. What `ending` gives for its value is sent together with its
   * last statements, and not done when one of them fails, or does not change what it must.
   */
  async finish<T>(run: VerbRun<T>, ending?: Ending<T>): Promise<T> {
    while (run.asked !== null) {
      const { statements, isLast } = run.asked;
      if (isLast && statements.length > 0 && ending !== undefined) {
        run.tell(statements.map(() => null));
        invariant(run.asked === null, 'nothing is asked after the last');
        await this.ask(statements, { after: ending(run.value) });
      } else {
        run.tell((await this.ask(statements)).answers);
      }
    }
    return run.value;
  }

  /** The statements of a verb in one message, with others before and after them. */
  async ask(
    statements: readonly Statement[],
    around: {
      readonly before?: readonly Sent[] | undefined;
      readonly after?: readonly Sent[] | undefined;
    } = {},
  ): Promise<{ readonly before: readonly Told[]; readonly answers: readonly unknown[] }> {
    const { before = [], after = [] } = around;
    if (statements.length + before.length === 0) return { before: [], answers: [] };
    const groups = this.#grouped(statements);
    const sent = groups.map((group) => sentOf(group, this.#wording));
    const seen = (one: Sent): Sent => this.#seen(one);
    const told = await this.#fly([...before.map(seen), ...sent, ...after.map(seen)]);
    const answers: unknown[] = [];
    for (const [at, group] of groups.entries()) {
      const answer = told[before.length + at];
      invariant(answer !== undefined, 'each statement is answered');
      spread(group, answer, answers);
    }
    return { before: told.slice(0, before.length), answers };
  }

  /** Statements as the server takes them, in one message. */
  async send(sent: readonly Sent[]): Promise<readonly Told[]> {
    return await this.#fly(sent.map((one) => this.#seen(one)));
  }

  #seen({ text, values }: Sent): Sent {
    return { text: this.#wording.intercept?.(text, values) ?? text, values };
  }

  async #fly(sent: readonly Sent[]): Promise<readonly Told[]> {
    const all = [...this.#ahead.splice(0).map((text) => ({ text, values: [] })), ...sent];
    this.#wording.trace?.(all);
    const told = await new Promise<readonly Told[]>((resolve, reject) => {
      const flight = new Flight({
        session: this.#session,
        sent: all,
        learn: (text, types) => this.#wording.learn(text, types),
        callback: (fault, answers) => {
          if (answers === undefined) reject(storeFault(fault, flight.current));
          else resolve(answers);
        },
      });
      this.#client.query(flight);
    });
    return told.slice(all.length - sent.length);
  }

  /** Equal ones that may be one are one, at the place of the first of them. */
  #grouped(statements: readonly Statement[]): readonly Group[] {
    const groups: Group[] = [];
    const sets = new Map<string, Group>();
    for (const [place, statement] of statements.entries()) {
      const { sql, params, inSets } = statement;
      this.#hasWritten ||= !sql.startsWith('SELECT');
      const text = this.#wording.textOf(this.#wording.intercept?.(sql, params) ?? sql);
      const set = sets.get(text);
      if (set !== undefined) {
        set.members.push({ statement, place });
        continue;
      }
      const group = { text, members: [{ statement, place }] };
      groups.push(group);
      if (inSets === true && this.#wording.setOf(text) !== null) sets.set(text, group);
    }
    return groups;
  }
}

function sentOf({ text, members }: Group, wording: Wording): Sent {
  const [first] = members;
  invariant(first !== undefined, 'a group has members');
  const { params, must } = first.statement;
  if (members.length === 1) {
    return must === true
      ? { text: wording.failingOf(text, params.length), values: [...params, 1] }
      : { text, values: params };
  }
  const set = wording.setOf(text);
  invariant(set !== null, 'only statements with such a form are grouped');
  const values = params.map((_, column) =>
    arrayText(members.map(({ statement }) => statement.params[column] ?? null)),
  );
  return must === true
    ? { text: wording.failingOf(set, params.length), values: [...values, members.length] }
    : { text: set, values };
}

/** Give each statement of a group its part of the answer. */
function spread({ members }: Group, told: Told, answers: unknown[]): void {
  const [first] = members;
  if (members.length === 1 && first !== undefined) {
    // What must change its row and was to fail otherwise gives one row: one was changed.
    answers[first.place] = first.statement.want === 'rows' ? told.rows : told.changed;
    return;
  }
  if (told.rows.length === 1 && 'done' in (told.rows[0] ?? {})) {
    for (const { place } of members) answers[place] = 1;
    return;
  }
  const isInsert = told.places.length === 0 && told.changed === members.length;
  const shares = members.map((): Told['rows'][number][] => []);
  for (const [at, place] of told.places.entries()) shares[place - 1]?.push(told.rows[at] ?? {});
  for (const [at, { statement, place }] of members.entries()) {
    const share = shares[at] ?? [];
    answers[place] = statement.want === 'rows' ? share : isInsert ? 1 : share.length;
  }
}
