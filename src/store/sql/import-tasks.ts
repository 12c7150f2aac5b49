import type { TaskImport } from '../../domain/importing/compare-import.ts';
import { bornAtMs, importSteps } from '../../domain/importing/import-steps.ts';
import type { ImportedTask } from '../../domain/importing/imported-plan.ts';
import { isTerminal, type OnDepFailure } from '../../domain/status.ts';
import type { ListTask } from '../../domain/tasklist/model.ts';
import { timeText } from '../../domain/time-text.ts';
import { accept } from '../../domain/transition/decision.ts';
import { linkTasks } from './link-tasks.ts';
import { insertTask, updateTaskText } from './list-task.ts';
import { resolveDependants, settleTask } from './resolve-dependants.ts';
import { existingTask, type TaskRow, writeEvent, writeTransition } from './task-row.ts';
import { change, row, rows, type Verb, type VerbContext } from './verb.ts';

const ROLE =
  'UPDATE task_queue SET title = ?, specialist_type = ?, estimated_effort = ?, ' +
  'result_summary = ?, updated_at = ? WHERE id = ?';
const LAST_POSITION =
  'SELECT coalesce(max(position), 0) AS position FROM task_queue WHERE task_list_path = ?';
const KEPT = 'SELECT position, on_dep_failure AS onDepFailure FROM task_queue WHERE id = ?';
const REACHABLE =
  'SELECT id, task_id AS taskId FROM task_queue WHERE task_list_path = ? ' +
  "AND (archived_at_ms IS NULL OR status = 'completed')";
/** Dependencies were not enforced where it comes from: one that is over for good lets it go. */
const RUN_ANYHOW =
  "UPDATE task_queue SET on_dep_failure = 'run' WHERE id = ? AND on_dep_failure IS NULL";
const WAITING_FOR =
  'SELECT d.task FROM task_dependencies d WHERE d.depends_on = ? AND d.satisfied_at_ms IS NULL';

export interface WriteImportedTasks {
  readonly listId: string;
  readonly path: string;
  readonly tasks: readonly TaskImport[];
}

/** Write what an import changes: rows, events at the moments they happened, edges. */
export function* writeImportedTasks(
  ctx: VerbContext,
  { listId, path, tasks }: WriteImportedTasks,
): Verb<ReadonlyMap<string, string>> {
  const changes = tasks.filter((step) => step.kind === 'add' || step.kind === 'update');
  const added = new Map<string, string>();
  let { position } = (yield* row<{ position: number }>(LAST_POSITION, path)) ?? { position: 0 };
  for (const step of changes) {
    if (step.kind === 'add') {
      position += 1;
      const id = yield* addTask(ctx, { listId, path, position, task: step.task });
      added.set(step.task.taskId, id);
    } else yield* updateTask(ctx, step.id, step.task);
  }
  const idOf = (step: (typeof changes)[number]): string | undefined =>
    step.kind === 'add' ? added.get(step.task.taskId) : step.id;
  const ids = new Map(
    (yield* rows<{ id: string; taskId: string }>(REACHABLE, path)).map((one) => [
      one.taskId,
      one.id,
    ]),
  );
  const linked = yield* linkTasks(ctx, {
    path,
    ids,
    // An archived one has its own edges, too, though nobody may wait for it.
    tasks: changes.flatMap((step) => {
      const id = idOf(step);
      const { dependencies } = step.task;
      return id === undefined ? [] : [{ id, dependencies, isNew: step.kind === 'add' }];
    }),
    ignoreMissing: true,
  });
  for (const id of linked.unsettled) {
    yield* change(RUN_ANYHOW, id);
    yield* settleTask(ctx, id);
  }
  for (const step of changes) {
    const id = idOf(step);
    if (id !== undefined) yield* resolveIfOver(ctx, yield* existingTask(id));
  }
  return added;
}

function* addTask(
  ctx: VerbContext,
  { task, ...place }: { listId: string; path: string; position: number; task: ImportedTask },
): Verb<string> {
  const { listId, path, position } = place;
  const born = at(ctx, bornAtMs(task, ctx.nowMs));
  const listTask = listTaskOf(task, { position, onDepFailure: null });
  const id = yield* insertTask(born, {
    listId,
    path,
    task: listTask,
    status: 'queued',
    mark: 'none',
  });
  yield* bringTo(ctx, id, task);
  return id;
}

function* updateTask(ctx: VerbContext, id: string, task: ImportedTask): Verb<void> {
  const kept = yield* row<{ position: number; onDepFailure: OnDepFailure | null }>(KEPT, id);
  const { position = 0, onDepFailure = null } = kept ?? {};
  yield* updateTaskText(ctx, id, listTaskOf(task, { position, onDepFailure }));
  yield* writeEvent(ctx, yield* existingTask(id), { kind: 'edited', fields: ['import'] });
  yield* bringTo(ctx, id, task);
}

function* bringTo(ctx: VerbContext, id: string, task: ImportedTask): Verb<void> {
  let now = yield* existingTask(id);
  for (const { event, atMs } of importSteps(now, task, ctx.nowMs)) {
    now = yield* writeTransition(at(ctx, atMs), { task: now, decision: accept(now, event, atMs) });
  }
  const { title, specialist, effort, result } = task;
  yield* change(ROLE, title, specialist, effort, result, ctx.nowText, id);
}

/** Those that wait for it are freed: by its completion, or because nothing was enforced before. */
function* resolveIfOver(ctx: VerbContext, task: TaskRow): Verb<void> {
  if (!isTerminal(task.status)) return;
  if (task.status !== 'completed') {
    for (const one of yield* rows<{ task: string }>(WAITING_FOR, task.id)) {
      yield* change(RUN_ANYHOW, one.task);
    }
  }
  yield* resolveDependants(ctx, task);
}

function at(ctx: VerbContext, ms: number): VerbContext {
  return ms === ctx.nowMs
    ? ctx
    : {
        nowMs: ms,
        nowText: timeText(ms),
        uuid: () => ctx.uuid(),
        chance: () => ctx.chance(),
      };
}

function listTaskOf(
  task: ImportedTask,
  { position, onDepFailure }: { position: number; onDepFailure: OnDepFailure | null },
): ListTask {
  const { taskId, description, priority, dependencies, labels, criteria, fields } = task;
  return {
    ...{ taskId, description, priority, dependencies, criteria, fields, position, onDepFailure },
    ...{ explicitId: true, section: null, mark: 'none', line: 0, steps: [], agent: null },
    ...{ verify: null, timeoutMs: null, needs: labels },
  };
}
