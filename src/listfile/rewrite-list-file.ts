import type { FileFacts } from '../world/files.ts';
import type { World } from '../world/world.ts';
import { sameFacts } from './file-facts.ts';
import { LIST_BYTES_MAX } from './parse-list.ts';

/**
 * Change a list file as it is now: read it, let `rewrite` change its content, replace the file
 * atomically. Mode, owner and symbolic link stay; an edit saved before the last look is rewritten
 * in turn, so `rewrite` may be called several times and must be pure. It gives the same object for
 * "nothing to change" and null for "not this content". The caller holds the lock `marks:<list>`.
 *
 * The last look (size, time, inode) is taken between writing the new content to a file beside the
 * list and renaming it, so that only a save within that instant can be lost.
 *
 * @throws the Node error (`code` ENOSPC, EROFS, EACCES ...) when the new content cannot be written;
 *   whatever `rewrite` throws.
 */
export async function rewriteListFile(
  world: World,
  path: string,
  rewrite: (bytes: Uint8Array) => Uint8Array | null,
  options: RewriteListOptions = {},
): Promise<RewriteListResult> {
  const triesMax = options.triesMax ?? TRIES_MAX;
  for (let tries = 1; tries <= triesMax; tries += 1) {
    const read = await readNow(world, path, options);
    if (read.kind === 'no-file') return read;
    if (read.kind === 'moving') continue;
    const { facts, bytes: before } = read;
    const bytes = rewrite(before);
    if (bytes === null) return { kind: 'refused' };
    if (bytes === before) return { kind: 'unchanged', facts, bytes, read: facts };
    world.checkpoint('before-mark');
    const written = await replaceIfSame(world, path, read, bytes);
    if (written !== null) return { kind: 'written', facts: written, bytes, read: facts };
  }
  return { kind: 'contended', tries: triesMax };
}

export interface RewriteListOptions {
  readonly listBytesMax?: number;
  /** How often to start over when somebody saves the file meanwhile; default 5. */
  readonly triesMax?: number;
}

export type RewriteListResult =
  | {
      readonly kind: 'written' | 'unchanged';
      /** Of the file as it stands now. */
      readonly facts: FileFacts;
      readonly bytes: Uint8Array;
      /** Of the file that was rewritten. */
      readonly read: FileFacts;
    }
  /** `rewrite` gave null. */
  | { readonly kind: 'refused' }
  /** Deleted, unreadable, no regular file or too large. */
  | { readonly kind: 'no-file'; readonly reason: string }
  /** Somebody saved it each time before we could. */
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
