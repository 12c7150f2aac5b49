import type { ClaimRoom } from '../../domain/claim-room.ts';
import { invariant } from '../../domain/errors.ts';
import type { ExecutorStatus } from '../../domain/status.ts';
import type { ClaimedTask, ClaimNext } from '../store.ts';
import { FOR_CLAIM } from './fragments.ts';
import { IS_LIMITED, readRoom } from './limits.ts';
import { labelsIn, needsAhead, type ReadyRow, readyTasks } from './ready-tasks.ts';
import { taking } from './take-tasks.ts';
import { TASK_COLUMNS, type TaskRow } from './task-row.ts';
import { last, question, together, type Verb, type VerbContext } from './verb.ts';

const ROOM =
  'SELECT e.status, (SELECT count(*) FROM task_queue q ' +
  `WHERE q.list_id = e.list_id AND q.status = 'running') AS running, ${IS_LIMITED} ` +
  'FROM executors e WHERE e.list_id = ?';

/**
 * Needs the index `task_queue_ready`: its predicate is repeated here as literals. The limit is no
 * bare parameter, because SQLite looks into those and then plans the statement anew at each call.
 */
export const READY =
  `SELECT ${TASK_COLUMNS} FROM task_queue WHERE list_id = ? AND status = 'queued' ` +
  'AND pending_deps = 0 AND due_at_ms = 0 AND held = 0 AND priority <= ? ' +
  `ORDER BY priority, position LIMIT ? + 0 ${FOR_CLAIM}`;

/**
 * Lease up to `max` ready tasks of one list, by priority and then position. All limits are counted
 * here, inside the transaction, so they hold between processes and hosts.
 */
export function* claimNext(ctx: VerbContext, input: ClaimNext): Verb<readonly ClaimedTask[]> {
  const { listId, max, maxConcurrent, minPriority, agentLimits = {}, labels } = input;
  const isPlain = Object.keys(agentLimits).length === 0 && labels === undefined;
  const most = isPlain ? Math.min(max, maxConcurrent) : 0;
  const [lists, ready = []] = (yield* together([
    question(ROOM, listId),
    ...(most > 0 ? [question(READY, listId, minPriority, most)] : []),
  ])) as [readonly ListNow[], (readonly TaskRow[])?];
  const [list] = lists;
  if (list === undefined || list.status !== 'running') return [];
  const free = Math.min(max, maxConcurrent - list.running);
  if (free <= 0) return [];
  if (list.limited === 1 || !isPlain) return yield* takeWithinLimits(ctx, input, free);
  const { claimed, statements } = yield* taking(ctx, ready.slice(0, free), input);
  yield* last(statements);
  return claimed;
}

interface ListNow {
  readonly status: ExecutorStatus;
  readonly running: number;
  readonly limited: 0 | 1;
}

/** Each round leaves out what has become full: no more rounds than limits. */
function* takeWithinLimits(
  ctx: VerbContext,
  input: ClaimNext,
  free: number,
): Verb<readonly ClaimedTask[]> {
  const { listId, defaultAgent } = input;
  const room = yield* readRoom(input);
  const most = Math.min(free, room.free(listId));
  const claimed: ClaimedTask[] = [];
  for (let passedOver = most > 0; passedOver && claimed.length < most; ) {
    passedOver = false;
    const before = claimed.length;
    const fitting: ReadyRow[] = [];
    for (const task of yield* readyWithin(room, input, most - before)) {
      const agent = task.agent ?? defaultAgent;
      const alike = { listId, agent, needs: labelsIn(task.needsJson) };
      if (room.obstacle(alike) === null) {
        fitting.push(task);
        room.take(alike);
      } else {
        passedOver = true;
      }
    }
    const taken = yield* taking(ctx, fitting, input);
    yield* together(taken.statements);
    claimed.push(...taken.claimed);
    // What was read could be claimed when it was read: the first one at least was.
    invariant(!passedOver || claimed.length > before, 'a task that is left out is not read again');
  }
  return claimed;
}

function* readyWithin(
  room: ClaimRoom,
  { listId, minPriority, defaultAgent }: ClaimNext,
  most: number,
): Verb<readonly ReadyRow[]> {
  const ahead = room.looksAtLabels ? yield* needsAhead(listId) : null;
  const fitting = ahead?.filter((needs) => room.obstacleOfNeeds(labelsIn(needs)) === null);
  const needs = fitting === undefined ? null : [null, ...fitting];
  const without = { agents: room.fullAgents(), defaultAgent };
  return yield* readyTasks({ listId, minPriority, most, without, needs, forClaim: true });
}
