import { cancel } from '../../domain/transition/cancel.ts';
import type { CancelBreakdown, CancelledBreakdown } from '../breakdowns.ts';
import { openBreakdown } from './breakdown-row.ts';
import { changeTask } from './change-task.ts';
import { resolveDependants } from './resolve-dependants.ts';
import { TASK_COLUMNS, type TaskRow, writeTransition } from './task-row.ts';
import { rows, type Verb, type VerbContext } from './verb.ts';

const NOT_OVER =
  `SELECT ${TASK_COLUMNS} FROM task_queue WHERE task_list_path = ? ` +
  "AND archived_at_ms IS NULL AND status IN ('queued', 'waiting', 'running') " +
  'ORDER BY position, id';

/**
 * Give up every subtask that is not over. All are cancelled before their dependants are told: none
 * of these is skipped for it. What is over stays as it ended.
 *
 * @throws PawlError `breakdown_not_found`, `breakdown_archived`.
 */
export function* cancelBreakdown(
  ctx: VerbContext,
  { parentTaskId, reason }: CancelBreakdown,
): Verb<CancelledBreakdown> {
  const { list, listId } = yield* openBreakdown(parentTaskId);
  const cancelled: TaskRow[] = [];
  const asked: string[] = [];
  for (const task of yield* rows<TaskRow>(NOT_OVER, list)) {
    if (task.status === 'running') {
      const { id } = task;
      const wish = { reason, by: 'person', confirmed: true, cascade: false } as const;
      yield* changeTask(ctx, { id, verb: 'cancel', ...wish });
      asked.push(id);
    } else {
      const decision = cancel(task, { reason, nowMs: ctx.nowMs });
      cancelled.push(yield* writeTransition(ctx, { task, decision }));
    }
  }
  for (const task of cancelled) yield* resolveDependants(ctx, task);
  return { listId, cancelled: cancelled.map(({ id }) => id), asked };
}
