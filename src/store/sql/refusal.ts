import { PawlError } from '../../domain/errors.ts';
import type { Refusal } from '../../domain/transition/decision.ts';
import { row, type Verb } from './verb.ts';

const LAST_EVENT = 'SELECT max(seq) AS seq FROM task_events WHERE task = ?';

/**
 * A domain refusal as the error that leaves the store. It names the task as it is: who holds it,
 * since when, and the number of its last event.
 */
export function* refusalError(
  refusal: Refusal,
  task: {
    readonly id: string;
    readonly taskId: string;
    readonly holderId: string | null;
    readonly startedAtMs: number | null;
  },
): Verb<PawlError> {
  const last = yield* row<{ seq: number | null }>(LAST_EVENT, task.id);
  return new PawlError(refusal.code, `${task.taskId}: ${refusal.message}`, {
    details: {
      ...refusal.details,
      id: task.id,
      taskId: task.taskId,
      holder: task.holderId,
      sinceMs: task.startedAtMs,
      event: last?.seq ?? null,
    },
  });
}
