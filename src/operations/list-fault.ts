import { asPawlError } from '../domain/as-pawl-error.ts';
import { isPawlError, PawlError } from '../domain/errors.ts';

/**
 * What the system said when a list was to be written, as one of our codes: the list's own folder
 * has another remedy than `.pawl`, where the new content is made.
 */
export function listFault(cause: unknown, path: string, stateDir: string): PawlError {
  const { code, path: at, dest = at } = cause as NodeJS.ErrnoException & { dest?: string };
  const isOurs = dest === undefined || `${dest}/`.startsWith(`${stateDir}/`);
  if (isPawlError(cause) || isOurs || !DENIED.has(code)) return asPawlError(cause);
  return new PawlError('list_unwritable', `${path} cannot be written (${code}: ${dest})`, {
    cause,
    details: { path, systemCode: code },
  });
}

const DENIED: ReadonlySet<unknown> = new Set(['EROFS', 'EACCES', 'EPERM']);
