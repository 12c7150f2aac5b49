import { assertNever, PawlError } from '../../domain/errors.ts';
import { isTerminal } from '../../domain/status.ts';
import { cancel } from '../../domain/transition/cancel.ts';
import { complete } from '../../domain/transition/complete.ts';
import type { Decision } from '../../domain/transition/decision.ts';
import { hold } from '../../domain/transition/hold.ts';
import { requeue } from '../../domain/transition/requeue.ts';
import { retry } from '../../domain/transition/retry.ts';
import { skip } from '../../domain/transition/skip.ts';
import type { ChangedTask, ChangeTask, TaskLine } from '../store.ts';
import { inTurn } from './in-step.ts';
import { existingLine, lineAfter, lineOf, type RawLine, readTaskLine } from './read-tasks.ts';
import {
  type Ended,
  endedDependencies,
  policyOf,
  resolveDependants,
  settle,
  settleTask,
} from './resolve-dependants.ts';
import {
  decided,
  existing,
  existingTask,
  type TaskRow,
  taskOf,
  writeTransition,
} from './task-row.ts';
import { change, last, rows, together, type Verb, type VerbContext } from './verb.ts';

const ASK = 'UPDATE task_queue SET end_request_json = ?, updated_at = ? WHERE id = ?';
const DEPENDANTS = 'SELECT task FROM task_dependencies WHERE depends_on = ? ORDER BY task';
const REOPEN =
  'UPDATE task_dependencies SET satisfied_at_ms = NULL ' +
  'WHERE task = ? AND depends_on = ? AND satisfied_at_ms IS NOT NULL';
const ONE_MORE = 'UPDATE task_queue SET pending_deps = pending_deps + 1 WHERE id = ?';

/**
 * A person's verb on one task. A running task is not touched here: the wish is left for its holder,
 * who ends the agent and finishes the attempt accordingly.
 */
export function* changeTask(ctx: VerbContext, input: ChangeTask): Verb<ChangedTask> {
  const [found, ended, line] = (yield* together([
    taskOf(input.id),
    endedDependencies(input.id),
    lineOf(input.id),
  ])) as [readonly TaskRow[], readonly Ended[], readonly RawLine[]];
  const before = { task: existing(input.id, found[0]), ended, line: existingLine(input.id, line) };
  const { task } = before;
  if (task.status !== 'running') return yield* changeNow(ctx, before, input);
  yield* ask(ctx, task, input);
  if (input.verb === 'requeue' && input.cascade) yield* requeueDependants(ctx, task, input);
  return { kind: 'asked', task: before.line };
}

/** Several such, one after the other: one may be about what another one changes. */
export function* changeTasks(
  ctx: VerbContext,
  inputs: readonly ChangeTask[],
): Verb<readonly ChangedTask[]> {
  return yield* inTurn(inputs.map((input) => () => changeTask(ctx, input)));
}

interface Before {
  readonly task: TaskRow;
  /** Its dependencies that are over, and that it still waits for. */
  readonly ended: readonly Ended[];
  readonly line: TaskLine;
}

function* changeNow(ctx: VerbContext, before: Before, input: ChangeTask): Verb<ChangedTask> {
  const { task, ended, line } = before;
  yield* refuseHopelessRetry(before, input);
  const { now, statements } = yield* decided(ctx, { task, decision: decide(ctx, task, input) });
  const cascades = input.verb === 'requeue' && input.cascade;
  if (!isTerminal(now.status) && ended.length === 0 && !cascades) {
    yield* last(statements);
    return { kind: 'changed', task: lineAfter(line, now) };
  }
  yield* together(statements);
  if (isTerminal(now.status)) yield* resolveDependants(ctx, now);
  else yield* settle(ctx, now.id, ended);
  if (cascades) yield* requeueDependants(ctx, task, input);
  return { kind: 'changed', task: yield* readTaskLine(now.id) };
}

function decide(ctx: VerbContext, task: TaskRow, input: ChangeTask): Decision {
  const { nowMs } = ctx;
  const { by, reason, confirmed } = input;
  switch (input.verb) {
    case 'skip':
      return skip(task, { by, reason, nowMs });
    case 'cancel':
      return cancel(task, { reason, nowMs });
    case 'retry':
      return retry(task, { nowMs });
    case 'requeue':
      return requeue(task, { confirmed, nowMs });
    case 'complete':
      return complete(task, { by, nowMs });
    case 'hold':
      return hold(task, { reason, nowMs });
    default:
      return assertNever(input.verb);
  }
}

function* ask(ctx: VerbContext, task: TaskRow, input: ChangeTask): Verb<void> {
  if (input.verb !== 'skip' && input.verb !== 'cancel' && input.verb !== 'requeue') {
    throw new PawlError('illegal_transition', `${task.taskId} is running: requeue or cancel it`, {
      details: { id: task.id, taskId: task.taskId, status: task.status, holder: task.holderId },
    });
  }
  const request = JSON.stringify({ verb: input.verb, reason: input.reason });
  yield* change(ASK, request, ctx.nowText, task.id);
}

/** A task whose dependency is over for good would be skipped again at once: say so instead. */
function* refuseHopelessRetry({ task, ended }: Before, input: ChangeTask): Verb<void> {
  if (input.verb !== 'retry' && input.verb !== 'requeue') return;
  const over = ended.find(({ status }) => status !== 'completed');
  if (over === undefined || (yield* policyOf(task)) === 'run') return;
  throw new PawlError(
    'illegal_transition',
    `${task.taskId} depends on ${over.taskId}, which is ${over.status}: retry that one, ` +
      `and ${task.taskId} comes back when it completes`,
    { details: { id: task.id, taskId: task.taskId, dependency: over.taskId } },
  );
}

/**
 * What was built on `root` goes back, too, and waits for it again. A person's own skip or cancel of
 * a dependant still stands.
 */
function* requeueDependants(ctx: VerbContext, root: TaskRow, input: ChangeTask): Verb<void> {
  const parents = [root.id];
  const seen = new Set(parents);
  for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
    for (const edge of yield* rows<{ task: string }>(DEPENDANTS, parent)) {
      const reopened = yield* change(REOPEN, edge.task, parent);
      if (reopened > 0) yield* change(ONE_MORE, edge.task);
      if (seen.has(edge.task)) continue;
      seen.add(edge.task);
      parents.push(edge.task);
      const child = yield* existingTask(edge.task);
      if (child.status === 'running') yield* ask(ctx, child, input);
      else if (child.status !== 'queued' && !isPersonsChoice(child)) {
        const decision = requeue(child, { confirmed: true, nowMs: ctx.nowMs });
        yield* writeTransition(ctx, { task: child, decision });
      }
    }
  }
  // One of them may also depend on a task that is over for good.
  for (const id of seen) if (id !== root.id) yield* settleTask(ctx, id);
}

function isPersonsChoice(task: TaskRow): boolean {
  const leftOut = task.status === 'skipped' || task.status === 'cancelled';
  return leftOut && task.causeTaskId === null;
}
