import type { TaskStatus } from '../../domain/status.ts';
import {
  change,
  rows,
  type Statement,
  together,
  type Verb,
  type VerbContext,
  write,
} from './verb.ts';

export interface LinkedTask {
  readonly id: string;
  readonly dependencies: readonly string[];
  /** Added just now: it has no edges to remove. */
  readonly isNew: boolean;
}

export interface LinkTasks {
  readonly path: string;
  /** Task id to `id`, for every task of the list that is not archived, or was completed before. */
  readonly ids: ReadonlyMap<string, string>;
  readonly tasks: readonly LinkedTask[];
  /** A dependency that the list does not have keeps nobody waiting. */
  readonly ignoreMissing: boolean;
}

const STATUSES = 'SELECT id, status FROM task_queue WHERE task_list_path = ?';
const UNLINK = 'DELETE FROM task_dependencies WHERE task = ?';
const LINK =
  'INSERT INTO task_dependencies (task, depends_on_task_id, depends_on, ordinal, ' +
  'satisfied_at_ms) VALUES (?, ?, ?, ?, ?)';
const LINKED_TOGETHER_MAX = 512;
const DANGLING =
  'SELECT d.task, d.depends_on_task_id AS taskId FROM task_dependencies d ' +
  'JOIN task_queue q ON q.id = d.task ' +
  'WHERE q.task_list_path = ? AND d.depends_on IS NULL ORDER BY q.position, d.ordinal';
const MISSING =
  'SELECT DISTINCT d.task FROM task_dependencies d JOIN task_queue q ON q.id = d.task ' +
  'LEFT JOIN task_queue p ON p.id = d.depends_on WHERE q.task_list_path = ? ' +
  'AND d.satisfied_at_ms IS NULL AND (d.depends_on IS NULL OR p.archived_at_ms IS NOT NULL)';
const FOUND =
  'UPDATE task_dependencies SET depends_on = ?, satisfied_at_ms = ? ' +
  'WHERE task = ? AND depends_on_task_id = ?';
const WAIVE =
  'UPDATE task_dependencies SET satisfied_at_ms = ? WHERE task = ? AND satisfied_at_ms IS NULL ' +
  'AND (depends_on IS NULL OR depends_on IN ' +
  '(SELECT id FROM task_queue WHERE archived_at_ms IS NOT NULL))';
const RECOUNT =
  'UPDATE task_queue SET pending_deps = (SELECT count(*) FROM task_dependencies d ' +
  'WHERE d.task = task_queue.id AND d.satisfied_at_ms IS NULL) WHERE id = ?';

/**
 * Write the edges of the given tasks anew, give dangling edges of the list the tasks that meanwhile
 * exist, and count open edges. `unsettled` are those whose dependency ended without completing.
 */
export function* linkTasks(
  ctx: VerbContext,
  input: LinkTasks,
): Verb<{ readonly unsettled: readonly string[] }> {
  const dangling = yield* rows<{ task: string; taskId: string }>(DANGLING, input.path);
  const found = dangling.filter((edge) => input.ids.has(edge.taskId));
  if (input.tasks.length === 0 && found.length === 0) return { unsettled: [] };
  const statuses = new Map<string, TaskStatus>();
  for (const task of yield* rows<{ id: string; status: TaskStatus }>(STATUSES, input.path)) {
    statuses.set(task.id, task.status);
  }
  const unsettled = new Set<string>();
  const linkOf = (
    task: string,
    taskId: string,
  ): { id: string | null; satisfied: number | null } => {
    const id = input.ids.get(taskId) ?? null;
    const status = id === null ? null : (statuses.get(id) ?? null);
    if (status === 'failed' || status === 'skipped' || status === 'cancelled') unsettled.add(task);
    const satisfied = status === 'completed' || (id === null && input.ignoreMissing);
    return { id, satisfied: satisfied ? ctx.nowMs : null };
  };
  const recount = new Set<string>();
  const links: Statement[] = [];
  for (const task of input.tasks) {
    const removed = task.isNew ? 0 : yield* change(UNLINK, task.id);
    if (removed === 0 && task.dependencies.length === 0) continue;
    recount.add(task.id);
    for (const [ordinal, taskId] of task.dependencies.entries()) {
      const { id, satisfied } = linkOf(task.id, taskId);
      links.push(write(LINK, task.id, taskId, id, ordinal, satisfied));
    }
    if (links.length >= LINKED_TOGETHER_MAX) yield* together(links.splice(0));
  }
  yield* together(links);
  const relinked = new Set(input.tasks.map((task) => task.id));
  for (const edge of found) {
    if (relinked.has(edge.task)) continue;
    const { id, satisfied } = linkOf(edge.task, edge.taskId);
    yield* change(FOUND, id, satisfied, edge.task, edge.taskId);
    recount.add(edge.task);
  }
  yield* together([...recount].map((id) => write(RECOUNT, id)));
  return { unsettled: [...unsettled] };
}

/** `--ignore-missing`: dependencies that the list does not have keep nobody waiting. */
export function* waiveMissing(ctx: VerbContext, path: string): Verb<void> {
  for (const { task } of yield* rows<{ task: string }>(MISSING, path)) {
    yield* change(WAIVE, ctx.nowMs, task);
    yield* change(RECOUNT, task);
  }
}
