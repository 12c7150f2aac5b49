import type { FileFacts } from '../world/files.ts';

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
