import type { NamedSubtask } from '../../domain/breakdown/name-subtasks.ts';
import { assertNever } from '../../domain/errors.ts';
import type { TaskEvent } from '../../domain/event.ts';
import type { ListTask } from '../../domain/tasklist/model.ts';
import { timeText } from '../../domain/time-text.ts';
import { accept } from '../../domain/transition/decision.ts';
import type { EnqueuedSubtask, SubtaskPast } from '../breakdowns.ts';
import type { KnownRows } from './breakdown-row.ts';
import { linkTasks } from './link-tasks.ts';
import { insertTask } from './list-task.ts';
import { settleTask } from './resolve-dependants.ts';
import { existingTask, writeTransition } from './task-row.ts';
import { change, type Verb, type VerbContext } from './verb.ts';

const SET_RESULT = 'UPDATE task_queue SET result_summary = ? WHERE id = ?';

export interface InsertSubtasks {
  readonly listId: string;
  readonly path: string;
  readonly subtasks: readonly NamedSubtask[];
  readonly known: KnownRows;
  readonly past: readonly (SubtaskPast | null)[];
}

/** Put subtasks behind those that are there, link them and settle what is over already. */
export function* insertSubtasks(
  ctx: VerbContext,
  { listId, path, subtasks, known, past }: InsertSubtasks,
): Verb<readonly EnqueuedSubtask[]> {
  const ids = new Map(known.ids);
  const enqueued: EnqueuedSubtask[] = [];
  for (const [index, subtask] of subtasks.entries()) {
    const before = past[index] ?? null;
    const { key, taskId, title, specialistType, estimatedEffort, dependencies } = subtask;
    const id = yield* insertTask(at(ctx, before?.createdAtMs ?? null), {
      listId,
      path,
      task: listTaskOf(subtask, known.lastPosition + index + 1),
      status: 'queued',
      mark: 'none',
      role: { title, specialistType, estimatedEffort },
    });
    if (before !== null) yield* tellPast(ctx, id, before);
    ids.set(taskId, id);
    enqueued.push({ key, id, taskId, title, specialistType, dependencies });
  }
  const tasks = enqueued.map(({ id, dependencies }) => ({ id, dependencies, isNew: true }));
  const linked = yield* linkTasks(ctx, { path, ids, tasks, ignoreMissing: false });
  for (const id of linked.unsettled) yield* settleTask(ctx, id);
  return enqueued;
}

/** A subtask in the words of a list's line: it is stored in the same columns. */
function listTaskOf(subtask: NamedSubtask, position: number): ListTask {
  const { taskId, description, priority, dependencies } = subtask;
  const { acceptance, verify, labels, agent, timeoutMs, onDepFailure } = subtask;
  return {
    ...{ taskId, explicitId: true, description, section: null, priority, mark: 'none' },
    ...{ dependencies, position, line: 0, steps: [], criteria: acceptance },
    ...{ agent, verify, timeoutMs, needs: labels, onDepFailure, fields: {} },
  };
}

/** What became of it elsewhere, as the events that happened then. */
function* tellPast(ctx: VerbContext, id: string, past: SubtaskPast): Verb<void> {
  const event = eventOf(past);
  if (event !== null) {
    const task = yield* existingTask(id);
    const then = at(ctx, past.endedAtMs ?? past.createdAtMs);
    yield* writeTransition(then, { task, decision: accept(task, event, then.nowMs) });
  }
  if (past.result !== null) yield* change(SET_RESULT, past.result, id);
}

const UNKNOWN = 'it was so before it came here';

function eventOf({ status, reason, result }: SubtaskPast): TaskEvent | null {
  switch (status) {
    case 'queued':
      return null;
    case 'completed':
      return { kind: 'completed', by: 'agent', ...(result === null ? {} : { summary: result }) };
    case 'failed':
      return { kind: 'failed', error: reason ?? UNKNOWN, cause: 'exit' };
    case 'skipped':
    case 'cancelled':
      return { kind: status, by: 'person', reason: reason ?? UNKNOWN };
    case 'waiting':
      return { kind: 'waiting', reason: reason ?? UNKNOWN };
    default:
      return assertNever(status);
  }
}

function at(ctx: VerbContext, ms: number | null): VerbContext {
  return ms === null ? ctx : { ...ctx, nowMs: ms, nowText: timeText(ms) };
}
