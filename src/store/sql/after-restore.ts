import { DEFAULT_RETRY_POLICY } from '../../domain/task.ts';
import { finish } from '../../domain/transition/finish.ts';
import { TASK_COLUMNS, type TaskRow, writeTransition } from './task-row.ts';
import { change, row, rows, type Verb, type VerbContext } from './verb.ts';

const RUNNING = `SELECT ${TASK_COLUMNS} FROM task_queue WHERE status = 'running' ORDER BY id`;
const EPOCH = 'SELECT epoch FROM store_meta WHERE one = 1';
const SET_EPOCH = 'UPDATE store_meta SET epoch = ? WHERE one = 1';
const FORGET_LOCKS = 'UPDATE locks SET holder_id = NULL, expires_at_ms = 0';
const END_ATTEMPTS =
  "UPDATE task_attempts SET ended_at_ms = ?, outcome = 'released', error = ? " +
  'WHERE ended_at_ms IS NULL';
const END_INSTANCES = 'UPDATE instances SET ended_at_ms = ? WHERE ended_at_ms IS NULL';

/** The event `fence_raised` of every task, and what it makes of their rows: see `evolve`. */
const TELL_FENCES =
  'INSERT INTO task_events (list_id, task, at_ms, kind, data_json) ' +
  "SELECT list_id, id, CAST(? AS bigint), 'fence_raised', " +
  `'{"kind":"fence_raised","fence":' || CAST(fence + CAST(? AS bigint) AS text) || '}' ` +
  'FROM task_queue ORDER BY id';
const RAISE_FENCES = 'UPDATE task_queue SET fence = fence + CAST(? AS bigint), updated_at = ?';

/** Far above what can have been claimed between the copy and the loss. */
export const FENCE_STEP = 1_000_000;

/** What was handed out before the restore is void: no claim of then can look valid again. */
export function* afterRestore(ctx: VerbContext, epochFloor: number): Verb<number> {
  const epoch = yield* raiseEpoch(epochFloor);
  yield* voidHandedOut(ctx, { fenceStep: FENCE_STEP, why: 'restored' });
  return epoch;
}

/** Above the present one and the floor: claims that name their epoch are void by this alone. */
export function* raiseEpoch(epochFloor: number): Verb<number> {
  const meta = yield* row<{ epoch: number }>(EPOCH);
  const epoch = Math.max(meta?.epoch ?? 1, epochFloor) + 1;
  yield* change(SET_EPOCH, epoch);
  return epoch;
}

/**
 * Take every lock, every attempt and every process out of a store that none of them knows, and
 * raise all fences, in a few statements whatever the number of tasks. Gives how many tasks ran;
 * they are queued again, uncharged.
 */
export function* voidHandedOut(
  ctx: VerbContext,
  { fenceStep, why }: { readonly fenceStep: number; readonly why: 'restored' | 'copied' },
): Verb<number> {
  yield* change(FORGET_LOCKS);
  yield* change(END_INSTANCES, ctx.nowMs);
  yield* change(END_ATTEMPTS, ctx.nowMs, why);
  const running = yield* rows<TaskRow>(RUNNING);
  for (const task of running) yield* release(ctx, task);
  yield* change(TELL_FENCES, ctx.nowMs, fenceStep);
  yield* change(RAISE_FENCES, fenceStep, ctx.nowText);
  return running.length;
}

function* release(ctx: VerbContext, task: TaskRow): Verb<TaskRow> {
  const decision = finish(task, {
    fence: task.fence,
    outcome: { kind: 'released', reason: 'drain' },
    policy: DEFAULT_RETRY_POLICY,
    chance: 0,
    nowMs: ctx.nowMs,
  });
  return yield* writeTransition(ctx, { task, decision });
}
