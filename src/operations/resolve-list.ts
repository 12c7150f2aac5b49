import { breakdownPath, parentOfList } from '../domain/breakdown/list-path.ts';
import { PawlError } from '../domain/errors.ts';
import type { ListRecord, ListSummary, Store } from '../store/store.ts';
import { type OperationContext, operation } from './operation.ts';

/**
 * The list that is meant: that of `path` (absolute), or without one the only list there is.
 *
 * @throws PawlError `list_not_found`, `breakdown_not_found`; `list_ambiguous` with the paths in
 *   `details.lists`.
 */
export async function resolveList(
  ctx: OperationContext,
  path: string | null,
): Promise<ListSummary> {
  return await resolved(ctx, path, {
    byPath: (wanted) => ctx.store.listByPath(wanted),
    all: () => ctx.store.lists(),
  });
}

/** The same for who needs no counters. */
export async function resolveListRecord(
  ctx: OperationContext,
  path: string | null,
): Promise<ListRecord> {
  return await resolved(ctx, path, recordsOf(ctx.store));
}

/** How lists are read: with their counters, or without. */
interface ListReads<T extends ListRecord> {
  byPath(path: string): Promise<T | null>;
  all(): Promise<readonly T[]>;
}

const recordsOf = (store: Store): ListReads<ListRecord> => ({
  byPath: (path) => store.listRecordByPath(path),
  all: () => store.listRecords(),
});

async function resolved<T extends ListRecord>(
  ctx: OperationContext,
  path: string | null,
  reads: ListReads<T>,
): Promise<T> {
  return await operation(ctx, { operation: 'resolve-list', ...(path && { list: path }) }, () =>
    path === null ? onlyList(reads) : listOf(ctx, path, reads),
  );
}

/** The list of `path`, or without one every list there is. */
export async function resolveLists(
  ctx: OperationContext,
  path: string | null,
): Promise<readonly ListSummary[]> {
  if (path !== null) return [await resolveList(ctx, path)];
  return await operation(ctx, { operation: 'resolve-lists' }, () => ctx.store.lists());
}

async function listOf<T extends ListRecord>(
  { world }: Pick<OperationContext, 'world'>,
  path: string,
  reads: ListReads<T>,
): Promise<T> {
  const known = await reads.byPath(path);
  if (known !== null) return known;
  const real = await realPath(world.files, path);
  const behind = real === null || real === path ? null : await reads.byPath(real);
  if (behind !== null) return behind;
  const breakdown = real === null ? await ofParent(path, reads) : null;
  if (breakdown !== null) return breakdown;
  if (parentOfList(path) !== null) throw unknownBreakdown(path);
  throw new PawlError('list_not_found', `${path} was never loaded here`, { details: { path } });
}

/**
 * The list of a breakdown that a path means, archived ones too: by `breakdown:` and its parent id,
 * or by that id alone where no file of this name is. Null when the path means a file.
 */
export async function breakdownOfPath(
  { store, world }: Pick<OperationContext, 'store' | 'world'>,
  path: string,
): Promise<ListRecord | null> {
  const records = recordsOf(store);
  if (parentOfList(path) !== null) return await listOf({ world }, path, records);
  return (await realPath(world.files, path)) === null ? await ofParent(path, records) : null;
}

/**
 * The same to work on.
 *
 * @throws PawlError `breakdown_not_found`, `breakdown_archived`.
 */
export async function openBreakdownOfPath(
  ctx: Pick<OperationContext, 'store' | 'world'>,
  path: string,
): Promise<ListRecord | null> {
  const list = await breakdownOfPath(ctx, path);
  const parent = parentOfList(list?.path ?? '');
  const breakdown = parent === null ? null : await ctx.store.breakdownRecord(parent);
  if (breakdown === null || breakdown.archivedAtMs === null) return list;
  throw new PawlError('breakdown_archived', `the breakdown ${parent} is archived`, {
    details: { parentTaskId: parent, reason: breakdown.archiveReason },
  });
}

function unknownBreakdown(path: string): PawlError {
  const message =
    `there is no ${path}. A breakdown stands in no file: after a lost database there are those ` +
    'of its newest backup';
  return new PawlError('breakdown_not_found', message, { details: { path } });
}

/** Refuses a path that means a breakdown, where a file is needed. */
export async function requireListFile(
  { store, world }: Pick<OperationContext, 'world'> & { readonly store: Store | null },
  path: string,
): Promise<void> {
  const isNamed = parentOfList(path) !== null;
  const known = isNamed || store === null ? null : await breakdownOfPath({ store, world }, path);
  if (!isNamed && known === null) return;
  const list = known?.path ?? path;
  throw new PawlError('list_has_no_file', `${list} is a breakdown: it has no file`, {
    details: { list },
  });
}

async function ofParent<T extends ListRecord>(
  path: string,
  reads: ListReads<T>,
): Promise<T | null> {
  return await reads.byPath(breakdownPath(path.slice(path.lastIndexOf('/') + 1)));
}

async function onlyList<T extends ListRecord>(reads: ListReads<T>): Promise<T> {
  const lists = await reads.all();
  const [only] = lists;
  if (only === undefined) throw new PawlError('list_not_found', 'no list was loaded here yet');
  if (lists.length === 1) return only;
  const paths = lists.map((list) => list.path);
  throw new PawlError('list_ambiguous', `${lists.length} lists are known: ${paths.join(', ')}`, {
    details: { lists: paths },
  });
}

async function realPath(
  files: OperationContext['world']['files'],
  path: string,
): Promise<string | null> {
  try {
    return await files.realPath(path);
  } catch {
    return null; // there is no such file: then it is no link to one that is known
  }
}
