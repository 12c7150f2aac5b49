import { createHash, type Hash } from 'node:crypto';
import type { CopiedRow, CopiedTable } from './copied-tables.ts';

/** How many rows a table has, and one checksum over all of them in their order. */
export interface TableSum {
  readonly rows: number;
  /** SHA-256, in hexadecimal, over the rows as JSON arrays, one a line. */
  readonly sha256: string;
  /** What it was after each so many rows, with the key of the last one: where two sums part. */
  readonly marks: readonly Mark[];
}

interface Mark {
  readonly key: string;
  readonly sha256: string;
}

const MARK_ROWS = 1_000;

/** Sums up a table row by row; what it remembers is small beside the rows. */
export class RunningSum {
  readonly #hash: Hash = createHash('sha256');
  readonly #keyAt: readonly number[];
  readonly #marks: Mark[] = [];
  #rows = 0;

  constructor({ columns, key }: CopiedTable) {
    this.#keyAt = key.map((name) => columns.findIndex((column) => column.name === name));
  }

  add(rows: readonly CopiedRow[]): void {
    for (const row of rows) {
      this.#hash.update(`${JSON.stringify(row)}\n`);
      this.#rows += 1;
      if (this.#rows % MARK_ROWS === 0) this.#mark(row);
    }
  }

  end(): TableSum {
    const sha256 = this.#hash.digest('hex');
    return { rows: this.#rows, sha256, marks: this.#marks };
  }

  #mark(row: CopiedRow): void {
    const key = this.#keyAt.map((at) => row[at]).join(', ');
    this.#marks.push({ key, sha256: this.#hash.copy().digest('hex') });
  }
}

/** After which row, and up to which, two tables begin to differ; in words. */
export function whereTheyPart(one: TableSum, other: TableSum): string {
  const at = one.marks.findIndex((mark, index) => mark.sha256 !== other.marks[index]?.sha256);
  const place = at === -1 ? one.marks.length : at;
  const [before, until] = [one.marks[place - 1]?.key, one.marks[place]?.key];
  const from = before === undefined ? 'from the first row on' : `after ${before}`;
  return until === undefined ? from : `${from}, up to ${until}`;
}
