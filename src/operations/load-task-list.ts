import { type ErrorCode, isPawlError, PawlError } from '../domain/errors.ts';
import type { KnownBox } from '../domain/tasklist/box-names.ts';
import type { Finding } from '../domain/tasklist/model.ts';
import { mayBeInSaving, unlessGone } from '../listfile/file/file-facts.ts';
import { type LoadedList as ListFile, readList } from '../listfile/file/read-list.ts';
import { listHash } from '../listfile/marks/discharge-marks.ts';
import { moveSidecar } from '../listfile/marks/sidecar.ts';
import type { LoadedList, LoadList, Store } from '../store/store.ts';
import { identifyList, type ListIdentity, renamedIdentity } from './identify-list.ts';
import { type OperationContext, operation } from './operation.ts';
import { requireListFile } from './resolve-list.ts';
import { type Look, untilSettled } from './until-settled.ts';

export interface LoadTaskList {
  /** Absolute. */
  readonly path: string;
  /** Start tasks although a dependency of theirs does not exist. */
  readonly ignoreMissing?: boolean;
  /** The list may come from another host: both mean the same file. */
  readonly join?: boolean;
  /** Marks go into the file; default true. */
  readonly writeBack?: boolean;
  readonly listBytesMax?: number;
  /** The list is known under this path, and goes on under `path`. */
  readonly from?: string;
  /** A command just changed a task in the file: that a known line says something else is meant. */
  readonly edited?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Read a list file and bring the store to what it says, in one transaction; a list with a finding
 * of severity `error` changes nothing. Loading the same file again changes nothing. A file that was
 * moved goes on with its list, and so does another name of the same file. Half a file, as editors
 * leave it for a moment, is waited over.
 *
 * @throws PawlError those of `readListFile`; `list_foreign_host`; `list_in_use` when somebody
 *   executes the list under its former path; `list_changed` when others change it all the time.
 */
export async function loadTaskList(
  ctx: OperationContext,
  input: LoadTaskList,
): Promise<LoadedList> {
  return await operation(ctx, { operation: 'load-task-list', list: input.path }, async () => {
    const loaded = await asItIs(async () => {
      const { load } = await readyToLoad(ctx, input);
      const done = await ctx.store.loadList(load);
      if (load.renames !== undefined) await takeSidecarAlong(ctx, load.renames.from, load.path);
      return done;
    });
    const { added, updated, archived, list } = loaded;
    ctx.log.info('list.loaded', { list: list.path, added, updated, archived });
    return loaded;
  });
}

/** That it could not be is said, and changes nothing: the next marks are written anew. */
async function takeSidecarAlong(ctx: OperationContext, from: string, to: string): Promise<void> {
  try {
    await moveSidecar(ctx.world, from, to);
  } catch (cause) {
    ctx.log.warn('marks.failed', { list: to }, cause);
  }
}

/** Read again what somebody else changed while it was read. */
export async function asItIs<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (cause) {
      if (!isPawlError(cause, 'list_changed') || tries >= TRIES_MAX) throw cause;
    }
  }
}

const TRIES_MAX = 10;

/**
 * The list that a file is, as it is stored (null for a new one), and the path under which it is
 * known: what loading the file would go on with.
 */
export async function listOfFile(
  ctx: LoadContext,
  input: Pick<LoadTaskList, 'path' | 'from' | 'listBytesMax'>,
): Promise<Pick<ListIdentity, 'path' | 'list'>> {
  return await identityOf(ctx, input);
}

export interface ReadyToLoad {
  readonly load: LoadList;
  readonly file: ListFile;
  /** Nobody saved it since it was seen last, but for the marks that Pawl wrote. */
  readonly isAsSeen: boolean;
}

type LoadContext = Pick<OperationContext, 'world'> & { readonly store: Store | null };

/**
 * Everything that the store needs to load a list, or to say what loading it would change, once the
 * file is settled: what is half saved must not be taken for an edit.
 */
export async function readyToLoad(ctx: LoadContext, input: LoadTaskList): Promise<ReadyToLoad> {
  return await untilSettled(ctx.world, () => lookToLoad(ctx, input), input.signal);
}

async function lookToLoad(ctx: LoadContext, input: LoadTaskList): Promise<Look<ReadyToLoad>> {
  try {
    const ready = await readNow(ctx, input);
    const content = (): string =>
      JSON.stringify(ready.load.document.tasks.map(({ mark: _, ...task }) => task));
    return { isDoubtful: await mayTakeAway(ctx, ready, input), content, take: () => ready };
  } catch (cause) {
    if (!isPawlError(cause) || !OF_HALF_A_FILE.has(cause.code)) throw cause;
    const facts = await unlessGone(ctx.world.files.facts(input.path));
    const isNow = facts === null || mayBeInSaving(ctx.world.clock, facts);
    const known = (await ctx.store?.listByPath(input.path)) ?? null;
    const isDoubtful = isNow && known !== null;
    const take = (): never => {
      throw facts === null && known !== null ? fileGone(known.path, cause) : cause;
    };
    return { isDoubtful, content: () => cause.code, take };
  }
}

/** Of a list that is known: its tasks are there, and only its file is to be named anew. */
function fileGone(path: string, cause: PawlError): PawlError {
  const message =
    `the file of the list ${path} is gone. If it was moved: \`pawl load NEWFILE\` goes on with ` +
    `it, and \`pawl rename-list ${path} NEWFILE\` where its content changed much`;
  return new PawlError('list_unreadable', message, { details: { path }, cause });
}

/** What a list that was sound may be refused with while it is saved. */
const OF_HALF_A_FILE: ReadonlySet<ErrorCode> = new Set([
  ...(['list_unreadable', 'list_empty', 'list_not_text', 'list_invalid'] as const),
]);

/** Of a list that was saved just now: whether loading it would remove or shorten anything. */
async function mayTakeAway(
  { world, store }: LoadContext,
  { load, file, isAsSeen }: ReadyToLoad,
  { edited = false }: LoadTaskList,
): Promise<boolean> {
  if (store === null || isAsSeen || !mayBeInSaving(world.clock, file.facts)) return false;
  const { list, added, updated, archived } = await store.previewLoad(load);
  if (list === null) return false;
  const isCut = added > 0 && file.bytes.at(-1) !== LINE_END;
  return archived > 0 || isCut || (updated > 0 && !edited);
}

const LINE_END = 0x0a;

async function readNow(ctx: LoadContext, input: LoadTaskList): Promise<ReadyToLoad> {
  const identity = await identityOf(ctx, input);
  const { path, knownBoxes, knownLists, renames } = identity;
  const file = await readListFile(ctx, { ...input, knownBoxes });
  const findings = [...identity.findings, ...file.document.findings];
  const load = {
    path,
    realPath: file.realPath,
    host: ctx.world.processes.host,
    document: { ...file.document, findings },
    seenHash: listHash(file.bytes),
    seenText: file.source.text,
    ignoreMissing: input.ignoreMissing ?? false,
    joinHost: input.join ?? false,
    writeBack: input.writeBack ?? true,
    knownBoxes,
    ...(knownLists === undefined ? {} : { knownLists }),
    ...(renames === undefined ? {} : { renames }),
  };
  return { load, file, isAsSeen: identity.list?.seenHash === load.seenHash };
}

async function identityOf(
  { world, store }: LoadContext,
  input: LoadTaskList,
): Promise<ListIdentity> {
  const { path, from } = input;
  await requireListFile({ world, store }, from ?? path);
  await requireListFile({ world, store }, path);
  if (store === null) return { path, list: null, knownBoxes: [], findings: [] };
  if (from !== undefined) return await renamedIdentity({ world, store }, from, path);
  return await identifyList({ world, store }, path, () => readListFile({ world }, input));
}

/**
 * Read a list file that Pawl could take.
 *
 * @throws PawlError `list_unreadable`, `list_not_a_file`, `list_not_text`, `list_too_large`,
 *   `list_empty`, `list_cycle` (the path in its message), `list_invalid`; `details.findings` has
 *   everything that was found.
 */
export async function readListFile(
  { world }: Pick<OperationContext, 'world'>,
  input: Pick<LoadTaskList, 'path' | 'listBytesMax' | 'signal'> & {
    readonly knownBoxes?: readonly KnownBox[];
  },
): Promise<ListFile> {
  const { path, listBytesMax, knownBoxes, signal } = input;
  const file = await readList(world, path, {
    ...(knownBoxes === undefined ? {} : { knownBoxes }),
    ...(listBytesMax === undefined ? {} : { listBytesMax }),
    ...(signal === undefined ? {} : { signal }),
  });
  const { findings } = file.document;
  const errors = findings.filter((finding) => finding.severity === 'error');
  const cycle = errors.find((finding) => finding.code === 'dependency_cycle');
  if (cycle !== undefined) throw refused('list_cycle', cycle.message, { path, findings });
  if (errors.length > 0) {
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    throw refused('list_invalid', `${errors[0]?.message}${more}`, { path, findings });
  }
  return file;
}

function refused(
  code: 'list_cycle' | 'list_invalid',
  message: string,
  details: { readonly path: string; readonly findings: readonly Finding[] },
): PawlError {
  return new PawlError(code, `${details.path}: ${message}`, { details: { ...details } });
}
