/** Between the id proper and the folder it belongs to. */
const MARK = '.';

/**
 * An id that carries the folder of its project, so that later calls find their way with the id
 * alone, whichever process answers them.
 */
export function rootedId(id: string, root: string): string {
  return `${id}${MARK}${Buffer.from(root).toString('base64url')}`;
}

/** The folder that an id carries; null when it carries none. */
export function rootOfId(id: string | undefined): string | null {
  if (id === undefined) return null;
  const at = id.lastIndexOf(MARK);
  if (at < 0) return null;
  const root = Buffer.from(id.slice(at + 1), 'base64url').toString('utf8');
  return root.startsWith('/') && !root.includes('\0') ? root : null;
}

/** The id proper. */
export function bareId(id: string): string {
  return rootOfId(id) === null ? id : id.slice(0, id.lastIndexOf(MARK));
}
