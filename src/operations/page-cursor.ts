import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { PawlError } from '../domain/errors.ts';

type Key = Readonly<Record<string, string | number>>;

/**
 * Where the next page begins, as a text that its reader hands back unread. It belongs to the
 * question `about`: with another one it is refused.
 */
export function cursorOf(about: unknown, key: Key | null): string | null {
  if (key === null) return null;
  return Buffer.from(JSON.stringify([hashOf(about), key])).toString('base64url');
}

/**
 * The key that a cursor stands for; undefined without one.
 *
 * @throws PawlError `cursor_invalid` when it is damaged, or belongs to another question.
 */
export function readCursor<K extends Key>(
  about: unknown,
  cursor: string | null | undefined,
  sample: K,
): K | undefined {
  if (cursor === null || cursor === undefined || cursor === '') return undefined;
  const [hash, key] = decoded(cursor);
  if (hash !== hashOf(about)) {
    throw new PawlError('cursor_invalid', 'the cursor belongs to another question, or is damaged');
  }
  const isFine = Object.entries(sample).every(
    ([name, value]) => typeof (key as Key | null)?.[name] === typeof value,
  );
  if (!isFine) throw new PawlError('cursor_invalid', 'the cursor is damaged');
  return key as K;
}

function decoded(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return []; // whatever it is, it is none of ours
  }
}

const HASH_LENGTH = 16;

function hashOf(about: unknown): string {
  return createHash('sha256').update(JSON.stringify(about)).digest('hex').slice(0, HASH_LENGTH);
}
