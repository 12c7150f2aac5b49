import { invariant } from '../../domain/errors.ts';
import type { ListMark, ListTask } from '../../domain/tasklist/model.ts';
import { enqueue } from '../../domain/transition/enqueue.ts';
import { eventOf } from './task-row.ts';
import { change, type Statement, together, type Verb, type VerbContext, write } from './verb.ts';

export interface NewTask {
  readonly listId: string;
  readonly path: string;
  readonly task: ListTask;
  readonly status: 'queued' | 'completed' | 'skipped';
  readonly mark: ListMark;
  readonly role?: TaskRole;
}

/** What a subtask has besides, and a line of a list has not. */
export interface TaskRole {
  readonly title: string | null;
  readonly specialistType: string | null;
  readonly estimatedEffort: string | null;
}

const INSERT =
  'INSERT INTO task_queue (id, task_list_path, list_id, task_id, status, ended_at_ms, ' +
  'completed_at, queued_at, created_at, updated_at, seen_mark, title, specialist_type, ' +
  'estimated_effort, priority, section, description, ' +
  'dependencies, position, explicit_id, line, agent, verify_json, timeout_ms, needs_json, ' +
  'steps_json, criteria_json, fields_json, on_dep_failure) ' +
  'VALUES (' +
  `${Array.from({ length: 29 }, () => '?').join(', ')})`;

const UPDATE =
  'UPDATE task_queue SET updated_at = ?, priority = ?, section = ?, description = ?, ' +
  'dependencies = ?, position = ?, explicit_id = ?, line = ?, agent = ?, verify_json = ?, ' +
  'timeout_ms = ?, needs_json = ?, steps_json = ?, criteria_json = ?, fields_json = ?, ' +
  'on_dep_failure = ? WHERE id = ?';

/** Put a task of a list into the queue, with its event. Gives its new `id`. */
export function* insertTask(ctx: VerbContext, input: NewTask): Verb<string> {
  const { id, statements } = newTask(ctx, input);
  yield* together(statements);
  return id;
}

/** What `insertTask` writes, for a verb that writes many tasks together. */
export function newTask(
  ctx: VerbContext,
  input: NewTask,
): { readonly id: string; readonly statements: readonly Statement[] } {
  const decision = enqueue(input.status, ctx.nowMs);
  invariant(decision.ok, 'a new task can always be enqueued');
  const id = ctx.uuid();
  const { endedAtMs } = decision.next;
  const insert = write(
    INSERT,
    id,
    input.path,
    input.listId,
    input.task.taskId,
    decision.next.status,
    endedAtMs,
    endedAtMs === null ? null : ctx.nowText,
    ctx.nowText,
    ctx.nowText,
    ctx.nowText,
    input.mark,
    input.role?.title ?? null,
    input.role?.specialistType ?? null,
    input.role?.estimatedEffort ?? null,
    ...textColumns(input.task),
  );
  const event = eventOf(ctx, { id, listId: input.listId }, decision.event);
  return { id, statements: [insert, event] };
}

/** Bring the text of a task to what its line says now. */
export function* updateTaskText(ctx: VerbContext, id: string, task: ListTask): Verb<void> {
  yield* change(UPDATE, ctx.nowText, ...textColumns(task), id);
}

function textColumns(task: ListTask): (string | number | null)[] {
  return [
    task.priority,
    task.section,
    task.description,
    task.dependencies.length === 0 ? '[]' : JSON.stringify(task.dependencies),
    task.position,
    task.explicitId ? 1 : 0,
    task.line,
    task.agent,
    orNull(task.verify),
    task.timeoutMs,
    orNull(task.needs),
    orNull(task.steps),
    orNull(task.criteria),
    Object.keys(task.fields).length === 0 ? null : JSON.stringify(task.fields),
    task.onDepFailure,
  ];
}

/** Empty and absent are one thing: most tasks have none of these, and a NULL costs nothing. */
function orNull(values: readonly string[] | null): string | null {
  return values === null || values.length === 0 ? null : JSON.stringify(values);
}
