import type { PawlError } from '../domain/errors.ts';
import type { Logger } from '../observe/logger.ts';
import type { CopiedTableSum, StoreCopy } from '../store/copy/copy-store.ts';
import { operation } from './operation.ts';

export type { CopiedTableSum, StoreCopy } from '../store/copy/copy-store.ts';

/** A copy that an earlier command had made a store, and was ended before it could say so. */
export interface FinishedCopy {
  readonly finishedBefore: true;
  readonly from: string;
  readonly to: string;
  readonly storeId: string;
  readonly epoch: number;
}

/** Copies one store to one place, both named before. */
export interface StoreCopier {
  /** Do what is left of a copy that was ended behind its last step; null: there is none. */
  finish(): Promise<FinishedCopy | null>;
  copy(call: {
    readonly signal?: AbortSignal | undefined;
    readonly copied?: ((table: CopiedTableSum) => void) | undefined;
    /** Throw away what an earlier try has brought. */
    readonly restart?: boolean | undefined;
    /** A server went away; the copy goes on when it comes back, within two minutes. */
    readonly interrupted?: ((fault: PawlError) => void) | undefined;
  }): Promise<StoreCopy>;
}

/**
 * Copy a store as of one moment, while others use it, and compare every row of both sides before
 * the copy counts as a store. It is a second store: what is held in the source is not held there.
 * Broken off, it is gone on with by the next call: see `StoreCopy.resumed`. One that was made a
 * store by a call which was ended then is that call's, and nothing is copied.
 *
 * @throws PawlError `copy_target_taken`, `copy_differs`, `store_not_found`, `store_behind`,
 *   `store_version` and what reaching both places throws; then no store is where it was to be.
 */
export async function copyStoreOf(
  ctx: { readonly log: Logger; readonly copier: StoreCopier },
  call: Parameters<StoreCopier['copy']>[0] = {},
): Promise<StoreCopy | FinishedCopy> {
  return await operation(ctx, { operation: 'copy-store' }, async () => {
    const finished = await ctx.copier.finish();
    if (finished !== null) {
      ctx.log.info('store.copied', { ...finished });
      return finished;
    }
    const copy = await ctx.copier.copy(call);
    const { from, to, storeId, epoch, released, lastSeq, eventsSince, resumed } = copy;
    const rows = copy.tables.reduce((sum, table) => sum + table.rows, 0);
    ctx.log.info('store.copied', {
      ...{ from, to, storeId, epoch, released, lastSeq, eventsSince, rows, resumed },
    });
    return copy;
  });
}
