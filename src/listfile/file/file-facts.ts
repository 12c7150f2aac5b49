import type { Clock } from '../../world/clock.ts';
import type { FileFacts } from '../../world/files.ts';

/** How long an editor may pause between two pieces of a file, or between two names of it. */
export const SAVING_MS = 500;

/** Whether an editor may still be at a file that was changed then. */
export function mayBeInSaving(clock: Clock, { mtimeMs }: Pick<FileFacts, 'mtimeMs'>): boolean {
  return Math.abs(clock.now() - mtimeMs) < SAVING_MS;
}

/** Whether two looks at a path saw the same content, as far as facts can tell. */
export function sameFacts(a: FileFacts, b: FileFacts): boolean {
  return (
    a.device === b.device &&
    a.inode === b.inode &&
    a.size === b.size &&
    a.mtimeMs === b.mtimeMs &&
    a.kind === b.kind
  );
}

/** What a look at a file gives, or null when the file went away before. */
export async function unlessGone<T>(look: Promise<T>): Promise<T | null> {
  try {
    return await look;
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
