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
