import { type ErrorCode, isPawlError, PawlError } from '../domain/errors.ts';
import type { LogFields, Logger } from '../observe/logger.ts';
import type { Store } from '../store/store.ts';
import { underCall } from '../store/under-call.ts';
import type { World } from '../world/world.ts';
import type { OlderStore } from './older-store.ts';

/** What every operation works on. A workspace is one. */
export interface OperationContext {
  readonly world: World;
  /** Read anew at each use: it is another one after a rebuild. */
  readonly store: Store;
  readonly log: Logger;
  /** What an older store of the project still has, where reading from both is wanted. */
  readonly older?: OlderStore;
}

/** A project with its folders. A workspace is one. */
export interface ProjectContext extends OperationContext {
  readonly root: string;
  readonly stateDir: string;
}

/**
 * The same context, where every call of the store ends with `aborted` at once when the signal
 * aborts: what was not begun by then is not done. Any operation is made abortable by this.
 */
export function underSignal<C extends OperationContext>(
  ctx: C,
  signal: AbortSignal | undefined,
): C {
  if (signal === undefined) return ctx;
  const store = { get: () => underCall(ctx.store, { signal }), enumerable: true };
  return Object.create(ctx, { store }) as C;
}

/** Wait for something that goes on by itself, until the signal aborts: then `aborted`, at once. */
export async function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return await work;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new PawlError('aborted', 'the call was cancelled'));
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return await Promise.race([work, promise]).finally(() => {
    signal.removeEventListener('abort', abort);
  });
}

/**
 * Run one operation: whatever goes wrong leaves exactly one line in the log and comes out as a
 * `PawlError`. What the caller could have known is a refusal, the rest a failure.
 */
export async function operation<T>(
  { log }: Pick<OperationContext, 'log'>,
  span: LogFields & { readonly operation: string },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const error = asPawlError(cause);
    if (error.rule.httpStatus < 500) log.warn('operation.refused', span, error);
    else log.error('operation.failed', span, error);
    throw error;
  }
}

/** What the system said, by its name, as one of our codes. */
const SYSTEM_CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'store_full',
  EDQUOT: 'store_full',
  EROFS: 'store_readonly',
  EACCES: 'store_readonly',
  EPERM: 'store_readonly',
};

/** Any thrown value as a `PawlError`; what nobody foresaw is a bug. */
export function asPawlError(cause: unknown): PawlError {
  if (isPawlError(cause)) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const system = (cause as { readonly code?: unknown } | null)?.code;
  const isSystem = typeof system === 'string' && /^E[A-Z0-9]+$/.test(system);
  const code = isSystem ? (SYSTEM_CODES[system] ?? 'store_io') : 'bug';
  return new PawlError(code, message, { cause, details: isSystem ? { systemCode: system } : {} });
}
