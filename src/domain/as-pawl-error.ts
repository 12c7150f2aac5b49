import { type ErrorCode, isPawlError, PawlError } from './errors.ts';

/** Any thrown value as a `PawlError`; what nobody foresaw is a bug. */
export function asPawlError(cause: unknown): PawlError {
  if (isPawlError(cause)) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const system = (cause as { readonly code?: unknown } | null)?.code;
  const isSystem = typeof system === 'string' && /^E[A-Z0-9]+$/.test(system);
  const code = isSystem ? systemFault(system) : 'bug';
  return new PawlError(code, message, { cause, details: isSystem ? { systemCode: system } : {} });
}

/** What the system said, by its name (`ENOSPC`), as one of our codes. */
export function systemFault(name: string): ErrorCode {
  return SYSTEM_CODES[name] ?? 'store_io';
}

const SYSTEM_CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'store_full',
  EDQUOT: 'store_full',
  EROFS: 'store_readonly',
  EACCES: 'store_readonly',
  EPERM: 'store_readonly',
};
