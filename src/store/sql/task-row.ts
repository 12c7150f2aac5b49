import { PawlError } from '../../domain/errors.ts';
import type { TaskEvent } from '../../domain/event.ts';
import { keptText } from '../../domain/kept-text.ts';
import type { Priority } from '../../domain/priority.ts';
import type { OnDepFailure } from '../../domain/status.ts';
import type { TaskState } from '../../domain/task.ts';
import { timeText } from '../../domain/time-text.ts';
import type { Decision } from '../../domain/transition/decision.ts';
import { refusalError } from './refusal.ts';
import {
  mustWrite,
  question,
  type Statement,
  together,
  type Verb,
  type VerbContext,
  write,
} from './verb.ts';

/** A task as the transitions need it, with its identity and the facts kept beside the fold. */
export interface TaskRow extends TaskState {
  readonly id: string;
  readonly listId: string;
  readonly taskId: string;
  readonly priority: Priority;
  /** What the list asks for. */
  readonly agent: string | null;
  /** What runs it, or ran it last. */
  readonly assignedAgent: string | null;
  readonly pendingDeps: number;
  readonly onDepFailure: OnDepFailure | null;
  readonly leaseUntilMs: number | null;
  /** What a person asked of it while it runs: JSON. */
  readonly endRequest: string | null;
}

export const TASK_COLUMNS = [
  'id, list_id AS listId, task_id AS taskId, priority, agent,',
  'assigned_agent AS assignedAgent, status, attempts, claims, fence,',
  'crash_count AS crashCount, revisions, due_at_ms AS dueAtMs, held,',
  'archived_at_ms AS archivedAtMs, holder_id AS holderId, holder_term AS holderTerm,',
  'last_error AS lastError, status_reason AS statusReason, cause_task_id AS causeTaskId,',
  'started_at_ms AS startedAtMs, ended_at_ms AS endedAtMs, pending_deps AS pendingDeps,',
  'on_dep_failure AS onDepFailure, lease_until_ms AS leaseUntilMs,',
  'end_request_json AS endRequest',
].join(' ');

const SELECT_TASK = `SELECT ${TASK_COLUMNS} FROM task_queue WHERE id = ?`;

export function* readTask(id: string): Verb<TaskRow | undefined> {
  return ((yield taskOf(id)) as readonly TaskRow[])[0];
}

/** What `readTask` asks. */
export function taskOf(id: string): Statement {
  return question(SELECT_TASK, id);
}

/** The same, for a caller whose input names a task that must be there. */
export function* existingTask(id: string): Verb<TaskRow> {
  return existing(id, yield* readTask(id));
}

export function existing(id: string, task: TaskRow | undefined): TaskRow {
  if (task === undefined) throw new PawlError('task_not_found', `no task has the id ${id}`);
  return task;
}

const UPDATE_TASK = [
  'UPDATE task_queue SET status = ?, attempts = ?, claims = ?, fence = ?, crash_count = ?,',
  'revisions = ?, due_at_ms = ?, held = ?, archived_at_ms = ?, holder_id = ?, holder_term = ?,',
  'last_error = ?, status_reason = ?, cause_task_id = ?, started_at_ms = ?, ended_at_ms = ?,',
  'started_at = ?, completed_at = ?, lease_until_ms = ?, assigned_agent = ?, updated_at = ?,',
  'end_request_json = ?, result_summary = coalesce(?, result_summary) ' +
    "WHERE id = ? AND coalesce(status, '') = ? AND fence = ? AND holder_term = ?",
].join(' ');

const INSERT_EVENT =
  'INSERT INTO task_events (list_id, task, at_ms, kind, data_json) VALUES (?, ?, ?, ?, ?)';

export interface Transition {
  readonly task: TaskRow;
  readonly decision: Decision;
  /** Set by a claim and an adoption; every other transition ends the lease, or keeps it. */
  readonly leaseUntilMs?: number;
  /** The attempt goes on: its lease stays, and what a person asked of it. */
  readonly attemptGoesOn?: boolean;
  /** Set by a claim; otherwise it stays as it is. */
  readonly agent?: string | null;
  /** What came of it; absent: what is there stays. */
  readonly summary?: string | undefined;
  /** What the row says now, where that is not what `task` says. */
  readonly found?: Pick<TaskRow, 'status' | 'fence' | 'holderTerm'>;
}

/**
 * Write a decision: the row and its one event. A refusal is thrown, which undoes the whole verb.
 * The row must still be the one that was decided upon: on a database with several writers, somebody
 * may have changed it since. Gives the task as it is now.
 *
 * @throws PawlError `store_busy`, on which a driver repeats the verb.
 */
export function* writeTransition(ctx: VerbContext, input: Transition): Verb<TaskRow> {
  const written = yield* decided(ctx, input);
  yield* together(written.statements);
  return written.now;
}

export interface Decided {
  /** The task as it is once they have run. */
  readonly now: TaskRow;
  /** The row's and its event's. */
  readonly statements: readonly [Statement, Statement];
}

/** What `writeTransition` writes, for a verb that writes more together with it. */
export function* decided(ctx: VerbContext, input: Transition): Verb<Decided> {
  const { task, decision, found = task } = input;
  if (!decision.ok) throw yield* refusalError(decision.refusal, task);
  const { next, event } = decision;
  const leaseUntilMs = input.leaseUntilMs ?? (input.attemptGoesOn ? task.leaseUntilMs : null);
  const endRequest = input.attemptGoesOn === true ? task.endRequest : null;
  const agent = input.agent === undefined ? task.assignedAgent : input.agent;
  const update = mustWrite(
    UPDATE_TASK,
    next.status,
    next.attempts,
    next.claims,
    next.fence,
    next.crashCount,
    next.revisions,
    next.dueAtMs,
    next.held,
    next.archivedAtMs,
    next.holderId,
    next.holderTerm,
    next.lastError,
    next.statusReason,
    next.causeTaskId,
    next.startedAtMs,
    next.endedAtMs,
    next.startedAtMs === null ? null : momentText(ctx, next.startedAtMs),
    next.endedAtMs === null ? null : momentText(ctx, next.endedAtMs),
    leaseUntilMs,
    agent,
    ctx.nowText,
    endRequest,
    input.summary ?? null,
    task.id,
    found.status,
    found.fence,
    found.holderTerm,
  );
  return {
    now: { ...task, ...next, leaseUntilMs, endRequest, assignedAgent: agent },
    statements: [update, eventOf(ctx, task, event)],
  };
}

interface TaskName {
  readonly id: string;
  readonly listId: string;
}

export function* writeEvent(ctx: VerbContext, task: TaskName, event: TaskEvent): Verb<void> {
  yield eventOf(ctx, task, event);
}

/** What `writeEvent` writes. */
export function eventOf(ctx: VerbContext, task: TaskName, event: TaskEvent): Statement {
  return write(INSERT_EVENT, task.listId, task.id, ctx.nowMs, event.kind, eventText(event));
}

function momentText(ctx: VerbContext, ms: number): string {
  return ms === ctx.nowMs ? ctx.nowText : timeText(ms);
}

/** The event says the same as the row. */
export function eventText(event: TaskEvent): string {
  return JSON.stringify(event, (_, value: unknown) =>
    typeof value === 'string' ? keptText(value) : value,
  );
}
