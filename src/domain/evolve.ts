import { assertNever } from './errors.ts';
import type { FailureCause, TaskEvent } from './event.ts';
import { NEW_TASK, type TaskState } from './task.ts';

/**
 * The state after an event. Total and deterministic: the queue's rows are nothing but this fold,
 * so whoever has the events has the state.
 */
export function evolve(state: TaskState, event: TaskEvent, atMs: number): TaskState {
  switch (event.kind) {
    case 'enqueued':
      return {
        ...state,
        status: event.as,
        endedAtMs: event.as === 'queued' ? null : atMs,
      };
    case 'claimed':
      return {
        ...state,
        status: 'running',
        attempts: state.attempts + 1,
        claims: state.claims + 1,
        fence: event.fence,
        holderId: event.holder,
        holderTerm: state.holderTerm + 1,
        dueAtMs: 0,
        statusReason: null,
        causeTaskId: null,
        startedAtMs: atMs,
        endedAtMs: null,
      };
    case 'adopted':
      return { ...state, holderId: event.holder, holderTerm: event.term };
    case 'completed':
    case 'failed':
    case 'skipped':
    case 'cancelled':
      return evolveEnd(state, event, atMs);
    case 'retry_scheduled':
      return { ...queued(state), lastError: event.error, dueAtMs: event.dueAtMs };
    case 'released':
      return {
        ...(event.reason === 'requeue' ? renewed(state) : queued(uncharged(state))),
        dueAtMs: event.dueAtMs,
        ...(event.reason === 'revise' ? { revisions: state.revisions + 1 } : {}),
        statusReason: event.note ?? null,
      };
    case 'lost':
      return {
        ...queued(uncharged(state)),
        crashCount: state.crashCount + 1,
        dueAtMs: event.dueAtMs,
        lastError: event.reason,
      };
    case 'due':
      return { ...state, dueAtMs: 0 };
    case 'waiting':
      return { ...withoutHolder(uncharged(state)), status: 'waiting', statusReason: event.reason };
    case 'retried':
    case 'requeued':
    case 'revived':
      return renewed(state);
    case 'fence_raised':
      return { ...state, fence: event.fence };
    case 'archived':
      return { ...state, held: 1, archivedAtMs: atMs };
    case 'restored':
      return { ...state, held: 0, archivedAtMs: null };
    case 'edited':
    case 'late_result':
      return state;
    default:
      return assertNever(event);
  }
}

type EndEvent = Extract<
  TaskEvent,
  { readonly kind: 'completed' | 'failed' | 'skipped' | 'cancelled' }
>;

function evolveEnd(state: TaskState, event: EndEvent, atMs: number): TaskState {
  switch (event.kind) {
    case 'completed':
      return { ...ended(state, 'completed', atMs), lastError: null, statusReason: null };
    case 'failed':
      return {
        ...ended(charged(state, event.cause), 'failed', atMs),
        lastError: event.error,
        statusReason: null,
        causeTaskId: event.causeTask ?? null,
      };
    case 'skipped':
      return {
        ...ended(uncharged(state), 'skipped', atMs),
        statusReason: event.reason,
        causeTaskId: event.causeTask ?? null,
      };
    case 'cancelled':
      return { ...ended(uncharged(state), 'cancelled', atMs), statusReason: event.reason };
    default:
      return assertNever(event);
  }
}

/** The state that a task's events lead to. */
export function fold(
  events: readonly { readonly event: TaskEvent; readonly atMs: number }[],
): TaskState {
  return events.reduce((state, { event, atMs }) => evolve(state, event, atMs), NEW_TASK);
}

function withoutHolder(state: TaskState): TaskState {
  return { ...state, holderId: null };
}

function ended(
  state: TaskState,
  status: 'completed' | 'failed' | 'skipped' | 'cancelled',
  atMs: number,
): TaskState {
  return { ...withoutHolder(state), status, dueAtMs: 0, causeTaskId: null, endedAtMs: atMs };
}

function queued(state: TaskState): TaskState {
  return {
    ...withoutHolder(state),
    status: 'queued',
    dueAtMs: 0,
    statusReason: null,
    causeTaskId: null,
    startedAtMs: null,
    endedAtMs: null,
  };
}

/** Back in the queue with a fresh budget of every kind. */
function renewed(state: TaskState): TaskState {
  return { ...queued(state), attempts: 0, crashCount: 0, revisions: 0, lastError: null };
}

/** Each limit has its own account: what failed by crashes or revisions is no charged try. */
function charged(state: TaskState, cause: FailureCause): TaskState {
  if (cause === 'crash') return { ...uncharged(state), crashCount: state.crashCount + 1 };
  return cause === 'revisions' ? uncharged(state) : state;
}

/** A running attempt that is not the task's fault costs it nothing. */
function uncharged(state: TaskState): TaskState {
  return state.status === 'running' ? { ...state, attempts: state.attempts - 1 } : state;
}
