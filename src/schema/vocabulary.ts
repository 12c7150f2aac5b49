/**
 * The words a schema is declared in. A declaration is plain data: row types, the DDL of each
 * database and the target of a migration all come from it. Every constraint has a name.
 */
export interface Column {
  /** `any` holds whatever is put in, unconverted. */
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly default?: ColumnDefault;
  /** Computed from the row's other columns; never written. */
  readonly generated?: Generated;
}

export type ColumnType = 'text' | 'integer' | 'real' | 'blob' | 'any';

/** `now` is the database's clock as `YYYY-MM-DD HH:MM:SS.SSS` in UTC. */
export type ColumnDefault =
  | { readonly value: string | number }
  | { readonly expression: 'now' }
  | { readonly sql: string };

export interface Generated {
  readonly expression: string;
  /** `virtual` is computed at every read, `stored` at every write. */
  readonly as: 'virtual' | 'stored';
}

export type KeyAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default';

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly references: { readonly table: string; readonly columns: readonly string[] };
  readonly onDelete: KeyAction;
  readonly onUpdate?: KeyAction;
}

export interface Unique {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface Index {
  readonly name: string;
  readonly columns: readonly (string | { readonly expression: string })[];
  readonly unique?: true;
  /** Written as literals, so that the planner can match it. */
  readonly where?: string;
  /** Not on a server, where each version of a row has an entry in every index of its table. */
  readonly fileOnly?: true;
}

export interface Table<
  C extends Readonly<Record<string, Column>> = Readonly<Record<string, Column>>,
> {
  readonly kind: 'table';
  readonly name: string;
  readonly about: string;
  readonly columns: C;
  /** Empty when rows have no key. */
  readonly primaryKey: readonly string[];
  /** The primary key is an integer that the database hands out, growing and never reused. */
  readonly identity?: true;
  /** Types are taken as advice, as the database did before it knew better. */
  readonly lax?: true;
  /** Rows are kept in the order of their key, without a number of their own. */
  readonly withoutRowid?: true;
  readonly uniques?: readonly Unique[];
  readonly checks?: readonly { readonly name: string; readonly expression: string }[];
  readonly foreignKeys?: readonly ForeignKey[];
  readonly indexes?: readonly Index[];
}

export interface View {
  readonly kind: 'view';
  readonly name: string;
  readonly about: string;
  readonly select: string;
}

/** Statements that run beside a write. `NEW` is the written row. Plain SQL of both databases. */
export interface Trigger {
  readonly kind: 'trigger';
  readonly name: string;
  readonly about: string;
  readonly on: string;
  readonly event: `${'before' | 'after' | 'instead of'} ${'insert' | 'update' | 'delete'}`;
  /** For updates: only when one of these is written. */
  readonly of?: readonly string[];
  readonly when?: string;
  readonly statements: readonly string[];
}

export type SchemaObject = Table | View | Trigger;

/** The row of a declared table. */
export type RowOf<T extends Table> = {
  readonly [K in keyof T['columns']]: T['columns'][K] extends { nullable: true }
    ? ValueOf<T['columns'][K]['type']> | null
    : ValueOf<T['columns'][K]['type']>;
};

interface Values {
  readonly text: string;
  readonly integer: number;
  readonly real: number;
  readonly blob: Uint8Array;
  readonly any: string | number | Uint8Array;
}

type ValueOf<T extends ColumnType> = Values[T];

export function table<const C extends Readonly<Record<string, Column>>>(
  declaration: Omit<Table<C>, 'kind'>,
): Table<C> {
  return { kind: 'table', ...declaration };
}

export function view(declaration: Omit<View, 'kind'>): View {
  return { kind: 'view', ...declaration };
}

export function trigger(declaration: Omit<Trigger, 'kind'>): Trigger {
  return { kind: 'trigger', ...declaration };
}

export const text = { type: 'text', nullable: false } as const;
export const textOrNull = { type: 'text', nullable: true } as const;
export const integer = { type: 'integer', nullable: false } as const;
export const integerOrNull = { type: 'integer', nullable: true } as const;
export const count = { type: 'integer', nullable: false, default: { value: 0 } } as const;
export const nowText = { type: 'text', nullable: false, default: { expression: 'now' } } as const;

/** `column IN ('a', 'b')` for a CHECK. */
export function oneOf(column: string, words: readonly string[]): string {
  return `${column} IN (${words.map((word) => `'${word}'`).join(', ')})`;
}
