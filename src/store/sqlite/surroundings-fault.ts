import { systemFault } from '../../domain/as-pawl-error.ts';
import { isPawlError, PawlError } from '../../domain/errors.ts';
import { storeFault } from './faults.ts';

/** What the database or the file system said, as one of our errors; anything else is a bug. */
export function surroundingsFault(cause: unknown): PawlError {
  if (isPawlError(cause) || !(cause instanceof Error) || !('syscall' in cause)) {
    return storeFault(cause);
  }
  const code = systemFault('code' in cause ? String(cause.code) : '');
  return new PawlError(code, `the file system answered: ${cause.message}`, { cause });
}
