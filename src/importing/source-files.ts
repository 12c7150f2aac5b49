import { PawlError } from '../domain/errors.ts';
import type { Files } from '../world/files.ts';

/** The names in a folder; none where there is no folder. */
export async function namesIn(files: Files, folder: string): Promise<readonly string[]> {
  if ((await files.facts(folder))?.kind !== 'directory') return [];
  try {
    return await files.names(folder);
  } catch (cause) {
    return gone(cause) ? [] : unreadable(folder, cause);
  }
}

/** A file's text; null where there is none (any more). */
export async function textIn(files: Files, path: string): Promise<string | null> {
  const facts = await files.facts(path);
  if (facts?.kind !== 'file') return null;
  if (facts.size > TEXT_BYTES_MAX) {
    const message = `${path} has ${facts.size} bytes, more than ${TEXT_BYTES_MAX}`;
    throw new PawlError('import_source_unreadable', message, { details: { path } });
  }
  try {
    return new TextDecoder().decode(await files.read(path));
  } catch (cause) {
    return gone(cause) ? null : unreadable(path, cause);
  }
}

export const TEXT_BYTES_MAX = 256 * 1024 * 1024;

function gone(cause: unknown): boolean {
  return (cause as { readonly code?: unknown }).code === 'ENOENT';
}

function unreadable(path: string, cause: unknown): never {
  throw new PawlError('import_source_unreadable', `${path} cannot be read`, {
    cause,
    details: { path },
  });
}
