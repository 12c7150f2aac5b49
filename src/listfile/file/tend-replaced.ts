import { assertNever } from '../../domain/errors.ts';
import type { World } from '../../world/world.ts';
import { compareTexts } from './compare-texts.ts';
import { mayBeInSaving, unlessGone } from './file-facts.ts';
import {
  contentHash,
  digits,
  isUntouched,
  putAside,
  type ReplacedFile,
  replacedFiles,
  settle,
} from './replaced-files.ts';
import { type RewriteListOptions, rewriteListFile } from './rewrite-list-file.ts';

/**
 * Look again at the files that a list's writing replaced: an editor that had one of them open may
 * have saved into it since. What it saved is marked and put in place of the list, when the list
 * says nothing beyond it; what says nothing beyond the list is done with; the rest is put aside for
 * a person, and never removed. The caller holds the lock `marks:<list>`.
 *
 * @throws the Node error when a file cannot be read, written or renamed.
 */
export async function tendReplaced(
  world: World,
  path: string,
  tending: TendReplaced,
): Promise<TendedFiles> {
  const tended = { merged: 0, later: 0, putAside: [] as string[] };
  const saved = await changedReplaced(world, path, tending.keepIn);
  for (const file of saved) {
    const bytes = await world.files.read(file.path);
    const became = await tendOne(world, path, { file, bytes }, tending);
    switch (became) {
      case 'merged':
        tended.merged += 1;
        await settle(world, file, bytes);
        break;
      case 'contained':
        await settle(world, file, bytes);
        break;
      case 'alone':
        tended.putAside.push(await putAside(world, file));
        break;
      case 'later':
        tended.later += 1;
        break;
      default:
        assertNever(became);
    }
  }
  await prune(world, path, tending.keepIn);
  return tended;
}

export interface TendReplaced extends RewriteListOptions {
  /** The content with every mark as it is stored; null when it is no list. */
  readonly mark: (bytes: Uint8Array) => Promise<Uint8Array | null>;
}

export interface TendedFiles {
  readonly merged: number;
  /** Saved into just now: to be looked at again. */
  readonly later: number;
  /** Where the saves are that could not be merged. */
  readonly putAside: readonly string[];
}

/** The replaced files of a list that somebody saved into since they were replaced. */
export async function changedReplaced(
  world: World,
  path: string,
  folder: string,
): Promise<readonly ReplacedFile[]> {
  const { files } = world;
  const isChanged = async (file: ReplacedFile): Promise<boolean> => {
    const facts = await files.facts(file.path);
    if (facts === null || isUntouched(file, facts)) return false;
    const bytes = await unlessGone(files.read(file.path));
    return bytes !== null && contentHash(bytes) !== file.content;
  };
  const kept = await keptOf(world, path, folder);
  const changed = await Promise.all(kept.map(isChanged));
  return kept.filter((_, index) => changed[index]);
}

/** What nobody saved into goes after so long, and when the newer ones are so many or so large. */
const KEPT_AGE_MAX_MS = 10 * 60_000;
const KEPT_MAX = 50;
const KEPT_BYTES_MAX = 64 * 1024 * 1024;

async function tendOne(
  world: World,
  path: string,
  { file, bytes }: { readonly file: ReplacedFile; readonly bytes: Uint8Array },
  { mark, ...options }: TendReplaced,
): Promise<'merged' | 'contained' | 'alone' | 'later'> {
  const { files, clock } = world;
  const [facts, inPlace] = [await files.facts(file.path), await files.facts(path)];
  if (facts === null || inPlace === null) return 'later';
  // A crash between keeping and replacing left a second name of the list itself.
  if (facts.inode === inPlace.inode && facts.device === inPlace.device) return 'contained';
  if (mayBeInSaving(clock, facts)) return 'later';
  const current = await unlessGone(files.read(path));
  if (current === null) return 'later';
  const comparison = compareTexts(bytes, current);
  if (comparison === null) return bytes.length === 0 ? 'contained' : 'alone';
  if (!comparison.onlyInOne) return 'contained';
  if (comparison.onlyInOther) return 'alone';
  const marked = await mark(bytes);
  if (marked === null) return 'alone';
  const hash = contentHash(current);
  const result = await rewriteListFile(
    world,
    path,
    (now) => (contentHash(now) === hash ? marked : null),
    options,
  );
  return result.kind === 'written' ? 'merged' : 'later';
}

/** Remove what nobody saved into; that nobody did is looked at once more. */
async function prune(world: World, path: string, folder: string): Promise<void> {
  const { files, clock } = world;
  const oldest = digits(clock.now() - KEPT_AGE_MAX_MS);
  let count = 0;
  let bytes = 0;
  for (const file of (await keptOf(world, path, folder)).toReversed()) {
    count += 1;
    bytes += (await files.facts(file.path))?.size ?? 0;
    if (count <= KEPT_MAX && bytes <= KEPT_BYTES_MAX && file.at >= oldest) continue;
    if (contentHash(await files.read(file.path)) === file.content) await files.remove(file.path);
  }
}

async function keptOf(
  world: World,
  path: string,
  folder: string,
): Promise<readonly ReplacedFile[]> {
  const realPath = await unlessGone(world.files.realPath(path));
  return realPath === null ? [] : await replacedFiles(world, folder, realPath);
}
