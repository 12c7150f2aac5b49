import type { Handle, KeepHandle } from '../store/handles.ts';
import { type OperationContext, operation, underSignal } from './operation.ts';

export interface HandleCall {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Write the handle of a call that is answered later, or how it stands now. Durable when it
 * resolves: only then may the handle be given away. One that is over stays as it ended.
 */
export async function keepHandle(
  ctx: OperationContext,
  input: KeepHandle,
  { signal }: HandleCall = {},
): Promise<Handle> {
  return await operation(ctx, { operation: 'keep-handle', kind: input.kind }, () =>
    underSignal(ctx, signal).store.keepHandle(input),
  );
}

/** A handle as it was last written; null when nobody may ask for it. */
export async function readHandle(
  ctx: OperationContext,
  handle: string,
  { signal }: HandleCall = {},
): Promise<Handle | null> {
  return await operation(ctx, { operation: 'read-handle' }, () =>
    underSignal(ctx, signal).store.handle(handle),
  );
}

export type { Handle };
