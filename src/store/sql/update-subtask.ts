import { changeSubtask, type StoredSubtask } from '../../domain/breakdown/change-subtask.ts';
import { checkBreakdown } from '../../domain/breakdown/check-breakdown.ts';
import { planError } from '../../domain/breakdown/plan-faults.ts';
import { PawlError } from '../../domain/errors.ts';
import type {
  BreakdownSummary,
  UpdateBreakdown,
  UpdatedSubtask,
  UpdateSubtask,
} from '../breakdowns.ts';
import { knownSubtasks, openBreakdown } from './breakdown-row.ts';
import { changeTask } from './change-task.ts';
import { linkTasks } from './link-tasks.ts';
import { summarizeBreakdown } from './read-breakdowns.ts';
import { readTaskDetail, readTaskLine } from './read-tasks.ts';
import { answerAnew, settleTask } from './resolve-dependants.ts';
import { writeEvent } from './task-row.ts';
import { change, row, rows, type Verb, type VerbContext } from './verb.ts';

const PARENT = 'SELECT parent_task_id AS parentTaskId FROM task_breakdowns WHERE list_id = ?';
const EDGES =
  'SELECT q.task_id AS taskId, d.depends_on_task_id AS dependency FROM task_queue q ' +
  'LEFT JOIN task_dependencies d ON d.task = q.id WHERE q.task_list_path = ? ' +
  'ORDER BY q.position, q.id, d.ordinal';
const UPDATE =
  'UPDATE task_queue SET updated_at = ?, title = ?, description = ?, specialist_type = ?, ' +
  'estimated_effort = ?, priority = ?, criteria_json = ?, verify_json = ?, needs_json = ?, ' +
  'agent = ?, timeout_ms = ?, on_dep_failure = ?, dependencies = ? WHERE id = ?';
const UPDATE_BREAKDOWN =
  'UPDATE task_breakdowns SET title = ?, description = ?, complexity = ?, context = ? ' +
  'WHERE parent_task_id = ?';
const UPDATE_TITLE = 'UPDATE task_lists SET title = ? WHERE list_id = ?';

/**
 * Change what a subtask says, or whom it waits for. Its dependencies are settled anew, and what a
 * former one had skipped comes back. A running attempt goes by the old words.
 *
 * @throws PawlError `task_not_found`, `list_has_file`, `breakdown_archived`, `plan_invalid`.
 */
export function* updateSubtask(ctx: VerbContext, input: UpdateSubtask): Verb<UpdatedSubtask> {
  const isEdit = Object.values(input.change).some((value) => value !== undefined);
  const edited = isEdit ? yield* editSubtask(ctx, input) : { changed: [], notes: [] };
  const { id, also } = input;
  const changed = also === undefined ? null : yield* changeTask(ctx, { id, ...also });
  return { ...edited, task: yield* readTaskLine(id), also: changed?.kind ?? null };
}

type Edited = Pick<UpdatedSubtask, 'changed' | 'notes'>;

function* editSubtask(ctx: VerbContext, input: UpdateSubtask): Verb<Edited> {
  const task = yield* readTaskDetail(input.id);
  if (task === null) throw new PawlError('task_not_found', `no task has the id ${input.id}`);
  const parent = yield* row<{ parentTaskId: string }>(PARENT, task.listId);
  if (parent === undefined) {
    const message = `${task.taskId} is a line of ${task.list}: that file says what it is`;
    throw new PawlError('list_has_file', message, { details: { taskId: task.taskId } });
  }
  yield* openBreakdown(parent.parentTaskId);
  const known = yield* knownSubtasks(task.list);
  const stored = storedOf(task);
  const { subtask, changed, faults, notes } = changeSubtask(stored, input.change, {
    taskIds: new Set(known.ids.keys()),
    taken: known.taken,
    edges: yield* edgesOf(task.list),
  });
  if (faults.length > 0) throw planError(faults);
  if (changed.length === 0) return { changed, notes };
  yield* writeContent(ctx, task.id, subtask);
  yield* writeEvent(ctx, task, { kind: 'edited', fields: changed });
  if (changed.includes('dependencies')) {
    const { dependencies } = subtask;
    const tasks = [{ id: task.id, dependencies, isNew: false }];
    const { ids } = known;
    yield* linkTasks(ctx, { path: task.list, ids, tasks, ignoreMissing: false });
    yield* settleTask(ctx, task.id);
  }
  if (changed.includes('dependencies') || changed.includes('onDepFailure')) {
    yield* answerAnew(ctx, task.id);
  }
  return { changed, notes };
}

/** @throws PawlError `breakdown_not_found`, `breakdown_archived`, `plan_invalid`. */
export function* updateBreakdown(
  _ctx: VerbContext,
  { parentTaskId, change: said }: UpdateBreakdown,
): Verb<BreakdownSummary> {
  const stored = yield* openBreakdown(parentTaskId);
  const given = Object.entries(said).filter(([, value]) => value !== undefined);
  const wish = { ...stored, ...Object.fromEntries(given) };
  const { breakdown, faults } = checkBreakdown(wish);
  if (faults.length > 0) throw planError(faults);
  const { title, description, complexity, context } = breakdown;
  yield* change(UPDATE_BREAKDOWN, title, description, complexity, context, parentTaskId);
  yield* change(UPDATE_TITLE, title, stored.listId);
  return yield* summarizeBreakdown(parentTaskId);
}

type Detail = NonNullable<ReturnType<typeof readTaskDetail> extends Verb<infer T> ? T : never>;

function storedOf(task: Detail): StoredSubtask {
  const { taskId, status, description, specialistType, estimatedEffort } = task;
  const { criteria, verify, priority, needs, agent, timeoutMs, onDepFailure } = task;
  return {
    ...{ taskId, status, description, specialistType, estimatedEffort, priority },
    ...{ title: task.title ?? description, acceptance: criteria, verify, labels: needs },
    ...{ agent, timeoutMs, onDepFailure, dependencies: task.dependencies },
  };
}

function* edgesOf(path: string): Verb<ReadonlyMap<string, readonly string[]>> {
  const edges = new Map<string, string[]>();
  for (const { taskId, dependency } of yield* rows<{
    readonly taskId: string;
    readonly dependency: string | null;
  }>(EDGES, path)) {
    const known = edges.get(taskId) ?? [];
    if (dependency !== null) known.push(dependency);
    edges.set(taskId, known);
  }
  return edges;
}

function* writeContent(ctx: VerbContext, id: string, subtask: StoredSubtask): Verb<void> {
  const { title, description, specialistType, estimatedEffort, priority } = subtask;
  const { acceptance, verify, labels, agent, timeoutMs, onDepFailure, dependencies } = subtask;
  yield* change(
    UPDATE,
    ...[ctx.nowText, title, description, specialistType, estimatedEffort, priority],
    ...[orNull(acceptance), orNull(verify), orNull(labels)],
    ...[agent, timeoutMs, onDepFailure, JSON.stringify(dependencies), id],
  );
}

function orNull(values: readonly string[] | null): string | null {
  return values === null || values.length === 0 ? null : JSON.stringify(values);
}
