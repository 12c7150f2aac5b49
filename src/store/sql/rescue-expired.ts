import { sessionOf } from '../../domain/holder.ts';
import type { RescueExpired } from '../instances.ts';
import { finishAttempt } from './finish-attempt.ts';
import { FOR_CLAIM } from './fragments.ts';
import { TASK_COLUMNS, type TaskRow } from './task-row.ts';
import { row, type Verb, type VerbContext } from './verb.ts';

/** That its lease is over is judged here, by the clock that wrote it. */
const OVERDUE =
  `SELECT ${TASK_COLUMNS} FROM task_queue WHERE id = ? AND fence = ? AND holder_term = ? ` +
  `AND status = 'running' AND lease_until_ms + ? < ? ${FOR_CLAIM}`;
const HOLDER = 'SELECT host, pid, ended_at_ms AS endedAtMs FROM instances WHERE id = ?';

/**
 * Tasks of other hosts whose leases are long over go back into the queue. One whose holder left in
 * good order is not charged; another one is charged as lost, and may be claimed again at once: the
 * lease was the pause. What clients hold is not looked at (see `expireClaims`).
 */
export function* rescueExpired(ctx: VerbContext, input: RescueExpired): Verb<readonly string[]> {
  const rescued: string[] = [];
  for (const { id, fence, term, policy } of input.attempts) {
    const task = yield* row<TaskRow>(OVERDUE, id, fence, term, input.overdueMs, ctx.nowMs);
    if (task === undefined || sessionOf(task.holderId ?? '') !== null) continue;
    const holder = yield* row<{ host: string; pid: number; endedAtMs: number | null }>(
      HOLDER,
      task.holderId,
    );
    const who = holder === undefined ? 'its holder' : `process ${holder.pid} on ${holder.host}`;
    const reason = `${who} did not renew its lease`;
    const left = holder !== undefined && holder.endedAtMs !== null;
    yield* finishAttempt(ctx, {
      id,
      fence,
      outcome: left ? { kind: 'released', reason: 'drain' } : { kind: 'lost', reason },
      policy: { ...policy, retryDelayMs: 0 },
    });
    rescued.push(id);
  }
  return rescued;
}
