import { createHash } from 'node:crypto';
import { timeText } from '../../domain/time-text.ts';
import type { FileFacts, HeldFile } from '../../world/files.ts';
import { pause } from '../../world/timers.ts';
import type { World } from '../../world/world.ts';
import { SAVING_MS, unlessGone } from './file-facts.ts';

/**
 * A list file that was replaced and is kept, because an editor may have saved into it, or may still
 * do so through its open descriptor. Its name says of which list it is and what it held:
 *
 * ```
 * <time>-<list>-<content>-<name>      kept; with another content by now, somebody saved it
 * unmerged-<time>-<list>-<name>       holds a save that could not be merged: for a person
 * ```
 */
export interface ReplacedFile {
  readonly path: string;
  /** Digits of its time: names sort by it. */
  readonly at: string;
  readonly content: string;
  readonly name: string;
}

/** Before a file is replaced: its second name. `held` when it is a copy, for want of a link. */
export interface Keeping {
  readonly file: ReplacedFile;
  readonly held: HeldFile | null;
}

/** Digits of a hash: enough to tell apart the states of one file. */
const CONTENT_DIGITS = 12;
const LIST_DIGITS = 8;
/** Characters of the list's own name, from its end: a name has at most 255 bytes. */
const NAME_MAX = 40;
const KEPT = /^(\d{17})-([0-9a-f]{8})-([0-9a-f]{12})-(.+)$/s;
const UNMERGED = 'unmerged-';

/** Where a link cannot be: another file system, one without links, somebody else's file. */
const NO_LINK: ReadonlySet<unknown> = new Set([
  ...['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'],
]);

/**
 * Keep a file that is about to be replaced. A hard link shows whatever is saved into the file later
 * on, too; where there can be none it is a copy, with a descriptor to see what came after. Null
 * when it is not there any more.
 */
export async function keepFile(
  world: World,
  folder: string,
  {
    realPath,
    bytes,
    facts,
  }: {
    readonly realPath: string;
    readonly bytes: Uint8Array;
    /** A copy has the mode of what it was made from. */
    readonly facts?: FileFacts;
  },
): Promise<Keeping | null> {
  const { files, clock } = world;
  await files.makeDirectory(folder);
  for (let atMs = clock.now(); ; atMs += 1) {
    const file = replacedFile(folder, realPath, bytes, atMs);
    try {
      await files.link(realPath, file.path);
      return { file, held: null };
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      if (code === 'EEXIST') continue; // kept in the same millisecond, or the clock was set back
      if (code === 'ENOENT') return null;
      if (!NO_LINK.has(code)) throw error;
      const held = await unlessGone(files.hold(realPath));
      if (held === null) return null;
      await files.replace(file.path, bytes, facts);
      return { file, held };
    }
  }
}

/**
 * Look whether an editor saved into a file since it was read, which is replaced by now, and wait
 * until the editor is done. Null when it did not, or goes on for too long: a later look sees it.
 */
export async function savedInto(world: World, { file, held }: Keeping): Promise<Uint8Array | null> {
  const read = (): Promise<Uint8Array> => held?.read() ?? world.files.read(file.path);
  const { clock, timers } = world;
  let saved = await read();
  if (contentHash(saved) === file.content) return null;
  const begunAt = clock.monotonic();
  let since = begunAt;
  let isDone = false;
  while (!isDone && clock.monotonic() - begunAt < SETTLE_MAX_MS) {
    await pause(timers, SETTLE_LOOK_MS);
    const now = await read();
    if (contentHash(now) !== contentHash(saved)) since = clock.monotonic();
    saved = now;
    isDone = clock.monotonic() - since >= SAVING_MS;
  }
  if (held !== null) await world.files.replace(file.path, saved);
  return !isDone || saved.length === 0 || contentHash(saved) === file.content ? null : saved;
}

const SETTLE_LOOK_MS = 50;
const SETTLE_MAX_MS = 5_000;

/** From now on what it holds counts as taken care of. */
export async function settle(
  { files }: World,
  file: ReplacedFile,
  bytes: Uint8Array,
): Promise<void> {
  const folder = file.path.slice(0, file.path.lastIndexOf('/'));
  const [, at, list] = KEPT.exec(file.path.slice(folder.length + 1)) ?? [];
  await files.rename(file.path, `${folder}/${at}-${list}-${contentHash(bytes)}-${file.name}`);
}

/** Put aside for a person, never to be pruned; gives its path. */
export async function putAside({ files }: World, file: ReplacedFile): Promise<string> {
  const folder = file.path.slice(0, file.path.lastIndexOf('/'));
  const [, at, list] = KEPT.exec(file.path.slice(folder.length + 1)) ?? [];
  const path = `${folder}/${UNMERGED}${at}-${list}-${file.name}`;
  await files.rename(file.path, path);
  return path;
}

/** All that are kept of one list, oldest first. */
export async function replacedFiles(
  { files }: World,
  folder: string,
  realPath: string,
): Promise<readonly ReplacedFile[]> {
  const key = listKey(realPath);
  return (await namesIn({ files }, folder)).flatMap((entry) => {
    const [, at, list, content, name] = KEPT.exec(entry) ?? [];
    if (list !== key || !at || !content || !name) return [];
    return [{ path: `${folder}/${entry}`, at, content, name }];
  });
}

/** Paths of the saves, of any list, that wait for a person. */
export async function unmergedFiles(
  world: Pick<World, 'files'>,
  folder: string,
): Promise<readonly string[]> {
  const names = await namesIn(world, folder);
  return names.filter((name) => name.startsWith(UNMERGED)).map((name) => `${folder}/${name}`);
}

async function namesIn(
  { files }: Pick<World, 'files'>,
  folder: string,
): Promise<readonly string[]> {
  if ((await files.facts(folder))?.kind !== 'directory') return [];
  return [...(await files.names(folder))].sort();
}

/** Whether a file was surely left alone since it was kept, as far as times can tell. */
export function isUntouched(file: ReplacedFile, facts: FileFacts): boolean {
  return digits(facts.mtimeMs + MTIME_SLACK_MS) < file.at;
}

/** The times of a file system run in steps, and behind. */
const MTIME_SLACK_MS = 2_000;

/** A moment as the names have it, so that they can be compared. */
export function digits(ms: number): string {
  return timeText(ms).replace(/\D/g, '');
}

/** Tells the lists of one project apart. */
export function listKey(realPath: string): string {
  return hash(realPath).slice(0, LIST_DIGITS);
}

export function contentHash(bytes: Uint8Array): string {
  return hash(bytes).slice(0, CONTENT_DIGITS);
}

function hash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function replacedFile(
  folder: string,
  realPath: string,
  bytes: Uint8Array,
  atMs: number,
): ReplacedFile {
  const at = digits(atMs);
  const content = contentHash(bytes);
  const name = [...realPath.slice(realPath.lastIndexOf('/') + 1)].slice(-NAME_MAX).join('');
  const path = `${folder}/${at}-${listKey(realPath)}-${content}-${name}`;
  return { path, at, content, name };
}
