import type { ExecutorStatus } from '../../domain/status.ts';
import { claim } from '../../domain/transition/claim.ts';
import type { ClaimedTask, ClaimNext } from '../store.ts';
import { EACH_TEXT, FOR_CLAIM } from './fragments.ts';
import { TASK_COLUMNS, type TaskRow, writeTransition } from './task-row.ts';
import { change, row, rows, type Verb, type VerbContext } from './verb.ts';

const ROOM =
  'SELECT e.status, (SELECT count(*) FROM task_queue q ' +
  "WHERE q.list_id = e.list_id AND q.status = 'running') AS running " +
  'FROM executors e WHERE e.list_id = ?';

/**
 * Needs the index `task_queue_ready`: its predicate is repeated here as literals. The limit is no
 * bare parameter, because SQLite looks into those and then plans the statement anew at each call.
 */
export const READY =
  `SELECT ${TASK_COLUMNS} FROM task_queue WHERE list_id = ? AND status = 'queued' ` +
  'AND pending_deps = 0 AND due_at_ms = 0 AND held = 0 AND priority <= ? ' +
  `ORDER BY priority, position LIMIT ? + 0 ${FOR_CLAIM}`;

/** The same without tasks of agents that have no room. */
const READY_FOR_OTHERS = READY.replace(
  'ORDER BY',
  `AND coalesce(agent, ?, '') NOT IN (SELECT value FROM ${EACH_TEXT}) ORDER BY`,
);

const RUNNING_BY_AGENT =
  'SELECT assigned_agent AS agent, count(*) AS running FROM task_queue ' +
  "WHERE status = 'running' GROUP BY assigned_agent";

const INSERT_ATTEMPT =
  'INSERT INTO task_attempts (task, fence, attempt, agent, holder_id, claimed_at_ms) ' +
  'VALUES (?, ?, ?, ?, ?, ?)';

/**
 * Lease up to `max` ready tasks of one list, by priority and then position. The limits of the list
 * and of each agent are counted here, inside the transaction, so they hold between processes.
 */
export function* claimNext(ctx: VerbContext, input: ClaimNext): Verb<readonly ClaimedTask[]> {
  const room = yield* row<{ status: ExecutorStatus; running: number }>(ROOM, input.listId);
  if (room === undefined || room.status !== 'running') return [];
  const free = Math.min(input.max, input.maxConcurrent - room.running);
  if (free <= 0) return [];
  if (input.agentLimits !== undefined) return yield* takeWithinLimits(ctx, input, free);
  const claimed: ClaimedTask[] = [];
  for (const task of yield* rows<TaskRow>(READY, input.listId, input.minPriority, free)) {
    claimed.push(yield* takeTask(ctx, task, input));
  }
  return claimed;
}

/** Lease one task, with a new attempt, to a holder. */
export function* takeTask(
  ctx: VerbContext,
  task: TaskRow,
  input: Pick<ClaimNext, 'holderId' | 'defaultAgent' | 'leaseMs'>,
): Verb<ClaimedTask> {
  const agent = task.agent ?? input.defaultAgent;
  const leaseUntilMs = ctx.nowMs + input.leaseMs;
  const { pendingDeps } = task;
  const decision = claim(task, { holder: input.holderId, agent, pendingDeps, nowMs: ctx.nowMs });
  const now = yield* writeTransition(ctx, { task, decision, leaseUntilMs, agent });
  yield* change(INSERT_ATTEMPT, now.id, now.fence, now.claims, agent, input.holderId, ctx.nowMs);
  return {
    id: now.id,
    listId: now.listId,
    taskId: now.taskId,
    agent,
    fence: now.fence,
    term: now.holderTerm,
    attempt: now.claims,
    leaseUntilMs,
  };
}

/** Each round leaves out one more agent that has no room: no more rounds than limits. */
function* takeWithinLimits(
  ctx: VerbContext,
  input: ClaimNext,
  free: number,
): Verb<readonly ClaimedTask[]> {
  const limits = new Map(Object.entries(input.agentLimits ?? {}));
  const running = yield* rows<{ agent: string | null; running: number }>(RUNNING_BY_AGENT);
  const used = new Map(running.map((entry) => [entry.agent, entry.running]));
  const hasRoom = (agent: string | null): boolean =>
    agent === null || (used.get(agent) ?? 0) < (limits.get(agent) ?? Number.POSITIVE_INFINITY);
  const claimed: ClaimedTask[] = [];
  for (let passedOver = true; passedOver && claimed.length < free; ) {
    passedOver = false;
    const full = JSON.stringify([...limits.keys()].filter((agent) => !hasRoom(agent)));
    const { listId, minPriority, defaultAgent } = input;
    const most = free - claimed.length;
    const ready: readonly TaskRow[] = yield* rows<TaskRow>(
      READY_FOR_OTHERS,
      ...[listId, minPriority, defaultAgent, full, most],
    );
    for (const task of ready) {
      const agent = task.agent ?? defaultAgent;
      if (hasRoom(agent)) {
        claimed.push(yield* takeTask(ctx, task, input));
        used.set(agent, (used.get(agent) ?? 0) + 1);
      } else {
        passedOver = true;
      }
    }
  }
  return claimed;
}
