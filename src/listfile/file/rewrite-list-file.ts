import type { FileFacts } from '../../world/files.ts';
import type { World } from '../../world/world.ts';
import { LIST_BYTES_MAX } from '../grammar/parse-list.ts';
import { sameFacts, unlessGone } from './file-facts.ts';
import { keepFile, listKey, type ReplacedFile, savedInto, settle } from './replaced-files.ts';

/**
 * Change a list file as it is now: read it, let `rewrite` change its content, replace the file
 * atomically. Mode, group, line ends and symbolic link stay, the owner where permitted. An edit
 * that was saved meanwhile is rewritten in turn, so `rewrite` may be called several times and must
 * be pure. It gives the same object for "nothing to change" and null for "not this content". The
 * caller holds the lock `marks:<list>`.
 *
 * ```
 * read ─> rewrite ─> keep ─> stage ─> last look ─> rename ─> look at what was kept ─> done
 *   └───────────────────────────────── saved ┘                 saved into: rewrite that ┘
 * ```
 *
 * The file that is replaced is kept in `keepIn`; a save into it, even after it was replaced, is
 * newer than what was read, and is rewritten and put in its place. What is left is an editor that
 * renames its own new file over the list between the last look and our renaming: two system calls
 * with nothing between them (docs/decisions/0013).
 *
 * @throws the Node error (`code` ENOSPC, EROFS, EACCES ...) when the new content cannot be written
 *   or the old one cannot be kept: nothing is replaced then; whatever `rewrite` throws.
 */
export async function rewriteListFile(
  world: World,
  path: string,
  rewrite: (bytes: Uint8Array) => Uint8Array | null,
  options: RewriteListOptions,
): Promise<RewriteListResult> {
  const triesMax = options.triesMax ?? TRIES_MAX;
  let before: Replaced | null = null;
  for (let tries = 1; tries <= triesMax; tries += 1) {
    const read = await readNow(world, path, options);
    if (read.kind === 'no-file') return read;
    if (read.kind === 'moving') continue;
    // Saved anew since: that save is looked at, and the one before it stays kept.
    if (before !== null && !sameFacts(read.facts, before.facts)) before = null;
    const source: Uint8Array = before?.saved ?? read.bytes;
    const bytes = rewrite(source);
    if (bytes === null) return before?.result ?? { kind: 'refused' };
    if (bytes === read.bytes) {
      return { kind: 'unchanged', facts: read.facts, bytes, read: read.facts };
    }
    if (await isReadOnly(world, read)) {
      return { kind: 'read-only', reason: `${path} is read-only` };
    }
    world.checkpoint('before-mark');
    const put = await replaceKept(world, path, read, bytes, options.keepIn);
    if (put === null) continue;
    if (before !== null) await settle(world, before.file, before.saved);
    const result = { kind: 'written', facts: put.facts, bytes, read: read.facts } as const;
    if (put.saved === null) return result;
    before = { ...put, saved: put.saved, result };
  }
  return before?.result ?? { kind: 'contended', tries: triesMax };
}

export interface RewriteListOptions {
  /** Where the replaced file is kept: `.pawl/replaced`. */
  readonly keepIn: string;
  readonly listBytesMax?: number;
  /** How often to start over when somebody saves the file meanwhile; default 5. */
  readonly triesMax?: number;
}

export type RewriteListResult =
  | ({ readonly kind: 'written' } & RewrittenList)
  | ({ readonly kind: 'unchanged' } & RewrittenList)
  /** `rewrite` gave null. */
  | { readonly kind: 'refused' }
  /** Deleted, unreadable, no regular file or too large. */
  | { readonly kind: 'no-file'; readonly reason: string }
  /** Nobody may write it, so that it is not replaced either. */
  | { readonly kind: 'read-only'; readonly reason: string }
  /** Somebody saved it each time before we could. */
  | { readonly kind: 'contended'; readonly tries: number };

/**
 * The file that is renamed over the list; what a crash leaves of it, the next write replaces. It
 * lies where the replaced ones are kept, out of sight of git, or beside a list that is on another
 * file system than they are.
 */
export function stagedPath(realPath: string, keepIn: string | null): string {
  const key = listKey(realPath);
  if (keepIn !== null) return `${keepIn}/staged-${key}`;
  return `${folderOf(realPath)}/.pawl-staged-${key}`;
}

export interface RewrittenList {
  /** Of the file as it stands now. */
  readonly facts: FileFacts;
  readonly bytes: Uint8Array;
  /** Of the file that was rewritten. */
  readonly read: FileFacts;
}

const TRIES_MAX = 5;

interface ReadFile {
  readonly kind: 'file';
  readonly bytes: Uint8Array;
  readonly realPath: string;
  readonly facts: FileFacts;
}

async function readNow(
  world: World,
  path: string,
  { listBytesMax = LIST_BYTES_MAX }: RewriteListOptions,
): Promise<ReadFile | { kind: 'moving' } | { kind: 'no-file'; reason: string }> {
  const { files } = world;
  try {
    const facts = await files.facts(path);
    if (facts === null) return { kind: 'no-file', reason: `${path} is gone` };
    if (facts.kind !== 'file') return { kind: 'no-file', reason: `${path} is no regular file` };
    if (facts.size > listBytesMax) return { kind: 'no-file', reason: `${path} is too large` };
    const realPath = await files.realPath(path);
    const bytes = await files.readRange(realPath, 0, facts.size + 1);
    const after = await files.facts(path);
    if (after === null || !sameFacts(facts, after)) return { kind: 'moving' };
    return { kind: 'file', bytes, realPath, facts };
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code;
    if (typeof code !== 'string' || !UNREADABLE.has(code)) throw error;
    return { kind: 'no-file', reason: `${path} cannot be read (${code})` };
  }
}

const UNREADABLE: ReadonlySet<string> = new Set([
  ...['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'ELOOP'],
]);

/**
 * What its owner made read-only, or lets others not write, is not written by replacing it either,
 * though the folder would allow that. Root may write anything: for it the mode alone counts.
 */
export async function isReadOnly(
  { files }: World,
  { realPath, facts }: Pick<ReadFile, 'realPath' | 'facts'>,
): Promise<boolean> {
  if ((facts.mode & 0o222) === 0) return true;
  return (await unlessGone(files.isWritable(realPath))) === false;
}

interface Put {
  /** Of the file now in place. */
  readonly facts: FileFacts;
  /** The one that it replaced. */
  readonly file: ReplacedFile;
  /** What an editor saved into that one after it was read. */
  readonly saved: Uint8Array | null;
}

/** A replacement that went over a save, which is still to be rewritten. */
interface Replaced extends Put {
  readonly saved: Uint8Array;
  readonly result: Extract<RewriteListResult, { readonly kind: 'written' }>;
}

/** Null when the list was saved or removed meanwhile. */
async function replaceKept(
  world: World,
  path: string,
  { realPath, facts, bytes: source }: ReadFile,
  bytes: Uint8Array,
  keepIn: string,
): Promise<Put | null> {
  const { files } = world;
  const keeping = await keepFile(world, keepIn, { realPath, bytes: source, facts });
  if (keeping === null) return null;
  world.checkpoint('mark-kept');
  const staged = stagedPath(realPath, keeping.held === null ? keepIn : null);
  let isReplaced = false;
  try {
    await files.stage(staged, bytes, facts);
    // Renaming keeps all of these, and by then an editor may have saved again.
    const written = await files.facts(staged);
    world.checkpoint('mark-written');
    if (written === null || !renameIfSame(world, { staged, path, realPath, facts })) return null;
    isReplaced = true;
    world.checkpoint('mark-renamed');
    await files.syncFolder(folderOf(realPath));
    return { facts: written, file: keeping.file, saved: await savedInto(world, keeping) };
  } finally {
    await keeping.held?.release();
    if (!isReplaced) {
      await unlessGone(files.remove(staged));
      await unlessGone(files.remove(keeping.file.path));
    }
  }
}

/** The window in which a save can be lost is in here, and as short as two calls can make it. */
function renameIfSame(
  { files }: World,
  is: {
    readonly staged: string;
    readonly path: string;
    readonly realPath: string;
    readonly facts: FileFacts;
  },
): boolean {
  try {
    const now = files.factsNow(is.path);
    if (now === null || !sameFacts(now, is.facts)) return false;
    files.renameNow(is.staged, is.realPath);
    return true;
  } catch (error) {
    // Something else than a file took its place.
    const { code } = error as { readonly code?: unknown };
    if (code === 'EISDIR' || code === 'ELOOP' || code === 'ENOTDIR') return false;
    throw error;
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
