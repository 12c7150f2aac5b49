import {
  type CopiedKey,
  type CopiedRow,
  type CopiedTable,
  keyOf,
  keyOrder,
} from './copied-tables.ts';
import type { CopyArea } from './copy-area.ts';
import type { CopySource } from './copy-port.ts';
import { FIRST_ROWS, nextCount } from './page-size.ts';
import { RunningSum, type TableSum } from './table-sum.ts';

export interface Brought {
  /** Of the source. */
  readonly sum: TableSum;
  /** Rows that lay in the area as the source has them: they were not brought again. */
  readonly kept: number;
  readonly brought: number;
  /** Rows that lay in the area and are none of the source's any more. */
  readonly removed: number;
}

/**
 * Make the rows that lie in an area those of the source. Both sides are walked through in the order
 * of the key, so that what an earlier try brought is compared, and only what differs is written: no
 * note of how far that try came is believed, and none has to be kept.
 *
 * `moved` is called after each page; it may throw.
 */
export async function bringTable(
  { source, area }: { readonly source: CopySource; readonly area: CopyArea },
  table: CopiedTable,
  moved: () => void,
): Promise<Brought> {
  const sum = new RunningSum(table);
  const key = keyOf(table);
  const lying = new LyingRows(area, table);
  let [kept, brought] = [0, 0];
  for await (const rows of source.pages(table)) {
    sum.add(rows);
    const put: CopiedRow[] = [];
    for (const row of rows) {
      const there = await lying.take(key(row));
      if (there !== null && isSame(there, row)) kept += 1;
      else put.push(row);
    }
    if (put.length > 0) await area.write(table, { put, remove: [] });
    brought += put.length;
    moved();
  }
  await lying.removeRest();
  return { sum: sum.end(), kept, brought, removed: lying.removed };
}

const isSame = (one: CopiedRow, other: CopiedRow): boolean =>
  one.every((value, at) => value === other[at]);

/** The rows of a table in an area, passed by once; a page of them is in memory at a time. */
class LyingRows {
  removed = 0;
  readonly #area: CopyArea;
  readonly #table: CopiedTable;
  readonly #keyOf: (row: CopiedRow) => CopiedKey;
  readonly #order: (one: CopiedKey, other: CopiedKey) => number;
  #page: readonly CopiedRow[] = [];
  #at = 0;
  #count = FIRST_ROWS;
  #last: CopiedKey | null = null;
  #isEnd = false;
  #strays: CopiedKey[] = [];

  constructor(area: CopyArea, table: CopiedTable) {
    this.#area = area;
    this.#table = table;
    this.#keyOf = keyOf(table);
    this.#order = keyOrder(table);
  }

  /** The row of the next key that the source has; those before it are removed. */
  async take(key: CopiedKey): Promise<CopiedRow | null> {
    for (;;) {
      const row = this.#page[this.#at];
      if (row === undefined) {
        if (!(await this.#turn())) return null;
        continue;
      }
      const found = this.#keyOf(row);
      const way = this.#order(found, key);
      if (way > 0) return null;
      this.#at += 1;
      if (way === 0) return row;
      this.#strays.push(found);
    }
  }

  async removeRest(): Promise<void> {
    do {
      this.#strays.push(...this.#page.slice(this.#at).map(this.#keyOf));
    } while (await this.#turn());
  }

  /** To the next page; false when there is none. */
  async #turn(): Promise<boolean> {
    const strays = this.#strays.splice(0);
    if (strays.length > 0) await this.#area.write(this.#table, { put: [], remove: strays });
    this.removed += strays.length;
    if (this.#isEnd) return false;
    this.#page = await this.#area.page(this.#table, this.#last, this.#count);
    this.#at = 0;
    this.#isEnd = this.#page.length < this.#count;
    this.#count = nextCount(this.#page, this.#count);
    const last = this.#page.at(-1);
    if (last === undefined) return false;
    this.#last = this.#keyOf(last);
    return true;
  }
}
