import type { TaskEvent } from '../../domain/event.ts';
import { fold } from '../../domain/evolve.ts';
import type { TaskState } from '../../domain/task.ts';
import type { AuditFault } from '../store.ts';
import { EACH_TEXT } from './fragments.ts';
import { TASK_COLUMNS, type TaskRow } from './task-row.ts';
import { rows, type Verb } from './verb.ts';

const PAGE = 'FROM task_queue WHERE id > ? ORDER BY id LIMIT 1000';
const TASKS = `SELECT ${TASK_COLUMNS}, dependencies ${PAGE}`;
const EVENTS =
  'SELECT task, at_ms AS atMs, data_json AS data FROM task_events ' +
  `WHERE task IN (SELECT value FROM ${EACH_TEXT}) ORDER BY seq`;
const OPEN_EDGES =
  'SELECT q.id, q.task_id AS taskId, q.pending_deps AS stored, count(d.task) AS open ' +
  'FROM task_queue q LEFT JOIN task_dependencies d ' +
  'ON d.task = q.id AND d.satisfied_at_ms IS NULL ' +
  'GROUP BY q.id HAVING q.pending_deps <> count(d.task)';
const EDGES =
  'SELECT task, depends_on_task_id AS taskId FROM task_dependencies ' +
  `WHERE task IN (SELECT value FROM ${EACH_TEXT}) ORDER BY task, ordinal`;

/** Waiting for something that is over, by a policy that should long have answered it. */
const UNRESOLVED =
  'SELECT q.id, q.task_id AS taskId, p.task_id AS parent, p.status FROM task_dependencies d ' +
  'JOIN task_queue q ON q.id = d.task JOIN task_queue p ON p.id = d.depends_on ' +
  "WHERE d.satisfied_at_ms IS NULL AND q.status IN ('queued', 'waiting') " +
  "AND p.status IN ('completed', 'failed', 'skipped', 'cancelled')";
const HOLDER =
  'SELECT id, task_id AS taskId, status FROM task_queue WHERE ' +
  "(status = 'running') <> (holder_id IS NOT NULL) " +
  "OR (status = 'running') <> (lease_until_ms IS NOT NULL)";

const FOLDED: readonly (keyof TaskState)[] = [
  'status',
  'attempts',
  'claims',
  'fence',
  'crashCount',
  'revisions',
  'dueAtMs',
  'held',
  'archivedAtMs',
  'holderId',
  'holderTerm',
  'lastError',
  'statusReason',
  'causeTaskId',
  'startedAtMs',
  'endedAtMs',
];

/** Compare the store with itself: rows with the fold of their events, counts with their edges. */
export function* audit(): Verb<readonly AuditFault[]> {
  const faults: AuditFault[] = [];
  for (let after = ''; ; ) {
    const tasks = yield* rows<AuditedTask>(TASKS, after);
    if (tasks.length === 0) break;
    faults.push(...(yield* compareWithEvents(tasks)), ...(yield* compareWithEdges(tasks)));
    after = (tasks.at(-1) as AuditedTask).id;
  }
  for (const task of yield* rows<{ id: string; taskId: string; stored: number; open: number }>(
    OPEN_EDGES,
  )) {
    const message = `waits for ${task.stored} tasks by its row, ${task.open} by its edges`;
    faults.push({ code: 'pending_deps', id: task.id, taskId: task.taskId, message });
  }
  for (const task of yield* rows<{ id: string; taskId: string; parent: string; status: string }>(
    UNRESOLVED,
  )) {
    const message = `waits for ${task.parent}, which is ${task.status}`;
    faults.push({ code: 'unresolved', id: task.id, taskId: task.taskId, message });
  }
  for (const task of yield* rows<{ id: string; taskId: string; status: string }>(HOLDER)) {
    const message = `is ${task.status}, which does not fit its holder and lease`;
    faults.push({ code: 'holder', id: task.id, taskId: task.taskId, message });
  }
  return faults;
}

interface AuditedTask extends TaskRow {
  /** JSON. */
  readonly dependencies: string | null;
}

/** The promised column says what the edges say, in their order. */
function* compareWithEdges(tasks: readonly AuditedTask[]): Verb<readonly AuditFault[]> {
  const ids = JSON.stringify(tasks.map((task) => task.id));
  const edges = yield* rows<{ task: string; taskId: string }>(EDGES, ids);
  const byTask = Map.groupBy(edges, (edge) => edge.task);
  return tasks
    .filter(({ id, dependencies }) => {
      const said = (byTask.get(id) ?? []).map((edge) => edge.taskId);
      return (dependencies ?? '[]') !== JSON.stringify(said);
    })
    .map(({ id, taskId }) => {
      const message = 'its dependencies column and its edges differ';
      return { code: 'dependencies_column', id, taskId, message };
    });
}

function* compareWithEvents(tasks: readonly TaskRow[]): Verb<readonly AuditFault[]> {
  const logs = new Map<string, { event: TaskEvent; atMs: number }[]>();
  for (const task of tasks) logs.set(task.id, []);
  const ids = JSON.stringify(tasks.map((task) => task.id));
  for (const entry of yield* rows<{ task: string; atMs: number; data: string }>(EVENTS, ids)) {
    const event = JSON.parse(entry.data) as TaskEvent;
    logs.get(entry.task)?.push({ event, atMs: entry.atMs });
  }
  return tasks.flatMap((task): AuditFault[] => {
    const log = logs.get(task.id) ?? [];
    const { id, taskId } = task;
    if (log[0]?.event.kind !== 'enqueued') {
      return [{ code: 'no_event', id, taskId, message: 'was written without an event' }];
    }
    const folded = fold(log);
    return FOLDED.filter((field) => folded[field] !== task[field]).map((field) => ({
      code: 'fold',
      id,
      taskId,
      message: `${field} is ${task[field]}, but its events say ${folded[field]}`,
    }));
  });
}
