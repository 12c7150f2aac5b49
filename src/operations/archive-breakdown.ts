import { type BreakdownView, breakdownView } from './breakdown-view.ts';
import { type OperationContext, operation, underSignal } from './operation.ts';

export interface ArchiveBreakdown {
  /** Exactly. */
  readonly parentTaskId: string;
  readonly reason?: string;
  readonly signal?: AbortSignal;
}

export interface BreakdownArchival {
  /** `already`: it was so before, and nothing changed. */
  readonly kind: 'changed' | 'already';
  readonly breakdown: BreakdownView;
}

const REASON = 'no reason was given';

/**
 * Put a breakdown away with everything that belongs to it: out of claims, counters and lists.
 * Nothing is lost; `restoreArchived` brings all of it back. Doing it twice is doing it once.
 *
 * @throws PawlError `breakdown_not_found`; `breakdown_in_use` while a subtask runs.
 */
export async function archiveBreakdown(
  ctx: OperationContext,
  { parentTaskId, reason, signal }: ArchiveBreakdown,
): Promise<BreakdownArchival> {
  const span = { operation: 'archive-breakdown', breakdown: parentTaskId };
  return await operation(ctx, span, async () => {
    const why = reason?.trim() || REASON;
    const { store } = underSignal(ctx, signal);
    const { kind, breakdown } = await store.archiveBreakdown({ parentTaskId, reason: why });
    ctx.log.info('breakdown.changed', { breakdown: parentTaskId, verb: 'archive' });
    return { kind, breakdown: breakdownView(breakdown) };
  });
}

/**
 * Bring an archived breakdown back as it was, with every subtask that was archived with it.
 *
 * @throws PawlError `breakdown_not_found`.
 */
export async function restoreArchived(
  ctx: OperationContext,
  { parentTaskId, signal }: Omit<ArchiveBreakdown, 'reason'>,
): Promise<BreakdownArchival> {
  const span = { operation: 'restore-archived', breakdown: parentTaskId };
  return await operation(ctx, span, async () => {
    const { store } = underSignal(ctx, signal);
    const { kind, breakdown } = await store.restoreBreakdown(parentTaskId);
    ctx.log.info('breakdown.changed', { breakdown: parentTaskId, verb: 'restore' });
    return { kind, breakdown: breakdownView(breakdown) };
  });
}
