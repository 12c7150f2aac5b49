import { releaseTask } from '../../operations/release-task.ts';
import type { Desk } from '../tool.ts';
import { callerOf } from './caller.ts';
import { listIdOf } from './list-wish.ts';
import { taskBrief } from './task-brief.ts';

/** Give back what one holds: queued again, and charged nothing. */
export async function releaseClaim(
  args: {
    readonly task_id: string;
    readonly claim?: string | undefined;
    readonly parent_task_id?: string | undefined;
    readonly reason?: string | undefined;
    readonly session_id?: string | undefined;
  },
  desk: Desk,
): Promise<object> {
  const { workspace, signal } = desk;
  const released = await releaseTask(workspace, {
    caller: await callerOf(desk, args.session_id),
    claim: args.claim ?? null,
    task: args.task_id,
    listId: await listIdOf(desk, args.parent_task_id),
    reason: args.reason ?? 'released by its holder',
    signal,
  });
  return { released: true, task: taskBrief(released.task) };
}
