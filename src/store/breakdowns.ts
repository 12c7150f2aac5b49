import type { Complexity } from '../domain/breakdown/complexity.ts';
import type { BreakdownPlan, PlanNote, SubtaskPlan } from '../domain/breakdown/plan-model.ts';
import type { TaskStatus } from '../domain/status.ts';
import type { Call } from './call.ts';
import type { ChangedTask, ChangeTask } from './changes.ts';
import type { TaskLine } from './readings.ts';

/** The verbs by which work is planned: lists that have no file. */
export interface BreakdownVerbs {
  /** Store a breakdown with its subtasks: all of it or nothing. */
  enqueueBreakdown(input: EnqueueBreakdown, call?: Call): Promise<EnqueuedBreakdown>;
  addSubtasks(input: AddSubtasks, call?: Call): Promise<EnqueuedBreakdown>;
  updateSubtask(input: UpdateSubtask, call?: Call): Promise<UpdatedSubtask>;
  updateBreakdown(input: UpdateBreakdown, call?: Call): Promise<BreakdownSummary>;
  /** Give up all that is not over. What runs is asked to end; its ids are told. */
  cancelBreakdown(input: CancelBreakdown, call?: Call): Promise<CancelledBreakdown>;
  archiveBreakdown(input: ArchiveBreakdown, call?: Call): Promise<ArchivedBreakdown>;
  restoreBreakdown(parentTaskId: string, call?: Call): Promise<ArchivedBreakdown>;
  breakdown(parentTaskId: string, call?: Call): Promise<BreakdownSummary | null>;
  /** The same without a look at its subtasks, for who needs no counters. */
  breakdownRecord(parentTaskId: string, call?: Call): Promise<BreakdownRecord | null>;
  breakdowns(query: BreakdownQuery, call?: Call): Promise<BreakdownPage>;
}

export interface EnqueueBreakdown {
  readonly plan: BreakdownPlan;
  /** `plan`, or the name of what it was imported from. */
  readonly source: string;
  readonly sessionId: string | null;
  /** Of what is taken over from elsewhere: when it was made. Default: now. */
  readonly createdAtMs?: number;
  /** Of what is taken over from elsewhere: what had become of each subtask, in the plan's order. */
  readonly past?: readonly (SubtaskPast | null)[];
  /** Of what is taken over from elsewhere: it may have no subtask. */
  readonly mayBeEmpty?: boolean;
}

/** What became of a subtask before it came here. */
export interface SubtaskPast {
  /** What was running is queued here: nobody holds it. */
  readonly status: Exclude<TaskStatus, 'running'>;
  /** Why it failed, waits, or was left out. */
  readonly reason: string | null;
  readonly result: string | null;
  readonly createdAtMs: number | null;
  /** Null: when it was made. */
  readonly endedAtMs: number | null;
}

export interface EnqueuedBreakdown {
  readonly parentTaskId: string;
  readonly listId: string;
  /** The path of its list. */
  readonly list: string;
  readonly subtasks: readonly EnqueuedSubtask[];
  readonly notes: readonly PlanNote[];
}

export interface EnqueuedSubtask {
  readonly key: string | null;
  readonly id: string;
  readonly taskId: string;
  readonly title: string;
  readonly specialistType: string | null;
  readonly dependencies: readonly string[];
}

export interface AddSubtasks {
  readonly parentTaskId: string;
  readonly subtasks: readonly SubtaskPlan[];
}

/** What is left out stays; null takes away what may be missing. */
export type SubtaskChange = {
  readonly [K in keyof Omit<SubtaskPlan, 'key' | 'taskId'>]?: SubtaskPlan[K] | null;
};

export interface UpdateSubtask {
  /** The task's `id`. */
  readonly id: string;
  readonly change: SubtaskChange;
  /** Done in the same transaction: both happen, or neither. */
  readonly also?: Omit<ChangeTask, 'id'>;
}

export interface UpdatedSubtask {
  readonly task: TaskLine;
  /** What says something else now; empty when nothing does. */
  readonly changed: readonly string[];
  readonly notes: readonly PlanNote[];
  /** What became of `also`; `asked`: the task runs, and its holder was told. */
  readonly also: ChangedTask['kind'] | null;
}

export interface UpdateBreakdown {
  readonly parentTaskId: string;
  readonly change: Partial<Pick<BreakdownPlan, 'title' | 'description' | 'complexity' | 'context'>>;
}

/** A breakdown as it is stored: what is known without a look at its subtasks. */
export interface BreakdownRecord {
  readonly parentTaskId: string;
  readonly listId: string;
  readonly list: string;
  readonly title: string;
  readonly description: string;
  readonly complexity: Complexity | null;
  readonly context: string | null;
  readonly sessionId: string | null;
  readonly source: string;
  readonly createdAtMs: number;
  readonly archivedAtMs: number | null;
  readonly archiveReason: string | null;
}

/** A breakdown with its counters. Those of an archived one are of what was archived with it. */
export interface BreakdownSummary extends BreakdownRecord {
  readonly total: number;
  readonly counts: Readonly<Record<TaskStatus, number>>;
  /** Of the queued ones. */
  readonly ready: number;
  readonly delayed: number;
  readonly blocked: number;
  /** When anything happened to a subtask last; at least when it was made. */
  readonly lastActivityAtMs: number;
}

export interface BreakdownQuery {
  readonly sessionId?: string;
  /** Default: only those that are not archived. */
  readonly archived?: 'no' | 'only' | 'too';
  /** The key of the last one of the page before; newest first. */
  readonly after?: BreakdownKey;
  /** At most `BREAKDOWNS_MAX`, which is the default. */
  readonly limit?: number;
}

export const BREAKDOWNS_MAX = 500;

export interface BreakdownKey {
  readonly createdAtMs: number;
  readonly parentTaskId: string;
}

export interface BreakdownPage {
  readonly breakdowns: readonly BreakdownSummary[];
  /** Null on the last page. */
  readonly next: BreakdownKey | null;
}

export interface CancelBreakdown {
  readonly parentTaskId: string;
  readonly reason: string;
}

export interface CancelledBreakdown {
  readonly listId: string;
  /** The ids of the subtasks that were given up. */
  readonly cancelled: readonly string[];
  /** The ids of those that run: their holders end them. */
  readonly asked: readonly string[];
}

export interface ArchiveBreakdown {
  readonly parentTaskId: string;
  readonly reason: string;
}

export interface ArchivedBreakdown {
  /** `already`: it was so before, and nothing changed. */
  readonly kind: 'changed' | 'already';
  readonly breakdown: BreakdownSummary;
}
