import type { OnDepFailure, TaskStatus } from '../../domain/status.ts';
import { isTerminal } from '../../domain/status.ts';
import { failByDependency } from '../../domain/transition/fail.ts';
import { revive } from '../../domain/transition/revive.ts';
import { skip } from '../../domain/transition/skip.ts';
import { readTask, TASK_COLUMNS, type TaskRow, writeTransition } from './task-row.ts';
import {
  change,
  question,
  row,
  rows,
  type Statement,
  type Verb,
  type VerbContext,
} from './verb.ts';

const OPEN_EDGES =
  'SELECT task FROM task_dependencies WHERE depends_on = ? AND satisfied_at_ms IS NULL ' +
  'ORDER BY task';
const CAUSED = `SELECT ${TASK_COLUMNS} FROM task_queue WHERE cause_task_id = ? ORDER BY position`;
const SATISFY =
  'UPDATE task_dependencies SET satisfied_at_ms = ? ' +
  'WHERE task = ? AND depends_on = ? AND satisfied_at_ms IS NULL';
const ONE_LESS = 'UPDATE task_queue SET pending_deps = pending_deps - 1 WHERE id = ?';
const OPEN_EDGE =
  'SELECT task FROM task_dependencies ' +
  'WHERE task = ? AND depends_on = ? AND satisfied_at_ms IS NULL';
const LIST_POLICY = 'SELECT on_dep_failure AS policy FROM executors WHERE list_id = ?';
const ENDED_DEPENDENCY =
  'SELECT p.id, p.task_id AS taskId, p.status FROM task_dependencies d ' +
  'JOIN task_queue p ON p.id = d.depends_on ' +
  'WHERE d.task = ? AND d.satisfied_at_ms IS NULL AND p.status IN ' +
  "('completed', 'failed', 'skipped', 'cancelled') ORDER BY d.ordinal";

/** Is there anybody whom `resolveDependants` would tell? */
const CONCERNED =
  'SELECT (EXISTS (SELECT 1 FROM task_dependencies WHERE depends_on = ? ' +
  'AND satisfied_at_ms IS NULL) OR EXISTS (SELECT 1 FROM task_queue WHERE cause_task_id = ?)) ' +
  'AS anybody';

/** A task that is over. */
export interface Ended {
  readonly id: string;
  readonly taskId: string;
  readonly status: TaskStatus;
}

/** Whether anybody is to be told of the end of a task; asked together with its row. */
export function concernedBy({ id }: { readonly id: string }): Statement {
  return question(CONCERNED, id, id);
}

/** What `concernedBy` was answered. */
export function isAnybody(answer: unknown): boolean {
  return (answer as readonly { anybody: number }[])[0]?.anybody === 1;
}

/**
 * Tell the dependants of a task that it ended, and theirs in turn: a completed dependency frees
 * them (and brings back those it once had skipped); any other outcome is answered by each
 * dependant's policy. Nothing is left waiting for something that is over.
 */
export function* resolveDependants(ctx: VerbContext, task: Ended): Verb<void> {
  const ended: Ended[] = [task];
  for (let next = ended.pop(); next !== undefined; next = ended.pop()) {
    const edges = yield* rows<{ task: string }>(OPEN_EDGES, next.id);
    for (const edge of edges) {
      const child = yield* readTask(edge.task);
      if (child !== undefined) yield* answer(ctx, child, next, ended);
    }
    if (next.status === 'completed') yield* reviveCaused(ctx, next.id, ended);
  }
}

/**
 * Answer every dependency of `child` that is already over: when it is enqueued, brought back, or
 * given new dependencies.
 */
export function* settleTask(ctx: VerbContext, child: string): Verb<void> {
  yield* settle(ctx, child, yield endedDependencies(child));
}

/** What `settleTask` asks; asked together with what brings the task back. */
export function endedDependencies(child: string): Statement {
  return question(ENDED_DEPENDENCY, child);
}

/** The rest of `settleTask`: what `endedDependencies` was answered. */
export function* settle(ctx: VerbContext, child: string, dependencies: unknown): Verb<void> {
  const ended: Ended[] = [];
  for (const dependency of dependencies as readonly Ended[]) {
    const task = yield* readTask(child);
    if (task !== undefined) yield* answer(ctx, task, dependency, ended);
  }
  for (const task of ended) yield* resolveDependants(ctx, task);
}

/**
 * A task that a dependency had skipped or failed was given other dependencies or another policy: if
 * what made it so holds no more it comes back, with those that it had skipped or failed in turn.
 */
export function* answerAnew(ctx: VerbContext, id: string): Verb<void> {
  const task = yield* readTask(id);
  const cause = task?.causeTaskId ?? null;
  if (task === undefined || cause === null || task.archivedAtMs !== null) return;
  const policy = yield* policyOf(task);
  const sameAnswer = policy === (task.status === 'failed' ? 'fail' : 'skip');
  const isOpen = (yield* row<{ task: string }>(OPEN_EDGE, id, cause)) !== undefined;
  if (isOpen && sameAnswer) return;
  yield* writeTransition(ctx, {
    task,
    decision: revive(task, { causeTask: cause, nowMs: ctx.nowMs }),
  });
  yield* settleTask(ctx, id);
  const now = yield* readTask(id);
  if (now === undefined || isTerminal(now.status)) return;
  const ended: Ended[] = [];
  yield* reviveCaused(ctx, id, ended);
  for (const one of ended) yield* resolveDependants(ctx, one);
}

function* answer(ctx: VerbContext, child: TaskRow, cause: Ended, ended: Ended[]): Verb<void> {
  const policy = cause.status === 'completed' ? 'run' : yield* policyOf(child);
  if (policy === 'run') {
    const satisfied = yield* change(SATISFY, ctx.nowMs, child.id, cause.id);
    if (satisfied > 0) yield* change(ONE_LESS, child.id);
    return;
  }
  if (child.status !== 'queued' && child.status !== 'waiting') return;
  const { nowMs } = ctx;
  const why = `${cause.taskId} ${cause.status === 'failed' ? 'failed' : `was ${cause.status}`}`;
  const decision =
    policy === 'skip'
      ? skip(child, { by: 'pawl', reason: why, causeTask: cause.id, nowMs })
      : failByDependency(child, { causeTask: cause.id, error: why, nowMs });
  const now = yield* writeTransition(ctx, { task: child, decision });
  ended.push({ id: now.id, taskId: now.taskId, status: now.status });
}

/** Those that a dependency had skipped or failed come back, and those that they had, too. */
function* reviveCaused(ctx: VerbContext, causeId: string, ended: Ended[]): Verb<void> {
  const causes: string[] = [causeId];
  const revived: string[] = [];
  for (let cause = causes.pop(); cause !== undefined; cause = causes.pop()) {
    for (const task of yield* rows<TaskRow>(CAUSED, cause)) {
      const decision = revive(task, { causeTask: cause, nowMs: ctx.nowMs });
      yield* writeTransition(ctx, { task, decision });
      causes.push(task.id);
      revived.push(task.id);
    }
  }
  for (const id of revived) {
    for (const dependency of yield* rows<Ended>(ENDED_DEPENDENCY, id)) {
      const task = yield* readTask(id);
      if (task !== undefined && !isTerminal(task.status)) {
        yield* answer(ctx, task, dependency, ended);
      }
    }
  }
}

/** What becomes of a task when one it depends on ends without completing. */
export function* policyOf(child: TaskRow): Verb<OnDepFailure> {
  if (child.onDepFailure !== null) return child.onDepFailure;
  const list = yield* row<{ policy: OnDepFailure }>(LIST_POLICY, child.listId);
  return list?.policy ?? 'skip';
}
