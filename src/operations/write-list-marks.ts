import { type Discharge, dischargeMarks } from '../listfile/discharge-marks.ts';
import type { ListSummary } from '../store/store.ts';
import { isOwnerGone, lockOwner } from './lock-owner.ts';
import { asPawlError, type OperationContext } from './operation.ts';

/** How long one process may take to mark one file. */
const LOCK_TTL_MS = 10_000;

export type MarksResult =
  | Discharge
  /** Another process is writing them. */
  | { readonly kind: 'held' }
  /** The list belongs to another host, or wants no marks. */
  | { readonly kind: 'not-ours' };

/**
 * Write the marks that a list file is owed. Any process on the list's home host may do so at any
 * time; the lock `marks:<list>` lets one do it at once. What cannot be written now stays owed.
 *
 * @throws PawlError `store_full`, `store_readonly`, `store_io` when the file cannot be written;
 *   the errors of the store.
 */
export async function writeListMarks(
  ctx: OperationContext,
  listPath: string,
): Promise<MarksResult> {
  const list = await ctx.store.listByPath(listPath);
  const isOurs = list?.homeHost === null || list?.homeHost === ctx.world.processes.host;
  if (list === null || !list.writeBack || !isOurs) return { kind: 'not-ours' };
  const { listId } = list;
  const { tasks, upToSeq, markedSeq } = await ctx.store.marksOwed(listId);
  if (tasks.length === 0) {
    // What happened changed no mark: it need not be looked at again.
    const nothing = { seenHash: null, seenText: null, marks: [] };
    if (upToSeq > markedSeq) await ctx.store.marksWritten({ listId, upToSeq, ...nothing });
    return { kind: 'nothing-owed' };
  }
  try {
    return await underLock(ctx, list);
  } catch (cause) {
    throw asPawlError(cause);
  }
}

async function underLock(ctx: OperationContext, list: ListSummary): Promise<MarksResult> {
  const { store, world } = ctx;
  const lock = { name: `marks:${list.listId}`, holderId: lockOwner(world), ttlMs: LOCK_TTL_MS };
  let answer = await store.acquireLock(lock);
  if (answer.kind === 'held' && isOwnerGone(answer.holderId, world.processes)) {
    answer = await store.acquireLock({ ...lock, evenFrom: answer.holderId });
  }
  if (answer.kind === 'held') return { kind: 'held' };
  const { fence } = answer;
  try {
    return await discharge(ctx, list);
  } finally {
    await store.releaseLock({ name: lock.name, holderId: lock.holderId, fence });
  }
}

async function discharge(
  { store, world, log }: OperationContext,
  { listId, path }: ListSummary,
): Promise<Discharge> {
  const result = await dischargeMarks(world, path, {
    owed: () => store.marksOwed(listId),
    all: () => store.tasks({ listId }),
    written: (marks) => store.marksWritten({ listId, ...marks }),
  });
  if (result.kind === 'written' && result.marks > 0) {
    log.info('marks.written', { list: path, marks: result.marks });
  }
  return result;
}
