import { PawlError } from '../domain/errors.ts';
import { lengthOf } from './concise.ts';

/** Most characters of a page's items, so that what stands around them fits, too. */
const PAGE_CHARS_MAX = 8_000;

/** Where the next page begins, as the caller gets it: opaque. */
export function cursorOf(key: object): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * What a cursor says.
 *
 * @throws PawlError `cursor_invalid` for one that nobody was given.
 */
export function readCursor<T>(
  cursor: string | undefined,
  read: (key: unknown) => T | null,
): T | null {
  if (cursor === undefined) return null;
  const key = decoded(cursor);
  const found = key === undefined ? null : read(key);
  if (found === null) {
    throw new PawlError('cursor_invalid', 'this is no cursor of an answer of this call', {
      details: { cursor: cursor.slice(0, 40) },
    });
  }
  return found;
}

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined; // whatever it was: no cursor of ours
  }
}

export interface Page<T> {
  readonly items: readonly T[];
  /** How many of the candidates are on it. */
  readonly taken: number;
}

/** As many of the candidates as fit on one page; one of them always does. */
export function pageOf<T>(candidates: readonly T[], charsMax = PAGE_CHARS_MAX): Page<T> {
  let chars = 0;
  let taken = 0;
  for (const one of candidates) {
    chars += lengthOf(one) + 1;
    if (taken > 0 && chars > charsMax) break;
    taken += 1;
  }
  return { items: candidates.slice(0, taken), taken };
}
