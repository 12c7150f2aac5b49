import { type ErrorCode, isPawlError, PawlError } from '../../domain/errors.ts';

/** Primary result codes (https://www.sqlite.org/rescode.html) that mean something to a caller. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  5: 'store_busy',
  6: 'store_busy',
  8: 'store_readonly',
  10: 'store_io',
  11: 'store_corrupt',
  13: 'store_full',
  14: 'store_io',
  15: 'store_busy',
  19: 'constraint',
  26: 'store_corrupt',
};

/** What the database said, as one of our errors; anything unknown is a bug of ours. */
export function storeFault(cause: unknown, statement?: string): PawlError {
  if (isPawlError(cause)) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const extended = resultCode(cause);
  const details = {
    ...(extended === null ? {} : { sqliteCode: extended }),
    ...(statement === undefined ? {} : { statement }),
  };
  const missing = /^no such (table|column|view)/.test(message);
  const code = missing ? 'store_corrupt' : (CODES[(extended ?? -1) & 0xff] ?? 'bug');
  return new PawlError(code, `the database answered: ${message}`, { details, cause });
}

/**
 * Somebody else holds what we need; the same statement may succeed a moment later. Asked hundreds
 * of times a second while many processes write: no error is made to answer it.
 */
export function isBusy(cause: unknown): boolean {
  if (isPawlError(cause)) return cause.code === 'store_busy';
  return CODES[(resultCode(cause) ?? -1) & 0xff] === 'store_busy';
}

/** Worth another try, within limits. A constraint, say, would only be violated again. */
export function isTransient(error: PawlError): boolean {
  return error.code === 'store_busy' || error.code === 'store_io';
}

function resultCode(cause: unknown): number | null {
  if (typeof cause !== 'object' || cause === null || !('errcode' in cause)) return null;
  return typeof cause.errcode === 'number' ? cause.errcode : null;
}
