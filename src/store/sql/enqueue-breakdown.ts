import { checkNewBreakdown } from '../../domain/breakdown/check-new-breakdown.ts';
import { checkSubtasks } from '../../domain/breakdown/check-subtasks.ts';
import { breakdownPath } from '../../domain/breakdown/list-path.ts';
import { nameSubtasks, parentId } from '../../domain/breakdown/name-subtasks.ts';
import { planError } from '../../domain/breakdown/plan-faults.ts';
import type { CheckedBreakdown } from '../../domain/breakdown/plan-model.ts';
import { PawlError } from '../../domain/errors.ts';
import { timeText } from '../../domain/time-text.ts';
import type { AddSubtasks, EnqueueBreakdown, EnqueuedBreakdown } from '../breakdowns.ts';
import { type KnownRows, knownSubtasks, openBreakdown } from './breakdown-row.ts';
import { insertSubtasks } from './insert-subtasks.ts';
import { change, row, type Verb, type VerbContext } from './verb.ts';

const ADD_LIST =
  'INSERT INTO task_lists (list_id, task_list_path, title, write_back, created_at_ms, ' +
  'loaded_at_ms) VALUES (?, ?, ?, 0, ?, ?)';
const ADD_EXECUTOR =
  'INSERT INTO executors (id, list_id, created_at, updated_at) VALUES (?, ?, ?, ?)';
const ADD_BREAKDOWN =
  'INSERT INTO task_breakdowns (parent_task_id, list_id, title, description, complexity, ' +
  'context, session_id, source, created_at, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
const IS_TAKEN = 'SELECT list_id AS listId FROM task_lists WHERE task_list_path = ?';

const NOTHING_THERE: KnownRows = { ids: new Map(), taken: new Set(), lastPosition: 0 };

/**
 * Store a breakdown with its subtasks, edges and events, wholly or not at all. Its list has no file
 * and is executed by nobody until somebody says so.
 *
 * @throws PawlError `plan_invalid` with every fault in its details; `breakdown_exists`.
 */
export function* enqueueBreakdown(
  ctx: VerbContext,
  input: EnqueueBreakdown,
): Verb<EnqueuedBreakdown> {
  const { plan, mayBeEmpty = false } = input;
  const { breakdown, ...checked } = checkNewBreakdown(plan, { mayBeEmpty });
  const parentTaskId = yield* freeParentId(ctx, breakdown);
  const listId = yield* addList(ctx, { parentTaskId, breakdown, input });
  const path = breakdownPath(parentTaskId);
  const chance = (): number => ctx.chance();
  const subtasks = yield* insertSubtasks(ctx, {
    ...{ listId, path, known: NOTHING_THERE, past: input.past ?? [] },
    subtasks: nameSubtasks(checked.subtasks, NOTHING_THERE.taken, chance),
  });
  return { parentTaskId, listId, list: path, subtasks, notes: checked.notes };
}

/**
 * Add subtasks behind those that a breakdown has. They may wait for these, never the other way
 * round: that is `updateSubtask`.
 *
 * @throws PawlError `breakdown_not_found`, `breakdown_archived`, `plan_invalid`.
 */
export function* addSubtasks(ctx: VerbContext, input: AddSubtasks): Verb<EnqueuedBreakdown> {
  const { parentTaskId, listId, list } = yield* openBreakdown(input.parentTaskId);
  const known = yield* knownSubtasks(list);
  const checked = checkSubtasks(input.subtasks, knownOf(known));
  if (checked.faults.length > 0) throw planError(checked.faults);
  const subtasks = yield* insertSubtasks(ctx, {
    ...{ listId, path: list, known, past: [] },
    subtasks: nameSubtasks(checked.subtasks, known.taken, () => ctx.chance()),
  });
  return { parentTaskId, listId, list, subtasks, notes: checked.notes };
}

function knownOf({ ids, taken }: KnownRows) {
  return { taskIds: new Set(ids.keys()), taken };
}

function* freeParentId(ctx: VerbContext, { parentTaskId }: CheckedBreakdown): Verb<string> {
  if (parentTaskId === null) {
    const chance = ctx.chance();
    for (let further = 0; ; further += 1) {
      const id = parentId(chance, further);
      if ((yield* listWith(id)) === undefined) return id;
    }
  }
  if ((yield* listWith(parentTaskId)) === undefined) return parentTaskId;
  throw new PawlError('breakdown_exists', `there is a breakdown ${parentTaskId} already`, {
    details: { parentTaskId },
  });
}

function* listWith(parentTaskId: string): Verb<{ readonly listId: string } | undefined> {
  return yield* row<{ listId: string }>(IS_TAKEN, breakdownPath(parentTaskId));
}

function* addList(
  ctx: VerbContext,
  {
    parentTaskId,
    breakdown,
    input,
  }: {
    readonly parentTaskId: string;
    readonly breakdown: CheckedBreakdown;
    readonly input: EnqueueBreakdown;
  },
): Verb<string> {
  const listId = ctx.uuid();
  const { title, description, complexity, context } = breakdown;
  const { createdAtMs = ctx.nowMs, sessionId, source } = input;
  const { nowMs, nowText } = ctx;
  yield* change(ADD_LIST, listId, breakdownPath(parentTaskId), title, createdAtMs, nowMs);
  yield* change(ADD_EXECUTOR, ctx.uuid(), listId, nowText, nowText);
  yield* change(
    ADD_BREAKDOWN,
    ...[parentTaskId, listId, title, description, complexity, context],
    ...[sessionId, source, timeText(createdAtMs), createdAtMs],
  );
  return listId;
}
