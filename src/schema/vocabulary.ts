/**
 * The words a schema is declared in. A declaration is plain data: row types, the DDL of each
 * database and the target of a migration all come from it. Every constraint has a name.
 */
export interface Column {
  readonly type: 'text' | 'integer';
  readonly nullable: boolean;
  readonly default?: ColumnDefault;
}

/** `now` is the database's clock as `YYYY-MM-DD HH:MM:SS.SSS` in UTC. */
export type ColumnDefault = { readonly value: string | number } | { readonly expression: 'now' };

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly references: { readonly table: string; readonly columns: readonly string[] };
  readonly onDelete: 'restrict' | 'cascade' | 'set null';
}

export interface Index {
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique?: true;
  /** Written as literals, so that the planner can match it. */
  readonly where?: string;
}

export interface Table<
  C extends Readonly<Record<string, Column>> = Readonly<Record<string, Column>>,
> {
  readonly kind: 'table';
  readonly name: string;
  readonly about: string;
  readonly columns: C;
  readonly primaryKey: readonly string[];
  /** The primary key is an integer that the database hands out, growing and never reused. */
  readonly identity?: true;
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
  readonly event: 'after insert' | 'instead of insert' | 'instead of update';
  readonly when?: string;
  readonly statements: readonly string[];
}

export type SchemaObject = Table | View | Trigger;

/** The row of a declared table. */
export type RowOf<T extends Table> = {
  readonly [K in keyof T['columns']]: T['columns'][K] extends { type: 'integer'; nullable: infer N }
    ? N extends true
      ? number | null
      : number
    : T['columns'][K] extends { nullable: true }
      ? string | null
      : string;
};

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
