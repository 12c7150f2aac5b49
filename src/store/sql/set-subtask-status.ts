import { assertNever, PawlError } from '../../domain/errors.ts';
import { sessionOf } from '../../domain/holder.ts';
import type { TaskStatus } from '../../domain/status.ts';
import { DEFAULT_RETRY_POLICY } from '../../domain/task.ts';
import { fail } from '../../domain/transition/fail.ts';
import { hold } from '../../domain/transition/hold.ts';
import type { ClaimEnd } from '../claims.ts';
import type { SaveBreakdowns } from '../saved-breakdowns.ts';
import type { ChangeTask } from '../store.ts';
import { changeTask } from './change-task.ts';
import { claimForClient } from './claim-for-client.ts';
import { finishClaim } from './finish-claim.ts';
import { resolveDependants } from './resolve-dependants.ts';
import { existingTask, type TaskRow, writeTransition } from './task-row.ts';
import { change, type Verb, type VerbContext } from './verb.ts';

const SET_RESULT = 'UPDATE task_queue SET result_summary = ?, updated_at = ? WHERE id = ?';

export interface StatusWish {
  readonly id: string;
  readonly status: TaskStatus;
  /** What came of it; why it failed, waits or is left out. */
  readonly text: string | null;
}

type Saver = Pick<SaveBreakdowns, 'client' | 'leaseMs'>;

/**
 * Bring a subtask to a status by the transitions that lead there. What somebody else holds is not
 * touched, and what waits for others is not begun.
 *
 * @throws PawlError those of claiming, of finishing a claim, and of a person's verbs.
 */
export function* setSubtaskStatus(ctx: VerbContext, saver: Saver, wish: StatusWish): Verb<void> {
  const task = yield* existingTask(wish.id);
  if (task.status === wish.status) {
    yield* keepResult(ctx, wish);
  } else if (task.status === 'running') {
    yield* endOwn(ctx, saver, { task, wish });
  } else {
    yield* changeIdle(ctx, saver, { task, wish });
  }
}

interface Step {
  readonly task: TaskRow;
  readonly wish: StatusWish;
}

/** From running to anything else: by whoever holds it. */
function* endOwn(ctx: VerbContext, saver: Saver, { task, wish }: Step): Verb<void> {
  const end = endOf(wish);
  if (sessionOf(task.holderId ?? '') === null) throw heldByOther(task);
  const finished = yield* finishClaim(ctx, {
    ref: { id: task.id, fence: null, epoch: null },
    client: saver.client,
    end,
    resultJson: null,
    progress: null,
    // What a program says failed has failed: it tries again by saying `queued`.
    policy: { ...DEFAULT_RETRY_POLICY, attemptsMax: 0 },
    leaseMs: saver.leaseMs,
    verifier: { holderId: '', leaseMs: saver.leaseMs },
  });
  if (finished.kind === 'refused') throw finished.error;
  if (finished.kind === 'verifying') throw verified(task);
  if (wish.status === 'skipped' || wish.status === 'cancelled') {
    yield* personsVerb(ctx, wish.status === 'skipped' ? 'skip' : 'cancel', wish);
  }
}

function endOf({ status, text }: StatusWish): ClaimEnd {
  switch (status) {
    case 'completed':
      return { kind: 'succeeded', summary: text };
    case 'failed':
      return { kind: 'errored', error: text ?? UNTOLD };
    case 'waiting':
      return { kind: 'blocked', reason: text ?? UNTOLD };
    case 'queued':
    case 'skipped':
    case 'cancelled':
    case 'running':
      return { kind: 'returned', reason: text ?? UNTOLD };
    default:
      return assertNever(status);
  }
}

/** What a program says when it does not say why. */
const UNTOLD = 'saved so by a program';

function* changeIdle(ctx: VerbContext, saver: Saver, { task, wish }: Step): Verb<void> {
  const { status } = wish;
  if (status === 'completed') {
    yield* personsVerb(ctx, 'complete', wish);
    yield* keepResult(ctx, wish);
    return;
  }
  if (task.status !== 'queued') yield* personsVerb(ctx, 'requeue', wish);
  if (status === 'skipped') yield* personsVerb(ctx, 'skip', wish);
  if (status === 'cancelled') yield* personsVerb(ctx, 'cancel', wish);
  if (status === 'running') yield* claim(ctx, saver, task);
  if (status === 'waiting' || status === 'failed') yield* stopIdle(ctx, wish);
}

function* stopIdle(ctx: VerbContext, { id, status, text }: StatusWish): Verb<void> {
  const { nowMs } = ctx;
  const task = yield* existingTask(id);
  const said = text ?? UNTOLD;
  const decision =
    status === 'waiting' ? hold(task, { reason: said, nowMs }) : fail(task, { error: said, nowMs });
  const now = yield* writeTransition(ctx, { task, decision });
  if (status === 'failed') yield* resolveDependants(ctx, now);
}

function* claim(ctx: VerbContext, { client, leaseMs }: Saver, task: TaskRow): Verb<void> {
  yield* claimForClient(ctx, {
    client,
    wanted: { kind: 'task', id: task.id, inside: null },
    lists: [{ listId: task.listId, maxConcurrent: null, policy: DEFAULT_RETRY_POLICY }],
    clientMax: null,
    leaseMs,
    leasesCount: false,
  });
}

function* personsVerb(
  ctx: VerbContext,
  verb: ChangeTask['verb'],
  { id, text }: StatusWish,
): Verb<void> {
  const reason = text ?? UNTOLD;
  yield* changeTask(ctx, { id, verb, reason, by: 'person', confirmed: true, cascade: false });
}

function* keepResult(ctx: VerbContext, { id, status, text }: StatusWish): Verb<void> {
  const isResult = status === 'completed' || status === 'running' || status === 'queued';
  if (isResult && text !== null) yield* change(SET_RESULT, text, ctx.nowText, id);
}

function heldByOther(task: TaskRow): PawlError {
  const { id, taskId, holderId } = task;
  return new PawlError('lease_held', `${taskId} runs, and is held by ${holderId}`, {
    details: { id, taskId, holder: holderId, sinceMs: task.startedAtMs },
  });
}

function verified({ id, taskId }: TaskRow): PawlError {
  const message = `${taskId} has a verify command, which decides: finish it by its claim`;
  return new PawlError('illegal_transition', message, { details: { id, taskId } });
}
