import { type ErrorCode, isPawlError, PawlError } from '../domain/errors.ts';
import { unlessGone } from '../listfile/file/file-facts.ts';
import { readAnyList } from '../listfile/file/read-list.ts';
import type { Store } from '../store/store.ts';
import type { FileFacts } from '../world/files.ts';
import { type OperationContext, operation } from './operation.ts';

export interface WritePicture {
  /** Absolute. What is there is replaced, atomically. */
  readonly file: string;
  readonly content: string;
  /** The list that was drawn: like every other list never written over, by whatever name. */
  readonly list: string;
}

/**
 * @throws PawlError `usage` for the list itself; `list_exists` for another one, known or not;
 *   `output_unwritable`.
 */
export async function writePicture(
  ctx: PictureContext,
  { file, content, list }: WritePicture,
): Promise<void> {
  await operation(ctx, { operation: 'write-picture', file }, async () => {
    const { files } = ctx.world;
    try {
      const there = await files.facts(file);
      const drawn = await files.facts(list);
      if (file === list || (there !== null && isSameFile(there, drawn))) {
        throw new PawlError('usage', `${file} is the list itself: name another file`);
      }
      if (there !== null && there.kind !== 'file') {
        throw new PawlError('output_unwritable', `${file} is no regular file`);
      }
      if (await isList(ctx, file, there)) {
        throw new PawlError('list_exists', `${file} is a list, and no picture of one`);
      }
      const place = there === null ? file : await files.realPath(file);
      await files.replace(place, content, there ?? undefined);
    } catch (cause) {
      if (cause instanceof PawlError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PawlError('output_unwritable', `cannot write ${file}: ${reason}`, { cause });
    }
  });
}

type PictureContext = Pick<OperationContext, 'world' | 'log'> & { readonly store: Store | null };

/** A list that is known, by whatever name, or a file with tasks: no picture has any. */
async function isList(
  { world, store }: PictureContext,
  file: string,
  there: FileFacts | null,
): Promise<boolean> {
  for (const { path } of (await store?.lists()) ?? []) {
    if (path === file) return true;
    if (there !== null && isSameFile(there, await unlessGone(world.files.facts(path)))) return true;
  }
  if (there === null) return false;
  try {
    return (await readAnyList(world, file)).document.tasks.length > 0;
  } catch (error) {
    if (isPawlError(error) && NO_LIST.has(error.code)) return false;
    throw error;
  }
}

const NO_LIST: ReadonlySet<ErrorCode> = new Set(['list_not_text', 'list_too_large']);

function isSameFile(one: FileFacts, other: FileFacts | null): boolean {
  return one.inode === other?.inode && one.device === other.device;
}
