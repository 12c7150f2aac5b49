import type { Priority } from '../priority.ts';
import type { OnDepFailure } from '../status.ts';
import type { Complexity } from './complexity.ts';

/** What somebody wants broken down, as they said it. Nothing in it has been looked at yet. */
export interface BreakdownPlan {
  /** Kept as given; default: `task_` and eight hexadecimal digits. Unique in the store. */
  readonly parentTaskId?: string | null;
  /** Default: the first line of the description. */
  readonly title?: string | null;
  readonly description: string;
  /** One of `COMPLEXITIES`, however it is written. */
  readonly complexity?: string | null;
  readonly context?: string | null;
  readonly subtasks: readonly SubtaskPlan[];
}

/** One subtask, as its planner said it. */
export interface SubtaskPlan {
  /** A name that the dependencies of this call may use; not stored. */
  readonly key?: string | null;
  /** Kept as given; default: the specialist and six hexadecimal digits. Unique in the breakdown. */
  readonly taskId?: string | null;
  readonly title: string;
  /** Default: the title. */
  readonly description?: string | null;
  /** The role that it is written for; any name is welcome. */
  readonly specialistType?: string | null;
  /** Keys or task ids of this call, or task ids that the breakdown has already. */
  readonly dependencies?: readonly string[] | null;
  readonly estimatedEffort?: string | null;
  /** It is done when all of these hold. */
  readonly acceptance?: readonly string[] | null;
  /** The command that checks it, as an argument vector. */
  readonly verify?: readonly string[] | UnreadCommand | null;
  /** `P1` to `P4`, or a word such as high; default P2. */
  readonly priority?: string | null;
  readonly labels?: readonly string[] | null;
  /** The agent that does it in a run; default: the run's. */
  readonly agent?: string | null;
  /** Milliseconds of one attempt. */
  readonly timeoutMs?: number | null;
  /** What becomes of it when a dependency does not complete; default: as its list says. */
  readonly onDepFailure?: OnDepFailure | null;
}

/** A command line that could not be made an argument vector: a fault of the plan. */
export interface UnreadCommand {
  readonly unread: string;
  readonly remedy: string;
}

/** A breakdown that can be stored as it is, but for the ids that were left out. */
export interface CheckedBreakdown {
  readonly parentTaskId: string | null;
  readonly title: string;
  readonly description: string;
  readonly complexity: Complexity | null;
  readonly context: string | null;
}

export interface CheckedSubtask extends SubtaskContent {
  readonly key: string | null;
  /** Null: it is to be named. */
  readonly taskId: string | null;
  /** Another one of the same call by its place (0-based), or one that is there by its task id. */
  readonly dependencies: readonly (number | string)[];
}

/** Everything that is stored of a subtask besides its id and its dependencies. */
export interface SubtaskContent {
  readonly title: string;
  readonly description: string;
  readonly specialistType: string | null;
  readonly estimatedEffort: string | null;
  readonly acceptance: readonly string[];
  readonly verify: readonly string[] | null;
  readonly priority: Priority;
  readonly labels: readonly string[];
  readonly agent: string | null;
  readonly timeoutMs: number | null;
  readonly onDepFailure: OnDepFailure | null;
}

/** Something that was read other than it was written, and is no fault. */
export interface PlanNote {
  readonly index: number | null;
  readonly key: string | null;
  readonly message: string;
}
