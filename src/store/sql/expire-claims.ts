import { SESSION_HOLDER, sessionOf } from '../../domain/holder.ts';
import type { ListPolicy } from '../claims.ts';
import { finishAttempt } from './finish-attempt.ts';
import { FOR_CLAIM } from './fragments.ts';
import { TASK_COLUMNS, type TaskRow } from './task-row.ts';
import { row, rows, type Verb, type VerbContext } from './verb.ts';

/** A client holds it, and no process of ours. */
export const IS_CLIENTS = `substr(holder_id, 1, ${SESSION_HOLDER.length}) = '${SESSION_HOLDER}'`;

/** Needs the index `task_queue_running`. */
export const EXPIRED =
  `SELECT ${TASK_COLUMNS} FROM task_queue WHERE list_id = ? AND status = 'running' ` +
  `AND ${IS_CLIENTS} AND lease_until_ms < ? ORDER BY position ${FOR_CLAIM}`;
const CLIENT = 'SELECT client_name AS name FROM sessions WHERE session_id = ?';

/**
 * Tasks whose clients were silent for longer than their leases go back into the queue, each charged
 * as a lost lease; who is lost too often fails. There is nothing to adopt: such an attempt has no
 * process that we could look at. It may be claimed again at once, the lease was the pause.
 */
export function* expireClaims(
  ctx: VerbContext,
  lists: readonly ListPolicy[],
): Verb<readonly string[]> {
  const expired: string[] = [];
  for (const { listId, policy } of lists) {
    for (const task of yield* rows<TaskRow>(EXPIRED, listId, ctx.nowMs)) {
      const reason = `${yield* clientName(task)} was silent for longer than its lease`;
      yield* finishAttempt(ctx, {
        id: task.id,
        fence: task.fence,
        outcome: { kind: 'lost', reason },
        policy: { ...policy, retryDelayMs: 0 },
      });
      expired.push(task.id);
    }
  }
  return expired;
}

function* clientName(task: TaskRow): Verb<string> {
  const session = sessionOf(task.holderId ?? '');
  const found = yield* row<{ name: string | null }>(CLIENT, session);
  return found?.name ?? 'the client';
}
