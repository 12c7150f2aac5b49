import type { ErrorCode } from '../errors.ts';
import type { TaskEvent } from '../event.ts';
import { evolve } from '../evolve.ts';
import type { TaskState } from '../task.ts';

/** Why a transition does not happen. Expected, so a value. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a verb decided: the event and the state after it, or a refusal that changes nothing. */
export type Decision =
  | { readonly ok: true; readonly next: TaskState; readonly event: TaskEvent }
  | { readonly ok: false; readonly refusal: Refusal };

export function accept(state: TaskState, event: TaskEvent, nowMs: number): Decision {
  return { ok: true, next: evolve(state, event, nowMs), event };
}

export function refuse(
  code: ErrorCode,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): Decision {
  return { ok: false, refusal: { code, message, details } };
}

/** The refusal every verb gives for a task it does not apply to. */
export function illegal(verb: string, state: TaskState): Decision {
  return refuse('illegal_transition', `a task that is ${state.status} cannot be ${verb}`, {
    status: state.status,
  });
}
