import { PawlError } from '../domain/errors.ts';
import type { KnownBox } from '../domain/tasklist/box-names.ts';
import { finding } from '../domain/tasklist/findings.ts';
import type { Finding } from '../domain/tasklist/model.ts';
import { compareLists } from '../domain/tasklist/same-list.ts';
import type { LoadedList as ListFile } from '../listfile/file/read-list.ts';
import { listHash } from '../listfile/marks/discharge-marks.ts';
import type { ListSummary, RenamedList, Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { hereOf, isSurelyGone } from './liveness.ts';
import type { OperationContext } from './operation.ts';

/** Which list a file is. */
export interface ListIdentity {
  /** Under which it is known from now on: another name of the same file is not. */
  readonly path: string;
  /** As it is stored; null when it is a new one. */
  readonly list: ListSummary | null;
  /** The made ids to read it with. */
  readonly knownBoxes: readonly KnownBox[];
  readonly renames?: RenamedList;
  /** All that were looked at: one that came later may be of the same file. */
  readonly knownLists?: readonly string[];
  /** What a person should know about it. */
  readonly findings: readonly Finding[];
}

type Context = Pick<OperationContext, 'world'> & { readonly store: Store };

/**
 * Find out which list a path means: the one that is known by it, the one whose file it leads to
 * by a symbolic link, or one of this host whose file is gone and whose content this is. `read` is
 * called only when content must decide.
 */
export async function identifyList(
  ctx: Context,
  path: string,
  read: () => Promise<ListFile>,
): Promise<ListIdentity> {
  const named = await ctx.store.listByPath(path);
  if (named?.path === path) return await asKnown(ctx, path, named);
  const all = await ctx.store.lists();
  const knownLists = all.map((list) => list.listId);
  const lists = all.filter((list) => list.path.startsWith('/'));
  const known = await sameFile(ctx, lists, path);
  if (known !== null) return await asKnown(ctx, known.path, known);
  const gone = await goneLists(ctx, lists);
  const isNew = { path, list: null, knownBoxes: [], knownLists } as const;
  if (gone.length === 0) return { ...isNew, findings: [] };
  const file = await read();
  const verdicts = await Promise.all(gone.map((list) => judge(ctx, list, file)));
  const ofVerdict = (wanted: Verdict): readonly ListSummary[] =>
    gone.filter((_, index) => verdicts[index] === wanted);
  const best = ofVerdict('identical').length > 0 ? ofVerdict('identical') : ofVerdict('same');
  const [only] = best;
  if (only !== undefined && best.length === 1) {
    const message = `this list was ${only.path}, which is gone: it was renamed`;
    const findings = [finding('list_renamed', { line: 0 }, message)];
    const known = { ...(await asKnown(ctx, path, only)), ...(await renaming(ctx, only)) };
    return { ...known, knownLists, findings };
  }
  const near = best.length > 0 ? best : ofVerdict('maybe');
  const findings = near.map((list) => mayBeMoved(list, path));
  return { ...isNew, findings };
}

/**
 * Go on with the list that is known as `from` under another path.
 *
 * @throws PawlError `list_not_found`; `list_exists` when the file of `from` is still there.
 */
export async function renamedIdentity(
  ctx: Context,
  from: string,
  path: string,
): Promise<ListIdentity> {
  const lists = await ctx.store.lists();
  const old = lists.find((list) => list.path === from);
  if (old === undefined) throw new PawlError('list_not_found', `${from} is no known list`);
  if (from === path) throw new PawlError('usage', `the list is known as ${path} already`);
  const real = await realPath(ctx, from);
  if (real !== null && real !== (await realPath(ctx, path))) {
    throw new PawlError('list_exists', `${from} is still there, so ${path} is another list`);
  }
  const there = lists.find((list) => list.path === path);
  const { renames } = await renaming(ctx, old, there);
  return { ...(await asKnown(ctx, path, old)), renames, findings: [] };
}

type Verdict = 'identical' | ReturnType<typeof compareLists>;

/** A path that leads to the file of a known list is another name of that list. */
async function sameFile(
  ctx: Context,
  lists: readonly ListSummary[],
  path: string,
): Promise<ListSummary | null> {
  const real = await realPath(ctx, path);
  if (real === null) return null;
  for (const list of lists) {
    const mayBe = list.path === real || list.realPath === real;
    // Where its own path leads to by now is what counts, not where it once led.
    if (mayBe && (await realPath(ctx, list.path)) === real) return list;
  }
  return null;
}

async function goneLists(
  { world }: Context,
  lists: readonly ListSummary[],
): Promise<readonly ListSummary[]> {
  const { processes, files } = world;
  const ours = lists.filter(({ homeHost }) => homeHost === null || homeHost === processes.host);
  const there = await Promise.all(ours.map(({ path }) => isThere(files, path)));
  return ours.filter((_, index) => there[index] === false);
}

async function isThere(files: World['files'], path: string): Promise<boolean> {
  try {
    return (await files.facts(path)) !== null;
  } catch {
    return true; // a folder that cannot be looked into: who knows
  }
}

async function judge({ store }: Context, list: ListSummary, file: ListFile): Promise<Verdict> {
  if (list.seenHash === listHash(file.bytes)) return 'identical';
  const [tasks, boxes] = await Promise.all([
    store.tasks({ listId: list.listId }),
    store.knownBoxes(list.listId),
  ]);
  const made = new Set(boxes.flatMap((box) => (box.named === true ? [] : box.taskId)));
  const stored = tasks.map(({ taskId, description }) => ({
    ...{ taskId, description },
    explicitId: !made.has(taskId),
  }));
  return compareLists(stored, file.document.tasks);
}

async function asKnown({ store }: Context, path: string, list: ListSummary): Promise<ListIdentity> {
  return { path, list, knownBoxes: await store.knownBoxes(list.listId), findings: [] };
}

async function renaming(
  ctx: Context,
  list: ListSummary,
  there?: ListSummary,
): Promise<{ readonly renames: RenamedList }> {
  const gone = (await ctx.store.instances()).filter((one) => isSurelyGone(one, hereOf(ctx)));
  const renames = {
    ...{ listId: list.listId, from: list.path },
    deadExecutors: gone.map((one) => one.id),
    ...(there === undefined ? {} : { replaces: there.listId }),
  };
  return { renames };
}

function mayBeMoved(list: ListSummary, path: string): Finding {
  const message = `this list may be ${list.path}, which is gone; it is taken for a new one`;
  const remedy = `If it is the same: \`pawl rename-list ${list.path} ${path}\`.`;
  return finding('list_may_be_moved', { line: 0 }, message, remedy);
}

async function realPath({ world }: Context, path: string): Promise<string | null> {
  try {
    return await world.files.realPath(path);
  } catch {
    return null; // there is no such file: then it is no other name of one that is known
  }
}
