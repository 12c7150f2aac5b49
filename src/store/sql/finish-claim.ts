import {
  type AttemptResult,
  NO_RESULT,
  type ProposedEnd,
  readResult,
} from '../../domain/attempt-result.ts';
import { assertNever } from '../../domain/errors.ts';
import { sessionHolder, sessionOf } from '../../domain/holder.ts';
import type { AttemptOutcome } from '../../domain/outcome.ts';
import { adopt } from '../../domain/transition/adopt.ts';
import type { Decision, Refusal } from '../../domain/transition/decision.ts';
import { finishLate } from '../../domain/transition/finish-late.ts';
import type { ClaimEnd, FinishClaim, FinishedClaim } from '../claims.ts';
import {
  claimedOf,
  extendLease,
  holderOf,
  keepProgress,
  type MeantAttempt,
  meantAttempt,
  noteClient,
} from './client-claim.ts';
import { finishAttempt } from './finish-attempt.ts';
import { refusalError } from './refusal.ts';
import { resolveDependants } from './resolve-dependants.ts';
import { takeTask } from './take-tasks.ts';
import { existingTask, type TaskRow, writeTransition } from './task-row.ts';
import { change, row, type Verb, type VerbContext } from './verb.ts';

const SET_RESULT = 'UPDATE task_attempts SET result_json = ? WHERE task = ? AND fence = ?';
const NOT_LOST =
  "UPDATE task_attempts SET outcome = 'succeeded', error = NULL, ended_at_ms = ? " +
  'WHERE task = ? AND fence = ?';
const SET_SUMMARY = 'UPDATE task_queue SET result_summary = ? WHERE id = ?';
const HAS_VERIFY = 'SELECT verify_json IS NOT NULL AS has FROM task_queue WHERE id = ?';

/**
 * Take what a client says of its attempt. Exactly one end of a fence is ever accepted:
 *
 * - inside an executor's attempt it is kept as a proposal, and the exit code decides;
 * - with a `verify` command the verifier holds the attempt from here on, and the command decides;
 * - said again, it is answered with what came of it;
 * - a success that comes after its lease ran out counts while nobody has claimed the task since;
 * - anything else that comes too late changes nothing and is kept as one event `late_result`.
 *
 * @throws PawlError `claim_needed`; `stale_fence` for a claim from before a restore.
 */
export function* finishClaim(ctx: VerbContext, input: FinishClaim): Verb<FinishedClaim> {
  yield* noteClient(ctx, input.client);
  const meant = yield* meantAttempt(input.ref, input.client);
  if (!meant.stands) return yield* tooLate(ctx, input, meant);
  const heldBy = holderOf(meant);
  switch (heldBy) {
    case 'executor':
      return yield* propose(ctx, input, meant);
    case 'verifier':
      return yield* whileVerifying(input, meant);
    case 'client':
      return yield* finishOwn(ctx, input, meant);
    default:
      return assertNever(heldBy);
  }
}

function* finishOwn(
  ctx: VerbContext,
  input: FinishClaim,
  meant: MeantAttempt,
): Verb<FinishedClaim> {
  const { end, leaseMs } = input;
  const { task, epoch } = meant;
  yield* keepProgress(ctx, task, input.progress);
  if (end.kind === 'continue') {
    yield* keepResult(input, meant);
    const extended = yield* extendLease(ctx, task, leaseMs);
    return { kind: 'continued', claimed: claimedOf(extended), epoch };
  }
  yield* keepResult(input, meant);
  if (end.kind === 'succeeded' && (yield* hasVerify(task))) return yield* verify(ctx, input, meant);
  const finished = yield* finishAttempt(ctx, {
    id: task.id,
    fence: task.fence,
    outcome: outcomeOf(end),
    policy: input.policy,
  });
  if (finished.kind !== 'already') return finished;
  return yield* already(meant);
}

/** The attempt is the verifier's from here on; its fence stays. */
function* verify(
  ctx: VerbContext,
  { verifier }: FinishClaim,
  { task, epoch }: MeantAttempt,
): Verb<FinishedClaim> {
  const holder = verifier.holderId;
  const { fence, holderTerm: term } = task;
  const decision = adopt(task, { holder, fence, term, nowMs: ctx.nowMs });
  const leaseUntilMs = ctx.nowMs + verifier.leaseMs;
  const now = yield* writeTransition(ctx, { task, decision, leaseUntilMs, attemptGoesOn: true });
  return { kind: 'verifying', claimed: claimedOf(now), epoch, begun: true };
}

function* whileVerifying({ end }: FinishClaim, meant: MeantAttempt): Verb<FinishedClaim> {
  const { task, epoch } = meant;
  if (end.kind === 'succeeded') {
    return { kind: 'verifying', claimed: claimedOf(task), epoch, begun: false };
  }
  const message = 'its result is being verified: wait for that';
  return yield* refused({ code: 'lease_held', message, details: {} }, task);
}

/** Who runs inside an executor's attempt says what it wants; it ends by exiting. */
function* propose(ctx: VerbContext, input: FinishClaim, meant: MeantAttempt): Verb<FinishedClaim> {
  const { end } = input;
  if (end.kind === 'returned') {
    const message = 'an executor runs this attempt: exit with another code than 0 to give it up';
    return yield* refused({ code: 'illegal_transition', message, details: {} }, meant.task);
  }
  yield* keepProgress(ctx, meant.task, input.progress);
  yield* keepResult(input, meant);
  return { kind: 'proposed', end: proposedBy(end) };
}

function* tooLate(ctx: VerbContext, input: FinishClaim, meant: MeantAttempt): Verb<FinishedClaim> {
  const { end } = input;
  const { task, attempt, fence } = meant;
  const saidBefore =
    attempt !== null &&
    attempt.outcome !== null &&
    isSame(end, attempt.outcome, attempt.resultJson);
  if (saidBefore) return yield* already(meant);
  const late = finishLate(task, {
    fence,
    wasLost: attempt?.outcome === 'lost' && sessionOf(attempt.claimantId) !== null,
    summary: end.kind === 'succeeded' ? end.summary : null,
    nowMs: ctx.nowMs,
  });
  if (end.kind === 'succeeded' && late.ok) {
    if (!(yield* hasVerify(task))) return yield* acceptLate(ctx, input, meant, late);
    const canRun = task.status === 'queued' && task.pendingDeps === 0;
    if (canRun) return yield* verifyLate(ctx, input, meant);
  }
  if (end.kind === 'continue') return yield* stale(meant);
  const { id } = task;
  const outcome = outcomeOf(end);
  const finished = yield* finishAttempt(ctx, { id, fence, outcome, policy: input.policy });
  if (finished.kind === 'already') return yield* already(meant);
  return finished;
}

function* acceptLate(
  ctx: VerbContext,
  input: FinishClaim,
  meant: MeantAttempt,
  decision: Decision,
): Verb<FinishedClaim> {
  const { task, fence } = meant;
  const { end } = input;
  yield* keepResult(input, meant);
  const now = yield* writeTransition(ctx, { task, decision });
  yield* change(NOT_LOST, ctx.nowMs, task.id, fence);
  const summary = end.kind === 'succeeded' ? end.summary : null;
  if (summary !== null) yield* change(SET_SUMMARY, summary, task.id);
  yield* resolveDependants(ctx, now);
  return { kind: 'finished', status: now.status, dueAtMs: now.dueAtMs };
}

/** To be verified it must be held again: the client claims it anew, and has its result already. */
function* verifyLate(
  ctx: VerbContext,
  input: FinishClaim,
  { task, epoch }: MeantAttempt,
): Verb<FinishedClaim> {
  const { client, leaseMs } = input;
  const holderId = sessionHolder(client.sessionId);
  const now = { ...task, agent: null, dueAtMs: 0 };
  const { fence } = yield* takeTask(ctx, now, { holderId, defaultAgent: client.name, leaseMs });
  const claimed = yield* existingTask(task.id);
  const meant = { task: claimed, epoch, fence, attempt: null, stands: true };
  yield* keepResult(input, meant);
  return yield* verify(ctx, input, meant);
}

function* already({ task, attempt }: MeantAttempt): Verb<FinishedClaim> {
  const { status } = yield* existingTask(task.id);
  const outcome = attempt?.outcome ?? 'succeeded';
  return { kind: 'already', status, outcome, error: attempt?.error ?? null };
}

function* stale({ task, fence }: MeantAttempt): Verb<FinishedClaim> {
  const message = 'the attempt is over, the claim is worth nothing any more';
  const details = { fence, currentFence: task.fence, status: task.status };
  return yield* refused({ code: 'stale_fence', message, details }, task);
}

function* refused(refusal: Refusal, task: TaskRow): Verb<FinishedClaim> {
  return { kind: 'refused', error: yield* refusalError(refusal, task) };
}

/** What was said before stays where this call says nothing. */
function* keepResult(
  { resultJson, end }: FinishClaim,
  { task, fence, attempt }: Pick<MeantAttempt, 'task' | 'fence' | 'attempt'>,
): Verb<void> {
  const said = readResult(resultJson) ?? readResult(attempt?.resultJson ?? null) ?? NO_RESULT;
  const result: AttemptResult = { ...said, proposed: proposedBy(end), reason: reasonOf(end) };
  yield* change(SET_RESULT, JSON.stringify(result), task.id, fence);
}

function* hasVerify(task: TaskRow): Verb<boolean> {
  return (yield* row<{ has: number }>(HAS_VERIFY, task.id))?.has === 1;
}

function isSame(end: ClaimEnd, outcome: string, resultJson: string | null): boolean {
  if (end.kind === 'continue') return false;
  if (outcomeOf(end).kind === outcome) return true;
  // A verify command decided otherwise: that is the answer to this very end.
  return outcome !== 'lost' && readResult(resultJson)?.proposed === proposedBy(end);
}

function proposedBy(end: ClaimEnd): ProposedEnd | null {
  return end.kind === 'continue' || end.kind === 'returned' ? null : end.kind;
}

function reasonOf(end: ClaimEnd): string | null {
  switch (end.kind) {
    case 'revise':
      return end.note;
    case 'blocked':
    case 'returned':
      return end.reason;
    case 'errored':
      return end.error;
    case 'succeeded':
    case 'continue':
      return null;
    default:
      return assertNever(end);
  }
}

function outcomeOf(end: Exclude<ClaimEnd, { kind: 'continue' }>): AttemptOutcome {
  switch (end.kind) {
    case 'succeeded':
      return end.summary === null
        ? { kind: 'succeeded' }
        : { kind: end.kind, summary: end.summary };
    case 'errored':
      return { kind: 'errored', cause: 'reported', error: end.error };
    case 'returned':
      return { kind: 'released', reason: 'returned' };
    case 'revise':
    case 'blocked':
      return end;
    default:
      return assertNever(end);
  }
}
