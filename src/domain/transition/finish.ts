import { assertNever } from '../errors.ts';
import type { FailureCause, TaskEvent } from '../event.ts';
import type { AttemptOutcome } from '../outcome.ts';
import { retryDelay } from '../retry.ts';
import type { RetryPolicy, TaskState } from '../task.ts';
import { accept, type Decision, refuse } from './decision.ts';

export interface Finish {
  readonly fence: number;
  /** Given by a holder; an agent proves itself by the fence alone. */
  readonly holder?: { readonly id: string; readonly term: number };
  readonly outcome: AttemptOutcome;
  readonly policy: RetryPolicy;
  /** In [0, 1): the jitter of the delay before a retry. */
  readonly chance: number;
  readonly nowMs: number;
}

/**
 * End an attempt with its outcome: exactly one outcome is ever accepted for a fence. A result that
 * comes after its lease expired is still welcome while nobody has claimed the task again.
 */
export function finish(task: TaskState, input: Finish): Decision {
  if (task.fence !== input.fence || task.status !== 'running') {
    return refuse('stale_fence', 'the attempt is over: its outcome came too late', {
      fence: input.fence,
      currentFence: task.fence,
      status: task.status,
    });
  }
  const { holder } = input;
  if (holder !== undefined && (holder.id !== task.holderId || holder.term !== task.holderTerm)) {
    return refuse('stale_term', 'another process watches over this attempt now', {
      holder: task.holderId,
      term: task.holderTerm,
    });
  }
  return accept(task, eventFor(task, input), input.nowMs);
}

/** Whatever is known of the task. */
export function completedBy({ summary }: { readonly summary?: string }): TaskEvent {
  return { kind: 'completed', by: 'agent', ...(summary === undefined ? {} : { summary }) };
}

function eventFor(task: TaskState, input: Finish): TaskEvent {
  const { outcome, policy, nowMs, chance } = input;
  switch (outcome.kind) {
    case 'succeeded':
      return completedBy(outcome);
    case 'errored':
      return task.attempts >= policy.attemptsMax
        ? { kind: 'failed', error: outcome.error, cause: outcome.cause }
        : {
            kind: 'retry_scheduled',
            error: outcome.error,
            cause: outcome.cause,
            dueAtMs: dueAt(nowMs, retryDelay(policy, task.attempts, chance)),
          };
    case 'released':
      return { kind: 'released', reason: outcome.reason, dueAtMs: 0 };
    case 'rate_limited':
      return {
        kind: 'released',
        reason: 'rate_limit',
        note: outcome.note,
        dueAtMs: dueAt(nowMs, outcome.retryAfterMs),
      };
    case 'revise':
      return task.revisions >= policy.revisionsMax
        ? failed(`asked for a revision more than ${policy.revisionsMax} times`, 'revisions')
        : { kind: 'released', reason: 'revise', note: outcome.note, dueAtMs: 0 };
    case 'blocked':
      return { kind: 'waiting', reason: outcome.reason };
    case 'cancelled':
      return { kind: 'cancelled', by: 'person', reason: outcome.reason };
    case 'skipped':
      return { kind: 'skipped', by: 'person', reason: outcome.reason };
    case 'lost':
      return task.crashCount + 1 >= policy.crashesMax
        ? failed(`lost ${policy.crashesMax} times, last: ${outcome.reason}`, 'crash')
        : {
            kind: 'lost',
            reason: outcome.reason,
            dueAtMs: dueAt(nowMs, retryDelay(policy, task.crashCount + 1, chance)),
          };
    default:
      return assertNever(outcome);
  }
}

function failed(error: string, cause: FailureCause): TaskEvent {
  return { kind: 'failed', error, cause };
}

/** 0 means now: a task that is due at once is ready without waiting for the scheduler. */
function dueAt(nowMs: number, delayMs: number): number {
  return delayMs <= 0 ? 0 : nowMs + delayMs;
}
