import { asPawlError } from '../domain/as-pawl-error.ts';
import { PawlError } from '../domain/errors.ts';
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
