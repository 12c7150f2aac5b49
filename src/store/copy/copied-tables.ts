import { invariant } from '../../domain/errors.ts';
import type { SchemaObject, Table } from '../../schema/vocabulary.ts';

/** A declared table as it is copied: what is computed from other columns is computed anew. */
export interface CopiedTable {
  readonly name: string;
  readonly columns: readonly CopiedColumn[];
  /** Rows are read in its order, texts byte by byte: the same on every database. */
  readonly key: readonly string[];
  /** Whose numbers the database hands out: its counter is carried over, too. */
  readonly identity: string | null;
  readonly declared: Table;
}

export interface CopiedColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'real';
}

/**
 * A value in the one form that it has on every database: a whole number as its decimal digits, a
 * broken one as JavaScript writes it, a text as it is.
 */
export type CopiedValue = string | null;

/** In the order of the table's columns. */
export type CopiedRow = readonly CopiedValue[];

/** What names a row, in the order of the table's key. */
export type CopiedKey = readonly string[];

/** The tables of a schema, in an order in which their foreign keys hold. */
export function copiedTables(objects: readonly SchemaObject[]): readonly CopiedTable[] {
  return objects.filter((object) => object.kind === 'table').map(copiedTable);
}

function copiedTable(declared: Table): CopiedTable {
  const { name, primaryKey: key, identity } = declared;
  invariant(key.length > 0, `rows without a key have no order: ${name}`);
  const columns = Object.entries(declared.columns)
    .filter(([, column]) => column.generated === undefined)
    .map(([column, { type }]): CopiedColumn => {
      invariant(type !== 'blob' && type !== 'any', `no form for ${name}.${column}`);
      return { name: column, type };
    });
  return { name, columns, key, identity: identity === true ? (key[0] ?? null) : null, declared };
}

/** A broken number in the form that both databases can be brought to. */
export const realText = (value: string | number): string => String(Number(value));

/** Gives the key of a row of a table. */
export function keyOf({ name, columns, key }: CopiedTable): (row: CopiedRow) => CopiedKey {
  const places = key.map((part) => columns.findIndex((column) => column.name === part));
  return (row) =>
    places.map((at) => {
      const value = row[at];
      invariant(typeof value === 'string', `a row of ${name} has no key`);
      return value;
    });
}

/** The order in which every database gives the rows of a table: below 0 when `one` comes first. */
export function keyOrder(table: CopiedTable): (one: CopiedKey, other: CopiedKey) => number {
  const isText = table.key.map(
    (part) => table.columns.find(({ name }) => name === part)?.type === 'text',
  );
  return (one, other) => {
    for (const [at, text] of isText.entries()) {
      const [a = '', b = ''] = [one[at], other[at]];
      if (a === b) continue;
      if (text) return Buffer.compare(Buffer.from(a), Buffer.from(b));
      return BigInt(a) < BigInt(b) ? -1 : 1;
    }
    return 0;
  };
}
