import type { AfterCopy, SeparateStore } from '../sql/after-copy.ts';
import type { CopiedRow, CopiedTable } from './copied-tables.ts';
import type { CopyArea } from './copy-area.ts';

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
  /** That moment is not needed any more: the database may forget it. */
  release(): Promise<void>;
  /** Of the last event that there is by now, after `release`. */
  lastSeqNow(): Promise<number>;
}

/**
 * A place where a store is to be: first its rows lie in an area, then they are made a store, which
 * nobody can take for one before `publish`: until then it is a transaction, or a file of another
 * name.
 *
 * ```
 * area.begin ─> area.write ... ─> make ─> pages (compared) ─> complete ─> publish
 *                    │              └──────────┴─ anything that fails ─┴─ no store, and the area
 *                    └─ anything that fails: the area, and the next one goes on
 * ```
 */
export interface CopyTarget {
  readonly location: string;
  readonly area: CopyArea;
  /** Tables with their keys alone, no index, no view, no trigger; in them the rows of the area. */
  make(tables: readonly CopiedTable[]): Promise<void>;
  pages(table: CopiedTable): AsyncIterable<readonly CopiedRow[]>;
  /** Everything else that is declared, the counters, and a life of its own. */
  complete(
    counters: readonly Counter[],
    after: Pick<AfterCopy, 'epochFloor'>,
  ): Promise<SeparateStore>;
  /** What is left of the area goes behind it, when all is done. */
  publish(): Promise<void>;
}

export interface Counter {
  readonly table: CopiedTable;
  readonly value: number;
}
