import type { AfterCopy, SeparateStore } from '../sql/after-copy.ts';
import type { CopiedRow, CopiedTable } from './copied-tables.ts';

/** A store as it was at one moment, only read. */
export interface CopySource {
  /** For people, without secrets. */
  readonly location: string;
  readonly storeId: string;
  /** Tables and columns that others put there: they are not copied. */
  readonly undeclared: readonly string[];
  /** Of the last event of that moment; 0 when there is none. */
  readonly lastSeq: number;
  /** The rows of a table in the order of its key, some at a time. */
  pages(table: CopiedTable): AsyncIterable<readonly CopiedRow[]>;
  /** The highest number that the database handed out for a table; 0 when none was. */
  counter(table: CopiedTable): Promise<number>;
  /** Of the last event that there is by now. */
  lastSeqNow(): Promise<number>;
}

/**
 * A store in the making, which nobody can take for one before `publish`: until then it is a
 * transaction, or a file of another name.
 *
 * ```
 * makeTables ─> insert ... ─> pages (compared) ─> complete ─> publish
 *      └────────────┴───────────────┴────────────────┴─ anything that fails: nothing was there
 * ```
 */
export interface CopyTarget {
  readonly location: string;
  /** Tables with their keys alone: no index, no view, no trigger. */
  makeTables(tables: readonly CopiedTable[]): Promise<void>;
  insert(table: CopiedTable, rows: readonly CopiedRow[]): Promise<void>;
  pages(table: CopiedTable): AsyncIterable<readonly CopiedRow[]>;
  /** Everything else that is declared, the counters, and a life of its own. */
  complete(
    counters: readonly Counter[],
    after: Pick<AfterCopy, 'epochFloor'>,
  ): Promise<SeparateStore>;
  publish(): Promise<void>;
}

export interface Counter {
  readonly table: CopiedTable;
  readonly value: number;
}

/** Of one answer of a database, or one statement: about so much is in memory at a time. */
export const PAGE_BYTES = 1024 * 1024;
export const PAGE_ROWS_MAX = 1_000;

/** Roughly what a row takes. */
export function bytesOf(row: CopiedRow): number {
  return row.reduce((sum, value) => sum + 8 + (value?.length ?? 0), 0);
}
