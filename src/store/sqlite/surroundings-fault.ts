import { type ErrorCode, isPawlError, PawlError } from '../../domain/errors.ts';
import { storeFault } from './faults.ts';

const SYSTEM_CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'store_full',
  EDQUOT: 'store_full',
  EROFS: 'store_readonly',
  EACCES: 'store_readonly',
  EPERM: 'store_readonly',
};

/** What the database or the file system said, as one of our errors; anything else is a bug. */
export function surroundingsFault(cause: unknown): PawlError {
  if (isPawlError(cause) || !(cause instanceof Error) || !('syscall' in cause)) {
    return storeFault(cause);
  }
  const code = 'code' in cause ? (SYSTEM_CODES[String(cause.code)] ?? 'store_io') : 'store_io';
  return new PawlError(code, `the file system answered: ${cause.message}`, { cause });
}
