import { PawlError } from '../../domain/errors.ts';
import { sessionOf } from '../../domain/holder.ts';
import type { AttemptOutcomeKind } from '../../domain/outcome.ts';
import type { ClaimHolder, ClaimRef, Client, Progress } from '../claims.ts';
import type { ClaimedTask } from '../store.ts';
import { existingTask, type TaskRow } from './task-row.ts';
import { change, row, type Verb, type VerbContext } from './verb.ts';

const SEEN =
  'INSERT INTO sessions (session_id, client_name, client_version, client_id, root, ' +
  'created_at_ms, seen_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?) ' +
  'ON CONFLICT (session_id) DO UPDATE SET seen_at_ms = excluded.seen_at_ms, ' +
  'client_id = excluded.client_id';
const EPOCH = 'SELECT epoch FROM store_meta WHERE one = 1';
const ATTEMPT =
  'SELECT fence, holder_id AS claimantId, outcome, error, result_json AS resultJson ' +
  'FROM task_attempts WHERE task = ? AND fence = ?';
const CLIENT_OF = 'SELECT client_id AS clientId FROM sessions WHERE session_id = ?';
/** By the fence once more: on a shared database somebody else may have come between. */
const STILL = "WHERE id = ? AND fence = ? AND coalesce(status, '') = 'running'";
const EXTEND = `UPDATE task_queue SET lease_until_ms = ?, updated_at = ? ${STILL}`;
const SET_PROGRESS = `UPDATE task_queue SET progress_json = ?, updated_at = ? ${STILL}`;

/** One attempt of a task, as its row tells of it. */
export interface AttemptRow {
  readonly fence: number;
  readonly claimantId: string;
  readonly outcome: AttemptOutcomeKind | null;
  readonly error: string | null;
  readonly resultJson: string | null;
}

/** What a call is about: the task as it is, and the attempt that the caller means. */
export interface MeantAttempt {
  readonly task: TaskRow;
  readonly epoch: number;
  readonly fence: number;
  /** Null for a fence that was never given. */
  readonly attempt: AttemptRow | null;
  /** The task runs in this attempt. */
  readonly stands: boolean;
}

/** The session of the caller is known, and was heard of now. */
export function* noteClient(ctx: VerbContext, client: Client): Verb<void> {
  const { sessionId, name, version, clientId, root } = client;
  yield* change(SEEN, sessionId, name, version, clientId, root, ctx.nowMs, ctx.nowMs);
}

/**
 * The attempt that a call is about. A fence is believed whoever brings it: it was given to the
 * caller, or to whom the caller works for. Without one the latest attempt must be of the same
 * client: that what it says is repeated, or late, is then answered as with the fence.
 *
 * @throws PawlError `claim_needed`; `stale_fence` for a claim from before a restore.
 */
export function* meantAttempt(ref: ClaimRef, client: Client): Verb<MeantAttempt> {
  const task = yield* existingTask(ref.id);
  const epoch = yield* storeEpoch();
  if (ref.epoch !== null && ref.epoch !== epoch) throw fromBeforeRestore(task, ref);
  const fence = ref.fence ?? task.fence;
  const attempt = (yield* row<AttemptRow>(ATTEMPT, task.id, fence)) ?? null;
  const stands = task.status === 'running' && task.fence === fence;
  if (ref.fence === null && !(yield* isOfClient(attempt, client))) throw claimNeeded(task);
  return { task, epoch, fence, attempt, stands };
}

export function* storeEpoch(): Verb<number> {
  return (yield* row<{ epoch: number }>(EPOCH))?.epoch ?? 1;
}

/** The attempt was claimed by this very client, in this session or a former one. */
export function* isOfClient(attempt: AttemptRow | null, client: Client): Verb<boolean> {
  const sessionId = attempt === null ? null : sessionOf(attempt.claimantId);
  if (sessionId === null) return false;
  const session = yield* row<{ clientId: string | null }>(CLIENT_OF, sessionId);
  return session?.clientId === client.clientId;
}

/** Who holds a running attempt, from whom it was claimed and who has it now. */
export function holderOf({ task, attempt }: Pick<MeantAttempt, 'task' | 'attempt'>): ClaimHolder {
  if (sessionOf(task.holderId ?? '') !== null) return 'client';
  return sessionOf(attempt?.claimantId ?? '') === null ? 'executor' : 'verifier';
}

/** A lease is never made shorter: somebody relies on it. */
export function* extendLease(ctx: VerbContext, task: TaskRow, leaseMs: number): Verb<TaskRow> {
  const leaseUntilMs = Math.max(task.leaseUntilMs ?? 0, ctx.nowMs + leaseMs);
  yield* change(EXTEND, leaseUntilMs, ctx.nowText, task.id, task.fence);
  return { ...task, leaseUntilMs };
}

/** No event: the row says how far it is, and with its fence of which attempt. */
export function* keepProgress(
  ctx: VerbContext,
  task: TaskRow,
  progress: Progress | null,
): Verb<void> {
  if (progress === null) return;
  const { percent, note } = progress;
  const said = JSON.stringify({ percent, note, atMs: ctx.nowMs, fence: task.fence });
  yield* change(SET_PROGRESS, said, ctx.nowText, task.id, task.fence);
}

export function claimedOf(task: TaskRow): ClaimedTask {
  return {
    id: task.id,
    listId: task.listId,
    taskId: task.taskId,
    agent: task.assignedAgent,
    fence: task.fence,
    term: task.holderTerm,
    attempt: task.claims,
    leaseUntilMs: task.leaseUntilMs ?? 0,
  };
}

function claimNeeded(task: TaskRow): PawlError {
  const held = task.status === 'running' ? 'held by somebody else' : task.status;
  return new PawlError('claim_needed', `${task.taskId} is ${held}: you have no claim on it`, {
    details: { id: task.id, taskId: task.taskId, status: task.status, holder: task.holderId },
  });
}

function fromBeforeRestore(task: TaskRow, ref: ClaimRef): PawlError {
  const message = `${task.taskId}: the store was restored since it was claimed; claim it again`;
  const { id, taskId, status } = task;
  return new PawlError('stale_fence', message, {
    details: { id, taskId, status, fence: ref.fence, epoch: ref.epoch },
  });
}
