import { DEFAULT_RETRY_POLICY } from '../../domain/task.ts';
import { accept } from '../../domain/transition/decision.ts';
import { finish } from '../../domain/transition/finish.ts';
import { TASK_COLUMNS, type TaskRow, writeTransition } from './task-row.ts';
import { change, row, rows, type Verb, type VerbContext } from './verb.ts';

const ALL = `SELECT ${TASK_COLUMNS} FROM task_queue ORDER BY id`;
const EPOCH = 'SELECT epoch FROM store_meta WHERE one = 1';
const SET_EPOCH = 'UPDATE store_meta SET epoch = ? WHERE one = 1';
const FORGET_LOCKS = 'UPDATE locks SET holder_id = NULL, expires_at_ms = 0';
const END_ATTEMPTS =
  "UPDATE task_attempts SET ended_at_ms = ?, outcome = 'released', error = 'restored' " +
  'WHERE ended_at_ms IS NULL';
const END_INSTANCES = 'UPDATE instances SET ended_at_ms = ? WHERE ended_at_ms IS NULL';

/** Far above what can have been claimed between the copy and the loss. */
const FENCE_STEP = 1_000_000;

/** What was handed out before the restore is void: no claim of then can look valid again. */
export function* afterRestore(ctx: VerbContext, epochFloor: number): Verb<number> {
  const epoch = yield* raiseEpoch(epochFloor);
  yield* change(FORGET_LOCKS);
  yield* change(END_INSTANCES, ctx.nowMs);
  yield* change(END_ATTEMPTS, ctx.nowMs);
  for (const task of yield* rows<TaskRow>(ALL)) {
    const released = task.status === 'running' ? yield* release(ctx, task) : task;
    const fence = released.fence + FENCE_STEP;
    const decision = accept(released, { kind: 'fence_raised', fence }, ctx.nowMs);
    yield* writeTransition(ctx, { task: released, decision });
  }
  return epoch;
}

/** Above the present one and the floor: claims that name their epoch are void by this alone. */
export function* raiseEpoch(epochFloor: number): Verb<number> {
  const meta = yield* row<{ epoch: number }>(EPOCH);
  const epoch = Math.max(meta?.epoch ?? 1, epochFloor) + 1;
  yield* change(SET_EPOCH, epoch);
  return epoch;
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
