import type { TaskEvent } from '../domain/event.ts';
import { type OperationContext, operation, underSignal } from './operation.ts';
import { momentOf } from './task-view.ts';

export interface ReadEvents {
  /** Only those after this one; 0 for all. */
  readonly sinceSeq: number;
  /** The task's `id`. */
  readonly task?: string;
  readonly listId?: string;
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/** An event as it is shown. Times are UTC. */
export interface EventView {
  readonly seq: number;
  readonly at: string | null;
  /** The task's `id`. */
  readonly task: string;
  readonly event: TaskEvent;
}

/** What happened after an event, oldest first. */
export async function readEvents(
  ctx: OperationContext,
  { sinceSeq, task, listId, limit, signal }: ReadEvents,
): Promise<readonly EventView[]> {
  return await operation(ctx, { operation: 'read-events' }, async () => {
    const events = await underSignal(ctx, signal).store.events({
      afterSeq: sinceSeq,
      limit,
      ...(task === undefined ? {} : { task }),
      ...(listId === undefined ? {} : { listId }),
    });
    return events.map((one) => ({
      ...{ seq: one.seq, at: momentOf(one.atMs), task: one.task, event: one.event },
    }));
  });
}
