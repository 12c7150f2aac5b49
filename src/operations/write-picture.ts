import { PawlError } from '../domain/errors.ts';
import type { FileFacts } from '../world/files.ts';
import { type OperationContext, operation } from './operation.ts';

export interface WritePicture {
  /** Absolute. What is there is replaced, atomically. */
  readonly file: string;
  readonly content: string;
  /** The list that was drawn: never written over, by whatever name. */
  readonly list: string;
}

/** @throws PawlError `usage` for the list itself; `output_unwritable`. */
export async function writePicture(
  ctx: Pick<OperationContext, 'world' | 'log'>,
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
      const place = there === null ? file : await files.realPath(file);
      await files.replace(place, content, there ?? undefined);
    } catch (cause) {
      if (cause instanceof PawlError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PawlError('output_unwritable', `cannot write ${file}: ${reason}`, { cause });
    }
  });
}

function isSameFile(one: FileFacts, other: FileFacts | null): boolean {
  return one.inode === other?.inode && one.device === other.device;
}
