import { isPawlError, PawlError } from '../domain/errors.ts';
import type { KnownBox } from '../domain/tasklist/box-names.ts';
import type { ListTask } from '../domain/tasklist/model.ts';
import { unifiedDiff } from '../domain/unified-diff.ts';
import type { EditedList } from '../listfile/edit/prove-edit.ts';
import { readList } from '../listfile/file/read-list.ts';
import { listKey } from '../listfile/file/replaced-files.ts';
import { type RewriteListResult, rewriteListFile } from '../listfile/file/rewrite-list-file.ts';
import type { Logger } from '../observe/logger.ts';
import type { ListSummary, Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { explainTask } from './explain-task.ts';
import { type EditLock, underEditLock } from './list-edit-lock.ts';
import { listFault } from './list-fault.ts';
import { type LoadTaskList, loadTaskList, readListFile } from './load-task-list.ts';
import type { OperationContext } from './operation.ts';
import { type TaskView, taskView } from './task-view.ts';
import { replacedDir } from './write-list-marks.ts';

/** Where a list is edited: a project, or a file alone. */
export interface ListEditContext {
  readonly world: World;
  readonly log: Logger;
  /** Null: no project knows the list, and none is made. */
  readonly store: Store | null;
  readonly stateDir: string;
}

export interface EditListFile {
  /** How the list is loaded afterwards, if the store knows it. */
  readonly loading: LoadTaskList;
  /** Say what would change, and change nothing. */
  readonly dryRun: boolean;
  readonly signal?: AbortSignal;
}

/** What of a list an edit must know beyond the file. */
export interface EditSource {
  readonly knownBoxes: readonly KnownBox[];
  /** Of every task that the list has or ever had, as stored. */
  readonly storedIds: readonly string[];
}

export type Edit = (bytes: Uint8Array, source: EditSource) => EditedList;

export interface ListEdit {
  /** The list's path. */
  readonly list: string;
  readonly taskId: string;
  /** 1-based, in the file as it is now. */
  readonly line: number;
  readonly section: string | null;
  readonly description: string;
  /** False when the file says so already, and with `dryRun`. */
  readonly written: boolean;
  /** Unified; empty when nothing changes. */
  readonly diff: string;
  readonly queue: EditedQueue;
}

/** What became of the edit in the queue. */
export type EditedQueue =
  /** `dryRun`, or no project knows the list. */
  | { readonly kind: 'not-loaded' }
  | {
      readonly kind: 'loaded';
      readonly added: number;
      readonly updated: number;
      readonly archived: number;
      readonly task: TaskView;
    }
  /** The file is changed, but the list cannot be loaded: a queue goes on with what it had. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/**
 * Change a list file by a command: under the lock of everybody who writes it, merged with whatever
 * an editor saves meanwhile. Then a list that the store knows is loaded.
 *
 * @throws PawlError whatever `edit` refuses, and those of `readList`, before anything is written;
 *   `list_foreign_host`, `lock_held`, `list_unreadable`, `list_changed`, `list_unwritable`.
 */
export async function editListFile(
  ctx: ListEditContext,
  input: EditListFile,
  edit: Edit,
): Promise<ListEdit> {
  const { path } = input.loading;
  const list = ctx.store === null ? null : await ctx.store.listByPath(path);
  requireHome(ctx, list);
  const source = await sourceOf(ctx.store, list);
  if (input.dryRun) {
    const { bytes } = await readList(ctx.world, path);
    return answerOf(path, bytes, edit(bytes, source), { written: false });
  }
  const lock = await lockOf(ctx, path, list);
  const { signal } = input;
  const waiting = signal === undefined ? {} : { signal };
  const done = await underEditLock(ctx.world, lock, waiting, () =>
    write(ctx, path, (bytes) => edit(bytes, source)),
  ).catch((cause: unknown) => {
    throw listFault(cause, path, ctx.stateDir);
  });
  const { log, store } = ctx;
  if (done.written) log.info('list.edited', { list: path, task: done.edited.task.taskId });
  const answer = answerOf(path, done.before, done.edited, done);
  if (list === null || store === null) {
    return { ...answer, queue: await loadable(ctx, input.loading) };
  }
  return { ...answer, queue: await load({ ...ctx, store }, input.loading, done.edited.task) };
}

interface Written {
  readonly before: Uint8Array;
  readonly edited: EditedList;
  readonly written: boolean;
}

async function write(
  ctx: ListEditContext,
  path: string,
  edit: (bytes: Uint8Array) => EditedList,
): Promise<Written> {
  const { world } = ctx;
  // The same checks and refusals as for every list, before anything is made.
  await readList(world, path);
  const keepIn = await keptIn(ctx, path);
  let last: Omit<Written, 'written'> | null = null;
  const rewrite = (bytes: Uint8Array): Uint8Array => {
    last = { before: bytes, edited: edit(bytes) };
    return last.edited.bytes;
  };
  try {
    const result = await rewriteListFile(world, path, rewrite, { keepIn });
    if (result.kind === 'written' || result.kind === 'unchanged') {
      return { ...(last as unknown as Written), written: result.kind === 'written' };
    }
    throw notWritten(path, result);
  } finally {
    if (ctx.store === null) await world.files.removeTree(keepIn);
  }
}

function notWritten(path: string, result: RewriteListResult): PawlError {
  if (result.kind === 'read-only') return new PawlError('list_unwritable', result.reason);
  if (result.kind === 'contended')
    return new PawlError('list_changed', `${path} is saved all the time`);
  return new PawlError('list_unreadable', `${path} went away while it was edited`);
}

/** Without a project nothing is kept: the folder beside the list goes again. */
async function keptIn(ctx: ListEditContext, path: string): Promise<string> {
  return ctx.store === null ? `${await besideList(ctx.world, path)}-kept` : replacedDir(ctx);
}

async function lockOf(
  ctx: ListEditContext,
  path: string,
  list: ListSummary | null,
): Promise<EditLock> {
  const { store, world } = ctx;
  if (store === null) return { kind: 'file', path: `${await besideList(world, path)}-lock` };
  const name = list === null ? `edit:${path}` : `marks:${list.listId}`;
  return { kind: 'stored', store, name };
}

async function besideList({ files }: World, path: string): Promise<string> {
  if ((await files.facts(path)) === null) {
    throw new PawlError('list_unreadable', `there is no file ${path}`);
  }
  const real = await files.realPath(path);
  return `${real.slice(0, real.lastIndexOf('/'))}/.pawl-edit-${listKey(real)}`;
}

/** Only the list's own host writes its file. */
function requireHome({ world }: ListEditContext, list: ListSummary | null): void {
  const home = list?.homeHost ?? null;
  if (home === null || home === world.processes.host) return;
  throw new PawlError('list_foreign_host', `${list?.path} belongs to ${home}`);
}

async function sourceOf(store: Store | null, list: ListSummary | null): Promise<EditSource> {
  if (store === null || list === null) return { knownBoxes: [], storedIds: [] };
  const { listId } = list;
  const [knownBoxes, tasks] = await Promise.all([
    store.knownBoxes(listId),
    store.tasks({ listId, archived: true }),
  ]);
  return { knownBoxes, storedIds: tasks.map((task) => task.taskId) };
}

function answerOf(
  list: string,
  before: Uint8Array,
  { bytes, task }: EditedList,
  { written }: { readonly written: boolean },
): ListEdit {
  const { taskId, line, section, description } = task;
  const decoder = new TextDecoder();
  const diff = unifiedDiff(decoder.decode(before), decoder.decode(bytes), list);
  const about = { list, taskId, line, section, description };
  return { ...about, written, diff, queue: { kind: 'not-loaded' } };
}

/** The file is written: what is wrong with the rest of the list is told, not thrown. */
async function load(
  ctx: OperationContext,
  loading: LoadTaskList,
  { taskId }: ListTask,
): Promise<EditedQueue> {
  try {
    const { list, added, updated, archived } = await loadTaskList(ctx, {
      ...loading,
      edited: true,
    });
    const found = await ctx.store.findTasks(taskId, list.listId);
    const task = found.find((one) => one.taskId === taskId && one.archivedAtMs === null);
    if (task === undefined) throw new PawlError('task_not_found', `${taskId} is gone`);
    const view = taskView(task, await explainTask(ctx, task));
    return { kind: 'loaded', added, updated, archived, task: view };
  } catch (error) {
    return refusedWith(error);
  }
}

/** Of a list that is not known: what is wrong with the rest of it is told before it is loaded. */
async function loadable(
  ctx: Pick<OperationContext, 'world'>,
  loading: LoadTaskList,
): Promise<EditedQueue> {
  try {
    await readListFile(ctx, loading);
    return { kind: 'not-loaded' };
  } catch (error) {
    return refusedWith(error);
  }
}

function refusedWith(error: unknown): EditedQueue {
  if (!isPawlError(error)) throw error;
  return { kind: 'refused', code: error.code, message: error.message };
}
