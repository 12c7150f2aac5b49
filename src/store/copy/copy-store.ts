import { isPawlError, PawlError } from '../../domain/errors.ts';
import type { SeparateStore } from '../sql/after-copy.ts';
import { type Brought, bringTable } from './bring-table.ts';
import type { CopiedTable } from './copied-tables.ts';
import type { BegunArea, Discarded } from './copy-area.ts';
import type { CopySource, CopyTarget, Counter } from './copy-port.ts';
import { RunningSum, type TableSum, whereTheyPart } from './table-sum.ts';

export interface CopyStore {
  readonly source: CopySource;
  readonly target: CopyTarget;
  readonly tables: readonly CopiedTable[];
  /** No epoch below it was ever used where the copy will lie. */
  readonly epochFloor: number;
  /** Of the source's moment. */
  readonly nowMs: number;
  /** Begin anew, whatever an earlier try has brought. */
  readonly restart?: boolean | undefined;
  /** Ends the copy with `aborted`; what was brought is kept for the next one. */
  readonly signal?: AbortSignal | undefined;
  /** Told after each table. */
  readonly copied?: ((table: CopiedTableSum) => void) | undefined;
  /** Told after each page. */
  readonly moved?: (() => void) | undefined;
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
  /** Of which moment the copy is, by this host's clock. */
  readonly takenAtMs: number;
  /** Of the last event of that moment. */
  readonly lastSeq: number;
  /** Events that the source got since: they are not in the copy. */
  readonly eventsSince: number;
  /** What others put into the source; it was not copied. */
  readonly undeclared: readonly string[];
  readonly resumed: Resumed;
}

/** What became of what an earlier try, which was broken off, had brought. */
export interface Resumed {
  /** When that one was begun; null: there was none to go on with. */
  readonly begunAtMs: number | null;
  /** Why there was one and it was thrown away. */
  readonly discarded: Discarded | null;
  /** Rows that were there already, and were not brought again. */
  readonly kept: number;
  readonly brought: number;
  /** Rows that were there, and are none of the source's any more. */
  readonly removed: number;
}

/**
 * Copy a store as of one moment, in bounded batches, and compare both sides row by row before the
 * copy becomes a store. The source is only read, and goes on meanwhile. Broken off anywhere it
 * leaves what it brought, and the next one brings only what is missing or has changed since.
 *
 * @throws PawlError `copy_differs`, after which nothing is kept; `copy_target_taken`, `aborted`,
 *   and what reading and writing throw; then there is no copy, and the next one goes on.
 */
export async function copyStore(copy: CopyStore): Promise<StoreCopy> {
  const { source, target, tables, nowMs, restart = false } = copy;
  const { area } = target;
  const begun = await area.begin({ storeId: source.storeId, tables, restart, nowMs });
  try {
    return await copyInto(copy, begun);
  } catch (cause) {
    if (isPawlError(cause, 'copy_differs')) await area.discard();
    throw cause;
  }
}

async function copyInto(copy: CopyStore, begun: BegunArea): Promise<StoreCopy> {
  const { source, target, tables, epochFloor, signal } = copy;
  const brought: Brought[] = [];
  for (const table of tables) brought.push(await bring(copy, table));
  const counters = await countersOf(copy);
  await source.release();
  await target.make(tables);
  const sums = brought.map(({ sum }) => sum);
  await compare(copy, sums);
  const separate = await target.complete(counters, { epochFloor });
  requireGoOn(signal);
  const seqNow = await source.lastSeqNow();
  await target.publish();
  const total = (count: 'kept' | 'brought' | 'removed'): number =>
    brought.reduce((sum, one) => sum + one[count], 0);
  return {
    ...separate,
    ...{ from: source.location, to: target.location },
    tables: tables.map(({ name }, at) => {
      const { rows = 0, sha256 = '' } = sums[at] ?? {};
      return { table: name, rows, sha256 };
    }),
    ...{ takenAtMs: copy.nowMs, lastSeq: source.lastSeq, eventsSince: seqNow - source.lastSeq },
    undeclared: source.undeclared,
    resumed: {
      ...begun,
      ...{ kept: total('kept'), brought: total('brought'), removed: total('removed') },
    },
  };
}

/** Summed up as it is read: no row of the source is read twice. */
async function bring(copy: CopyStore, table: CopiedTable): Promise<Brought> {
  const { source, target, signal, moved, copied } = copy;
  const brought = await bringTable({ source, area: target.area }, table, () => {
    requireGoOn(signal);
    moved?.();
  });
  const { rows, sha256 } = brought.sum;
  copied?.({ table: table.name, rows, sha256 });
  return brought;
}

/** Every table is read back as it is stored. */
async function compare(
  { target, tables, signal, moved }: CopyStore,
  sums: readonly TableSum[],
): Promise<void> {
  const faults: string[] = [];
  for (const [at, table] of tables.entries()) {
    const sum = new RunningSum(table);
    for await (const rows of target.pages(table)) {
      requireGoOn(signal);
      moved?.();
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
