import { PawlError } from '../../domain/errors.ts';
import type { SeparateStore } from '../sql/after-copy.ts';
import type { CopiedTable } from './copied-tables.ts';
import type { CopySource, CopyTarget, Counter } from './copy-port.ts';
import { RunningSum, type TableSum, whereTheyPart } from './table-sum.ts';

export interface CopyStore {
  readonly source: CopySource;
  readonly target: CopyTarget;
  readonly tables: readonly CopiedTable[];
  /** No epoch below it was ever used where the copy will lie. */
  readonly epochFloor: number;
  /** Ends the copy with `aborted`; then there is none. */
  readonly signal?: AbortSignal | undefined;
  /** Told after each table. */
  readonly copied?: ((table: CopiedTableSum) => void) | undefined;
}

export interface CopiedTableSum {
  readonly table: string;
  readonly rows: number;
  /** The same on both sides: see `TableSum`. */
  readonly sha256: string;
}

export interface StoreCopy extends SeparateStore {
  readonly from: string;
  readonly to: string;
  readonly tables: readonly CopiedTableSum[];
  /** Of the moment that was copied. */
  readonly lastSeq: number;
  /** Events that the source got since: they are not in the copy. */
  readonly eventsSince: number;
  /** What others put into the source; it was not copied. */
  readonly undeclared: readonly string[];
}

/**
 * Copy a store as of one moment, row by row in bounded batches, and compare both sides before the
 * copy becomes a store. The source is only read, and goes on meanwhile.
 *
 * @throws PawlError `copy_differs`, `aborted`, and what reading and writing throw; then there is no
 *   copy.
 */
export async function copyStore(copy: CopyStore): Promise<StoreCopy> {
  const { source, target, tables, epochFloor, signal } = copy;
  await target.makeTables(tables);
  const sums: TableSum[] = [];
  for (const table of tables) {
    const sum = await copyTable(copy, table);
    sums.push(sum);
    copy.copied?.({ table: table.name, rows: sum.rows, sha256: sum.sha256 });
  }
  await compare(copy, sums);
  const separate = await target.complete(await countersOf(copy), { epochFloor });
  requireGoOn(signal);
  const seqNow = await source.lastSeqNow();
  await target.publish();
  return {
    ...separate,
    ...{ from: source.location, to: target.location },
    tables: tables.map(({ name }, at) => {
      const { rows = 0, sha256 = '' } = sums[at] ?? {};
      return { table: name, rows, sha256 };
    }),
    lastSeq: source.lastSeq,
    eventsSince: seqNow - source.lastSeq,
    undeclared: source.undeclared,
  };
}

/** Summed up as it is read: no row of the source is read twice. */
async function copyTable(
  { source, target, signal }: CopyStore,
  table: CopiedTable,
): Promise<TableSum> {
  const sum = new RunningSum(table);
  for await (const rows of source.pages(table)) {
    requireGoOn(signal);
    sum.add(rows);
    await target.insert(table, rows);
  }
  return sum.end();
}

/** Every table is read back as it is stored. */
async function compare(
  { target, tables, signal }: CopyStore,
  sums: readonly TableSum[],
): Promise<void> {
  const faults: string[] = [];
  for (const [at, table] of tables.entries()) {
    const sum = new RunningSum(table);
    for await (const rows of target.pages(table)) {
      requireGoOn(signal);
      sum.add(rows);
    }
    const [read, stored] = [sums[at], sum.end()];
    if (read === undefined || read.sha256 === stored.sha256) continue;
    const where = whereTheyPart(read, stored);
    faults.push(`${table.name} (${read.rows} rows, ${stored.rows} in the copy, ${where})`);
  }
  if (faults.length === 0) return;
  const message = `the copy is not what was read: ${faults.join('; ')}`;
  throw new PawlError('copy_differs', message, { details: { faults } });
}

async function countersOf({ source, tables }: CopyStore): Promise<readonly Counter[]> {
  const counters: Counter[] = [];
  for (const table of tables.filter(({ identity }) => identity !== null)) {
    counters.push({ table, value: await source.counter(table) });
  }
  return counters;
}

function requireGoOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new PawlError('aborted', 'the copy was cancelled');
}
