import { assertNever } from '../../domain/errors.ts';
import type { AttemptOutcome } from '../../domain/outcome.ts';
import { isTerminal } from '../../domain/status.ts';
import { finish } from '../../domain/transition/finish.ts';
import type { EndRequest, FinishAttempt, Finished } from '../store.ts';
import { refusalError } from './refusal.ts';
import { concernedBy, isAnybody, resolveDependants, settleTask } from './resolve-dependants.ts';
import { decided, existing, existingTask, type TaskRow, taskOf, writeEvent } from './task-row.ts';
import { last, row, type Statement, together, type Verb, type VerbContext, write } from './verb.ts';

const END_ATTEMPT =
  'UPDATE task_attempts SET ended_at_ms = ?, outcome = ?, exit_code = ?, error = ?, ' +
  'result_json = coalesce(?, result_json) WHERE task = ? AND fence = ?';
const PAST_OUTCOME = 'SELECT outcome FROM task_attempts WHERE task = ? AND fence = ?';
const LATE_RESULT =
  "SELECT 1 AS kept FROM task_events WHERE task = ? AND kind = 'late_result' AND data_json = ?";

/**
 * End an attempt with its one outcome and, in the same transaction, free or answer the dependants.
 *
 * Repeating it with the same fence and outcome is answered the same. A stale holder's outcome
 * changes nothing; it is kept as one event `late_result`, and answered with `refused`.
 *
 * When a person asked for the task's end meanwhile and the attempt did not succeed, that wish is
 * what happens to the task, however the attempt ended: a cancelled task is never tried again.
 */
export function* finishAttempt(ctx: VerbContext, input: FinishAttempt): Verb<Finished> {
  const [found, concerned] = yield* together([taskOf(input.id), concernedBy(input)]);
  const task = existing(input.id, (found as readonly TaskRow[])[0]);
  const decision = finish(task, {
    fence: input.fence,
    ...(input.holder === undefined ? {} : { holder: input.holder }),
    outcome: asWished(task, input.outcome),
    policy: input.policy,
    chance: ctx.chance(),
    nowMs: ctx.nowMs,
  });
  if (!decision.ok) {
    const past = yield* row<{ outcome: string | null }>(PAST_OUTCOME, input.id, input.fence);
    if (past?.outcome === input.outcome.kind) return { kind: 'already', status: task.status };
    const late = past !== undefined && decision.refusal.code === 'stale_fence';
    if (late) yield* keepLateResult(ctx, task, input);
    return { kind: 'refused', error: yield* refusalError(decision.refusal, task) };
  }
  const summary = input.outcome.kind === 'succeeded' ? input.outcome.summary : undefined;
  const { now, statements } = yield* decided(ctx, { task, decision, summary });
  const writes = [...statements, endOf(ctx, task, input)];
  const isOver = isTerminal(now.status);
  if (isOver ? isAnybody(concerned) : now.pendingDeps > 0) {
    yield* together(writes);
    if (!isOver) return yield* settled(ctx, now.id);
    yield* resolveDependants(ctx, now);
  } else {
    yield* last(writes);
  }
  return { kind: 'finished', status: now.status, dueAtMs: now.dueAtMs };
}

function endOf(ctx: VerbContext, task: TaskRow, input: FinishAttempt): Statement {
  return write(
    END_ATTEMPT,
    ctx.nowMs,
    input.outcome.kind,
    input.evidence?.exitCode ?? null,
    errorOf(input.outcome),
    input.evidence?.resultJson ?? null,
    task.id,
    task.fence,
  );
}

/** Back in the queue with open dependencies: the list was changed while it ran. */
function* settled(ctx: VerbContext, id: string): Verb<Finished> {
  yield* settleTask(ctx, id);
  const { status, dueAtMs } = yield* existingTask(id);
  return { kind: 'finished', status, dueAtMs };
}

function asWished(task: TaskRow, outcome: AttemptOutcome): AttemptOutcome {
  if (task.endRequest === null || outcome.kind === 'succeeded') return outcome;
  const { verb, reason } = JSON.parse(task.endRequest) as Pick<EndRequest, 'verb' | 'reason'>;
  switch (verb) {
    case 'cancel':
      return { kind: 'cancelled', reason };
    case 'skip':
      return { kind: 'skipped', reason };
    case 'requeue':
      return { kind: 'released', reason: 'requeue' };
    default:
      return assertNever(verb);
  }
}

/** Kept once, however often a zombie repeats it. */
function* keepLateResult(ctx: VerbContext, task: TaskRow, input: FinishAttempt): Verb<void> {
  const event = {
    kind: 'late_result',
    fence: input.fence,
    outcome: input.outcome.kind,
  } as const;
  const kept = yield* row(LATE_RESULT, task.id, JSON.stringify(event));
  if (kept === undefined) yield* writeEvent(ctx, task, event);
}

function errorOf(outcome: AttemptOutcome): string | null {
  switch (outcome.kind) {
    case 'errored':
      return outcome.error;
    case 'released':
    case 'blocked':
    case 'cancelled':
    case 'skipped':
    case 'lost':
      return outcome.reason;
    case 'rate_limited':
    case 'revise':
      return outcome.note;
    case 'succeeded':
      return null;
    default:
      return assertNever(outcome);
  }
}
