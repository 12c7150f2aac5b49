import { becomeDue } from '../../domain/transition/schedule.ts';
import { TASK_COLUMNS, type TaskRow, writeTransition } from './task-row.ts';
import { row, rows, type Verb, type VerbContext } from './verb.ts';

/** Needs the index `task_queue_delayed`; the `coalesce` keeps the planner from that by status. */
const DUE =
  `SELECT ${TASK_COLUMNS} FROM task_queue ` +
  "WHERE due_at_ms > 0 AND due_at_ms <= ? AND coalesce(status, '') = 'queued' " +
  'ORDER BY due_at_ms LIMIT 500';
export const NEXT_DUE =
  'SELECT min(due_at_ms) AS at FROM task_queue ' +
  "WHERE due_at_ms > 0 AND coalesce(status, '') = 'queued'";

/** Delayed tasks whose moment has come become ready; at most 500 in one transaction. */
export function* promoteDue(
  ctx: VerbContext,
): Verb<{ readonly promoted: number; readonly nextDueAtMs: number | null }> {
  const due = yield* rows<TaskRow>(DUE, ctx.nowMs);
  for (const task of due) {
    yield* writeTransition(ctx, { task, decision: becomeDue(task, { nowMs: ctx.nowMs }) });
  }
  const next = yield* row<{ at: number | null }>(NEXT_DUE);
  return { promoted: due.length, nextDueAtMs: next?.at ?? null };
}
