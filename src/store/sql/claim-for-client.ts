import type { ClaimRoom, Obstacle } from '../../domain/claim-room.ts';
import { assertNever, PawlError } from '../../domain/errors.ts';
import { sessionHolder } from '../../domain/holder.ts';
import type { ExecutorStatus } from '../../domain/status.ts';
import type {
  ClaimableList,
  ClaimForClient,
  ClientClaim,
  UnclaimedList,
  WantedKind,
  WantedTask,
} from '../claims.ts';
import {
  type AttemptRow,
  claimedOf,
  extendLease,
  holderOf,
  isOfClient,
  noteClient,
  storeEpoch,
} from './client-claim.ts';
import { expireClaims } from './expire-claims.ts';
import { IS_LIMITED, readRoom } from './limits.ts';
import { promoteDue } from './promote-due.ts';
import { labelsIn, needsAhead, type ReadyRow, readyTasks } from './ready-tasks.ts';
import { refuseWithoutRoom } from './refuse-without-room.ts';
import { takeTask } from './take-tasks.ts';
import { existingTask, type TaskRow } from './task-row.ts';
import { row, rows, type Verb, type VerbContext } from './verb.ts';

const ROOM =
  'SELECT e.status, (SELECT count(*) FROM task_queue q ' +
  "WHERE q.list_id = e.list_id AND q.status = 'running') AS running " +
  'FROM executors e WHERE e.list_id = ?';
const OF_CLIENT =
  "SELECT count(*) AS n FROM task_queue WHERE status = 'running' AND assigned_agent = ?";
const ATTEMPT =
  'SELECT fence, holder_id AS claimantId, outcome, error, result_json AS resultJson ' +
  'FROM task_attempts WHERE task = ? AND fence = ?';
/** What a blocked task waits for, with how each of it stands. */
const BLOCKERS =
  'SELECT d.depends_on_task_id AS taskId, p.status FROM task_dependencies d ' +
  'LEFT JOIN task_queue p ON p.id = d.depends_on ' +
  'WHERE d.task = ? AND d.satisfied_at_ms IS NULL ORDER BY d.ordinal LIMIT 20';

const LIMITED = `SELECT ${IS_LIMITED}`;

/**
 * Lease one task to a client, in one transaction with everything that decides it: who let its lease
 * run out, what is due by now, limits and dependencies. Nobody else need be running for that.
 *
 * A client that asks again for what it holds is given the same claim, extended.
 *
 * @throws PawlError of a named task: `executor_not_running` (its list is paused), `task_blocked`,
 *   `lease_held`, `claims_full`, `label_not_offered`, `illegal_transition`.
 */
export function* claimForClient(ctx: VerbContext, input: ClaimForClient): Verb<ClientClaim> {
  yield* noteClient(ctx, input.client);
  const { wanted } = input;
  switch (wanted.kind) {
    case 'task':
      return yield* claimNamed(ctx, input, wanted);
    case 'next':
      return yield* claimNextFor(ctx, input, wanted);
    default:
      return assertNever(wanted);
  }
}

function* claimNamed(
  ctx: VerbContext,
  input: ClaimForClient,
  wanted: WantedTask,
): Verb<ClientClaim> {
  const before = yield* existingTask(wanted.id);
  const held = yield* heldAlready(ctx, input, before, wanted);
  if (held !== null) return yield* claimed(held, true);
  yield* freshen(ctx, input);
  const task = yield* existingTask(wanted.id);
  const list = input.lists.find((one) => one.listId === task.listId);
  const full = list === undefined ? null : yield* noRoom(input, list);
  if (full !== null && task.status === 'queued') throw refusedFor(task, full);
  const room = task.status === 'queued' ? yield* roomOf(input) : null;
  if (room !== null) yield* refuseWithoutRoom({ ...task, agent: input.client.name }, room);
  if (task.status === 'queued' && task.held === 0 && task.pendingDeps > 0) {
    throw yield* blocked(task);
  }
  return yield* claimed(yield* take(ctx, input, task), false);
}

/** Its own claim, extended, or that of the attempt it runs in; null when it holds none. */
function* heldAlready(
  ctx: VerbContext,
  input: ClaimForClient,
  task: TaskRow,
  { inside }: WantedTask,
): Verb<TaskRow | null> {
  if (task.status !== 'running') return null;
  const attempt = (yield* row<AttemptRow>(ATTEMPT, task.id, task.fence)) ?? null;
  if (inside?.id === task.id && inside.fence === task.fence) return task;
  if (!(yield* isOfClient(attempt, input.client))) return null;
  const isVerified = holderOf({ task, attempt }) === 'verifier';
  return isVerified ? task : yield* extendLease(ctx, task, input.leaseMs);
}

function* claimNextFor(
  ctx: VerbContext,
  input: ClaimForClient,
  wanted: WantedKind,
): Verb<ClientClaim> {
  yield* freshen(ctx, input);
  const room = yield* roomOf(input);
  const without: UnclaimedList[] = [];
  let best: TaskRow | null = null;
  for (const list of input.lists) {
    const full = yield* noRoom(input, list);
    const found: Found =
      full === null ? yield* mostUrgent(input, { wanted, list, room }) : { ready: null, why: full };
    if (found.ready === null) {
      const { why, obstacle = null } = found;
      without.push({ listId: list.listId, why, ...placeOf(obstacle) });
    } else if (best === null || found.ready.priority < best.priority) best = found.ready;
  }
  if (best === null) return { kind: 'none', lists: without };
  return yield* claimed(yield* take(ctx, input, best), false);
}

/** The most urgent ready task of a list, or why there is none. */
type Found =
  | { readonly ready: ReadyRow }
  | { readonly ready: null; readonly why: UnclaimedList['why']; readonly obstacle?: Obstacle };

function* mostUrgent(
  { client }: ClaimForClient,
  search: {
    readonly wanted: WantedKind;
    readonly list: ClaimableList;
    /** Null: nothing is limited. */
    readonly room: ClaimRoom | null;
  },
): Verb<Found> {
  const { listId } = search.list;
  const { specialistType, labels, minPriority } = search.wanted;
  const { room } = search;
  const whole = room?.obstacle({ listId, agent: client.name, needs: [] }) ?? null;
  if (whole !== null) return { ready: null, why: whyOf(whole), obstacle: whole };
  const query = { listId, minPriority, specialistType, most: 1, forClaim: true };
  if (labels.length === 0 && room?.looksAtLabels !== true) {
    const [ready] = yield* readyTasks({ ...query, needs: null });
    return ready === undefined ? { ready: null, why: 'nothing_ready' } : { ready };
  }
  const wanted = (yield* needsAhead(listId)).filter((needs) =>
    labels.every((label) => labelsIn(needs).includes(label)),
  );
  const obstacleOf = (needs: string): Obstacle | null =>
    room?.obstacleOfNeeds(labelsIn(needs)) ?? null;
  const free = wanted.filter((needs) => obstacleOf(needs) === null);
  const nothing = labels.length === 0 ? [null] : [];
  const [ready] = yield* readyTasks({ ...query, needs: [...nothing, ...free] });
  if (ready !== undefined) return { ready };
  const kept = wanted.filter((needs) => obstacleOf(needs) !== null);
  const [next] = yield* readyTasks({ ...query, needs: kept });
  const obstacle = next === undefined ? null : obstacleOf(next.needsJson ?? '');
  if (obstacle === null) return { ready: null, why: 'nothing_ready' };
  return { ready: null, why: whyOf(obstacle), obstacle };
}

function whyOf(obstacle: Obstacle): UnclaimedList['why'] {
  if (obstacle.kind === 'not_offered') return 'label_not_offered';
  const { kind } = obstacle.limit;
  return kind === 'agent' ? 'client_full' : `${kind}_full`;
}

function placeOf(obstacle: Obstacle | null): Pick<UnclaimedList, 'limit' | 'label'> {
  if (obstacle === null) return {};
  return obstacle.kind === 'full' ? { limit: obstacle.limit } : { label: obstacle.label };
}

/** Null when nothing is limited: then nothing need be counted. */
function* roomOf({ offered }: ClaimForClient): Verb<ClaimRoom | null> {
  const any = yield* row<{ limited: 0 | 1 }>(LIMITED);
  if (any?.limited !== 1 && offered === undefined) return null;
  return yield* readRoom(offered === undefined ? {} : { labels: offered });
}

/** What time alone has changed since somebody last looked. */
function* freshen(ctx: VerbContext, { lists, leasesCount }: ClaimForClient): Verb<void> {
  if (leasesCount) yield* expireClaims(ctx, lists);
  yield* promoteDue(ctx);
}

/** A stopped list has no executor of ours, which keeps no client from it; a paused one does. */
function* noRoom(
  { client, clientMax }: ClaimForClient,
  list: ClaimableList,
): Verb<'paused' | 'list_full' | 'client_full' | null> {
  const room = yield* row<{ status: ExecutorStatus; running: number }>(ROOM, list.listId);
  if (room?.status === 'paused') return 'paused';
  if (list.maxConcurrent !== null && (room?.running ?? 0) >= list.maxConcurrent) {
    return 'list_full';
  }
  if (clientMax === null) return null;
  const own = yield* row<{ n: number }>(OF_CLIENT, client.name);
  return (own?.n ?? 0) >= clientMax ? 'client_full' : null;
}

function* take(ctx: VerbContext, input: ClaimForClient, task: TaskRow): Verb<TaskRow> {
  const { client, leaseMs } = input;
  // Which agent the list asks for is for executors: this task is done by who asks for it.
  yield* takeTask(
    ctx,
    { ...task, agent: null },
    { holderId: sessionHolder(client.sessionId), defaultAgent: client.name, leaseMs },
  );
  return yield* existingTask(task.id);
}

function* claimed(task: TaskRow, again: boolean): Verb<ClientClaim> {
  return { kind: 'claimed', claimed: claimedOf(task), epoch: yield* storeEpoch(), again };
}

function refusedFor(task: TaskRow, why: 'paused' | 'list_full' | 'client_full'): PawlError {
  const details = { id: task.id, taskId: task.taskId, why };
  switch (why) {
    case 'paused':
      return new PawlError('executor_not_running', 'the list is paused: nothing is claimed', {
        details,
      });
    case 'list_full':
      return new PawlError('claims_full', 'as many tasks of the list run as may', { details });
    case 'client_full':
      return new PawlError('claims_full', 'this client holds as many tasks as it may', { details });
    default:
      return assertNever(why);
  }
}

function* blocked(task: TaskRow): Verb<PawlError> {
  const blockers = yield* rows<{ taskId: string; status: string | null }>(BLOCKERS, task.id);
  const names = blockers.map(({ taskId, status }) => `${taskId} (${status ?? 'not in the list'})`);
  return new PawlError('task_blocked', `${task.taskId} waits for ${names.join(', ')}`, {
    details: { id: task.id, taskId: task.taskId, blockers },
  });
}
