import { isPawlError } from '../../domain/errors.ts';
import type { TaskStatus } from '../../domain/status.ts';
import type { FileFacts } from '../../world/files.ts';
import type { World } from '../../world/world.ts';
import { sameFacts } from '../file/file-facts.ts';
import {
  type RewriteListOptions,
  type RewriteListResult,
  rewriteListFile,
} from '../file/rewrite-list-file.ts';
import { type MarkedList, type MarkListOptions, markList } from './mark-list.ts';

/**
 * Write the wanted marks into the list file as it is now, and change nothing else in it. See
 * `rewriteListFile` for what happens to the file. The caller holds the lock `marks:<list>`.
 *
 * @throws the Node error (`code` ENOSPC, EROFS, EACCES ...) when the new content cannot be written.
 */
export async function writeMarks(
  world: World,
  path: string,
  wanted: ReadonlyMap<string, TaskStatus>,
  seen: FileFacts | null,
  options: WriteMarksOptions,
): Promise<WriteMarksResult> {
  const made = new Map<Uint8Array, MarkedList>();
  let isHalf = false;
  const rewrite = (bytes: Uint8Array): Uint8Array | null => {
    const marked = markText(bytes, wanted, options);
    if (marked === null) return null;
    isHalf = marked.missing.length > 0 && options.mayLackTasks?.(bytes) === false;
    if (isHalf) return null;
    made.set(marked.bytes, marked);
    return marked.bytes;
  };
  const result = await rewriteListFile(world, path, rewrite, options);
  if (result.kind === 'written' || result.kind === 'unchanged') {
    const { kind, facts, read, bytes } = result;
    const edited = seen !== null && !sameFacts(read, seen);
    return { kind, facts, edited, marked: made.get(bytes) as MarkedList };
  }
  if (result.kind === 'refused') {
    if (isHalf) return { kind: 'contended', tries: 1 };
    return { kind: 'no-file', reason: `${path} holds no list just now` };
  }
  return result;
}

export interface WriteMarksOptions extends MarkListOptions, RewriteListOptions {
  /** Whether a content without some of the wanted tasks is whole all the same; default: it is. */
  readonly mayLackTasks?: (bytes: Uint8Array) => boolean;
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
  /** Nothing that could be marked now, and no reason to stop working. */
  | Extract<RewriteListResult, { readonly kind: 'no-file' | 'read-only' | 'contended' }>;

/** Null when the file holds something that is no list. */
export function markText(
  bytes: Uint8Array,
  wanted: ReadonlyMap<string, TaskStatus>,
  options: MarkListOptions,
): MarkedList | null {
  try {
    const marked = markList(bytes, wanted, options);
    // Without a single task: an editor that empties the file before it writes is at work.
    return marked.marks.size === 0 ? null : marked;
  } catch (error) {
    if (isPawlError(error, 'list_not_text') || isPawlError(error, 'list_too_large')) return null;
    throw error;
  }
}
