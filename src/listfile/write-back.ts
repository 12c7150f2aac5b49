import { isPawlError } from '../domain/errors.ts';
import type { TaskStatus } from '../domain/status.ts';
import type { FileFacts } from '../world/files.ts';
import type { World } from '../world/world.ts';
import { sameFacts } from './file-facts.ts';
import { type MarkedList, type MarkListOptions, markList } from './mark-list.ts';
import { LIST_BYTES_MAX } from './parse-list.ts';

/**
 * Write the wanted marks into the list file as it is now: re-read, change the marks alone, replace
 * atomically. Mode, owner, line ends, byte order mark and symbolic link stay; an edit saved before
 * the last look is kept. The caller holds the lock `marks:<list>`.
 *
 * The last look (size, time, inode) is taken between writing the new content to a file beside the
 * list and renaming it, so that only a save within that instant can be lost.
 *
 * @throws the Node error (`code` ENOSPC, EROFS, EACCES ...) when the new content cannot be written.
 */
export async function writeMarks(
  world: World,
  path: string,
  wanted: ReadonlyMap<string, TaskStatus>,
  seen: FileFacts | null,
  options: WriteMarksOptions = {},
): Promise<WriteMarksResult> {
  const triesMax = options.triesMax ?? TRIES_MAX;
  for (let tries = 1; tries <= triesMax; tries += 1) {
    const file = await readNow(world, path, options);
    if (file.kind === 'no-file') return file;
    if (file.kind === 'moving') continue;
    const { facts } = file;
    const edited = seen !== null && !sameFacts(facts, seen);
    const marked = markText(file.bytes, wanted, options);
    if (marked === null) return { kind: 'no-file', reason: `${path} is no list any more` };
    if (marked.changed.length === 0) return { kind: 'unchanged', facts, edited, marked };
    world.checkpoint('before-mark');
    const written = await replaceIfSame(world, path, file, marked.bytes);
    if (written !== null) return { kind: 'written', facts: written, edited, marked };
  }
  return { kind: 'contended', tries: triesMax };
}

export interface WriteMarksOptions extends MarkListOptions {
  /** How often to start over when somebody saves the file meanwhile; default 5. */
  readonly triesMax?: number;
}

export type WriteMarksResult =
  /** `unchanged`: the file already said so. `edited`: it is not the file that `seen` described. */
  | {
      readonly kind: 'written' | 'unchanged';
      /** Of the file as it stands now. */
      readonly facts: FileFacts;
      readonly edited: boolean;
      readonly marked: MarkedList;
    }
  /** Deleted, unreadable, no text or too large: nothing to mark, and no reason to stop working. */
  | { readonly kind: 'no-file'; readonly reason: string }
  /** Somebody saved it each time before we could; the marks are still owed. */
  | { readonly kind: 'contended'; readonly tries: number };

/** The file that is renamed over the list. Left behind by a crash, the next write replaces it. */
export function stagedPath(realPath: string): string {
  const slash = realPath.lastIndexOf('/') + 1;
  return `${realPath.slice(0, slash)}.${realPath.slice(slash)}.pawl-marks`;
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
  { listBytesMax = LIST_BYTES_MAX }: WriteMarksOptions,
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

/** Null when the file was replaced by something that is no list. */
function markText(
  bytes: Uint8Array,
  wanted: ReadonlyMap<string, TaskStatus>,
  options: WriteMarksOptions,
): MarkedList | null {
  try {
    return markList(bytes, wanted, options);
  } catch (error) {
    if (isPawlError(error, 'list_not_text') || isPawlError(error, 'list_too_large')) return null;
    throw error;
  }
}

const UNREADABLE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP']);

/** The facts of the file now in place; null when the list was saved or removed meanwhile. */
async function replaceIfSame(
  world: World,
  path: string,
  { realPath, facts }: ReadFile,
  bytes: Uint8Array,
): Promise<FileFacts | null> {
  const { files } = world;
  const staged = stagedPath(realPath);
  await files.replace(staged, bytes, facts);
  // Renaming keeps all of these, and by then an editor may have saved again.
  const written = await files.facts(staged);
  world.checkpoint('mark-written');
  const now = files.factsNow(path);
  if (written === null) return null;
  if (now === null || !sameFacts(now, facts)) {
    await files.remove(staged);
    return null;
  }
  await files.rename(staged, realPath);
  world.checkpoint('mark-renamed');
  return written;
}
