import type { Connection as PgConnection, Submittable } from 'pg';
import type { SqlValue } from '../sql/verb.ts';
import { PLACE } from './set-form.ts';
import { TYPE_PARSERS } from './type-parsers.ts';

/** One statement as the server takes it. */
export interface Sent {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** What a statement was answered: its rows, and how many rows it changed. */
export interface Told {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly changed: number;
  /** Of a statement over a set: whose each row is. */
  readonly places: readonly number[];
}

interface Prepared {
  readonly name: string;
  /** Of its values; empty until the server has told. */
  types: readonly number[];
  columns: readonly Column[];
}

interface Column {
  readonly name: string;
  readonly read: (text: string) => unknown;
}

interface Bindable {
  on(event: 'parameterDescription', listener: (message: ParameterTypes) => void): void;
  removeListener(event: 'parameterDescription', listener: (message: ParameterTypes) => void): void;
  parse(message: { readonly name: string; readonly text: string; readonly types: [] }): void;
  describe(message: { readonly type: 'S'; readonly name: string }): void;
  bind(message: {
    readonly portal: '';
    readonly statement: string;
    readonly values: readonly (string | null)[];
  }): void;
  execute(message: { readonly portal: ''; readonly rows: 0 }): void;
  sync(): void;
  readonly stream: { cork(): void; uncork(): void };
}

interface ParameterTypes {
  readonly dataTypeIDs: readonly number[];
}

/** What one session has prepared. Without names nothing stays prepared longer than a flight. */
export class Session {
  readonly #named: boolean;
  readonly #prepared = new Map<string, Prepared>();
  #count = 0;

  constructor(options: { readonly named: boolean }) {
    this.#named = options.named;
  }

  of(text: string): Prepared | undefined {
    return this.#prepared.get(text);
  }

  /** The name says what it begins with: whoever reads the wire sees what is sent. */
  add(text: string): Prepared {
    this.#count += 1;
    const name = this.#named ? `pawl ${this.#count} ${text.slice(0, 20)}` : '';
    const prepared: Prepared = { name, types: [], columns: [] };
    if (this.#named) this.#prepared.set(text, prepared);
    return prepared;
  }

  forget(texts: readonly string[]): void {
    for (const text of texts) this.#prepared.delete(text);
  }
}

/**
 * Several statements on their way to the server in one message, with one answer: it does them one
 * after the other, and none after one that failed. Made for `pg`, which sends one at a time.
 *
 * A statement is described once a session, not at each use: `pg` would ask anew for the names and
 * types of all columns every time.
 */
export class Flight implements Submittable {
  /** Set by `pg`, too. */
  callback: (fault: unknown, told?: readonly Told[]) => void;
  readonly #session: Session;
  readonly #sent: readonly Sent[];
  readonly #learn: (text: string, types: readonly number[]) => void;
  readonly #prepared: Prepared[] = [];
  readonly #new: string[] = [];
  readonly #told: Told[] = [];
  #rows: Readonly<Record<string, unknown>>[] = [];
  #places: number[] = [];
  #rest: () => void = () => undefined;

  constructor(input: {
    readonly session: Session;
    readonly sent: readonly Sent[];
    /** Is told the types of the values of what was prepared. */
    readonly learn: (text: string, types: readonly number[]) => void;
    readonly callback: (fault: unknown, told?: readonly Told[]) => void;
  }) {
    this.#session = input.session;
    this.#sent = input.sent;
    this.#learn = input.learn;
    this.callback = input.callback;
  }

  submit(connection: PgConnection): void {
    const wire = connection as unknown as Bindable;
    const described = ({ dataTypeIDs }: ParameterTypes): void => this.#describedValues(dataTypeIDs);
    wire.on('parameterDescription', described);
    this.#rest = () => wire.removeListener('parameterDescription', described);
    wire.stream.cork();
    for (const { text, values } of this.#sent) this.#send(wire, text, values);
    wire.sync();
    wire.stream.uncork();
  }

  #send(wire: Bindable, text: string, values: readonly SqlValue[]): void {
    let prepared = this.#session.of(text);
    if (prepared === undefined) {
      prepared = this.#session.add(text);
      this.#new.push(text);
      wire.parse({ name: prepared.name, text, types: [] });
      wire.describe({ type: 'S', name: prepared.name });
    }
    this.#prepared.push(prepared);
    const texts = values.map((value) => (value === null ? null : String(value)));
    wire.bind({ portal: '', statement: prepared.name, values: texts });
    wire.execute({ portal: '', rows: 0 });
  }

  #describedValues(types: readonly number[]): void {
    const prepared = this.#prepared[this.#told.length];
    const text = this.#sent[this.#told.length]?.text;
    if (prepared === undefined || text === undefined) return;
    prepared.types = types;
    this.#learn(text, types);
  }

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    const prepared = this.#prepared[this.#told.length];
    if (prepared === undefined) return;
    prepared.columns = fields.map(({ name, dataTypeID }) => ({
      name,
      read: TYPE_PARSERS.getTypeParser(dataTypeID),
    }));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const columns = this.#prepared[this.#told.length]?.columns ?? [];
    const row: Record<string, unknown> = {};
    for (const [at, { name, read }] of columns.entries()) {
      const text = fields[at] ?? null;
      if (name === PLACE) this.#places.push(Number(text));
      else row[name] = text === null ? null : read(text);
    }
    this.#rows.push(row);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const changed = Number(/ (\d+)$/.exec(text)?.[1] ?? 0);
    this.#told.push({ rows: this.#rows, changed, places: this.#places });
    this.#rows = [];
    this.#places = [];
  }

  handleReadyForQuery(): void {
    this.#rest();
    this.callback(null, this.#told);
  }

  /** The one that is being answered: the one that failed, if one did. */
  get current(): string | undefined {
    return this.#sent[this.#told.length]?.text;
  }

  handleError(fault: unknown): void {
    this.#rest();
    // Which of them were prepared before it failed is not told: they get new names.
    this.#session.forget(this.#new);
    this.callback(fault);
  }

  handleEmptyQuery(): void {
    this.#told.push({ rows: [], changed: 0, places: [] });
  }

  /** Never: everything is fetched at once. */
  handlePortalSuspended(): void {
    this.handleEmptyQuery();
  }
}

interface Field {
  readonly name: string;
  readonly dataTypeID: number;
}
