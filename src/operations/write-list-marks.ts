import { parentOfList } from '../domain/breakdown/list-path.ts';
import { changedReplaced, tendReplaced } from '../listfile/file/tend-replaced.ts';
import {
  type Discharge,
  dischargeMarks,
  hasOldMarks,
  type MarkDuty,
  withStoredMarks,
} from '../listfile/marks/discharge-marks.ts';
import type { ListRecord } from '../store/store.ts';
import { listFault } from './list-fault.ts';
import { isOwnerGone, lockOwner } from './lock-owner.ts';
import type { ProjectContext } from './operation.ts';

/** How long one process may take to mark one file. */
const LOCK_TTL_MS = 10_000;

export type MarksResult =
  | Discharge
  /** Another process is writing them. */
  | { readonly kind: 'held' }
  /** The list belongs to another host, or wants no marks; or this folder is no project. */
  | { readonly kind: 'not-ours' };

/**
 * Write the marks that a list file is owed. Any process on the list's home host may do so at any
 * time; the lock `marks:<list>` lets one do it at once. What cannot be written now stays owed.
 *
 * @throws PawlError `list_unwritable`, `store_full`, `store_readonly`, `store_io` when the file
 *   cannot be written;
 *   the errors of the store.
 */
export async function writeListMarks(ctx: ProjectContext, listPath: string): Promise<MarksResult> {
  if (parentOfList(listPath) !== null) return { kind: 'not-ours' };
  const list = await ctx.store.listRecordByPath(listPath);
  const isOurs = list?.homeHost === null || list?.homeHost === ctx.world.processes.host;
  if (list === null || !list.writeBack || !isOurs) return { kind: 'not-ours' };
  // What is replaced is kept in `.pawl`: where there is none, none is made by looking from there.
  if ((await ctx.world.files.facts(ctx.stateDir)) === null) return { kind: 'not-ours' };
  const { listId } = list;
  const { tasks, upToSeq, markedSeq, seenHash } = await ctx.store.marksOwed(listId);
  try {
    if (tasks.length === 0) {
      // What happened changed no mark: it need not be looked at again.
      const nothing = { seenHash: null, seenText: null, marks: [] };
      if (upToSeq > markedSeq) await ctx.store.marksWritten({ listId, upToSeq, ...nothing });
      const saved = await changedReplaced(ctx.world, listPath, replacedDir(ctx));
      const isSaved =
        saved.length > 0 ||
        (await hasOldMarks(ctx.world, listPath, { seenHash }, storedMarks(ctx, listId)));
      if (!isSaved) return { kind: 'nothing-owed' };
    }
    return await underLock(ctx, list);
  } catch (cause) {
    throw listFault(cause, listPath, ctx.stateDir);
  }
}

async function underLock(ctx: ProjectContext, list: ListRecord): Promise<MarksResult> {
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

async function discharge(ctx: ProjectContext, list: ListRecord): Promise<Discharge> {
  const { store, world, log } = ctx;
  const { listId, path } = list;
  const isBeingSaved = await tend(ctx, list);
  const duty: MarkDuty = {
    owed: () => store.marksOwed(listId),
    ...storedMarks(ctx, listId),
    written: (marks) => store.marksWritten({ listId, ...marks }),
  };
  const result = await dischargeMarks(world, path, duty, replacedDir(ctx));
  if (result.kind === 'written' && result.marks > 0) {
    log.info('marks.written', { list: path, marks: result.marks });
  }
  if (isBeingSaved) return { kind: 'contended', reason: `an editor is saving ${path}` };
  return result;
}

function storedMarks({ store }: ProjectContext, listId: string) {
  return {
    all: () => store.tasks({ listId }),
    boxes: () => store.knownBoxes(listId),
  };
}

/** Whether an editor is saving into a file that was replaced: it wants to be looked at again. */
async function tend(ctx: ProjectContext, { listId, path }: ListRecord): Promise<boolean> {
  const { world, log } = ctx;
  const duty = storedMarks(ctx, listId);
  const { merged, later, putAside } = await tendReplaced(world, path, {
    keepIn: replacedDir(ctx),
    mark: (bytes) => withStoredMarks(bytes, duty),
  });
  if (merged > 0) log.info('list.merged', { list: path, merged });
  for (const file of putAside) log.warn('list.unmerged', { list: path, file });
  return later > 0;
}

/** Where list files are kept that were replaced. */
export function replacedDir({ stateDir }: Pick<ProjectContext, 'stateDir'>): string {
  return `${stateDir}/replaced`;
}
