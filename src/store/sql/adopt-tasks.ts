import type { TaskEvent } from '../../domain/event.ts';
import { NEW_TASK } from '../../domain/task.ts';
import { timeText } from '../../domain/time-text.ts';
import { accept } from '../../domain/transition/decision.ts';
import { linkTasks } from './link-tasks.ts';
import { settleTask } from './resolve-dependants.ts';
import { TASK_COLUMNS, type TaskRow, writeTransition } from './task-row.ts';
import { change, rows, type Verb, type VerbContext } from './verb.ts';

const TASKS =
  `SELECT ${TASK_COLUMNS}, task_list_path AS path, dependencies, ` +
  'coalesce(queued_at, created_at) AS queuedAt, started_at AS startedAt, ' +
  'completed_at AS completedAt FROM task_queue WHERE id > ? ORDER BY id LIMIT 1000';
const ATTEMPT_NOT_KEPT = 'its error was not kept';
const LISTS_ALONE =
  'SELECT list_id AS listId FROM task_lists l WHERE NOT EXISTS ' +
  '(SELECT 1 FROM executors e WHERE e.list_id = l.list_id)';
const ADD_EXECUTOR = 'INSERT INTO executors (id, list_id) VALUES (?, ?)';
const SET_DEPENDENCIES = 'UPDATE task_queue SET dependencies = ? WHERE id = ?';

interface ForeignTask extends TaskRow {
  readonly path: string;
  readonly dependencies: string | null;
  readonly queuedAt: string | null;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
}

/**
 * Make tasks ours that another program wrote, all of them and once: each gets the events that its
 * row tells of, its edges, and its list an executor. What was running is queued again: nobody
 * holds it any more.
 */
export function* adoptTasks(ctx: VerbContext): Verb<void> {
  const tasks: ForeignTask[] = [];
  for (let after = ''; ; ) {
    const some = yield* rows<ForeignTask>(TASKS, after);
    if (some.length === 0) break;
    tasks.push(...some);
    after = (some.at(-1) as ForeignTask).id;
  }
  for (const task of tasks) yield* tell(ctx, task);
  for (const { listId } of yield* rows<{ listId: string }>(LISTS_ALONE)) {
    yield* change(ADD_EXECUTOR, ctx.uuid(), listId);
  }
  for (const [path, list] of Map.groupBy(tasks, (task) => task.path)) yield* link(ctx, path, list);
}

function* tell(ctx: VerbContext, foreign: ForeignTask): Verb<void> {
  let task: TaskRow = { ...foreign, ...NEW_TASK };
  let found: TaskRow = foreign;
  for (const { event, atMs } of eventsOf(foreign, ctx.nowMs)) {
    const then = { ...ctx, nowMs: atMs, nowText: timeText(atMs) };
    task = yield* writeTransition(then, { task, decision: accept(task, event, atMs), found });
    found = task;
  }
}

interface Told {
  readonly event: TaskEvent;
  readonly atMs: number;
}

function eventsOf(task: ForeignTask, nowMs: number): readonly Told[] {
  const { status, attempts, lastError } = task;
  const queuedAt = momentOf(task.queuedAt) ?? nowMs;
  const startedAt = momentOf(task.startedAt) ?? queuedAt;
  const endedAt = momentOf(task.completedAt) ?? startedAt;
  const error = lastError ?? ATTEMPT_NOT_KEPT;
  if (status === 'completed' && attempts === 0) {
    return [{ event: { kind: 'enqueued', as: 'completed' }, atMs: endedAt }];
  }
  const tries = Array.from({ length: attempts }, (_, at): readonly Told[] => {
    const claimed = {
      kind: 'claimed',
      fence: at + 1,
      holder: '',
      agent: task.assignedAgent,
    } as const;
    const failed = { kind: 'retry_scheduled', error, cause: 'exit', dueAtMs: 0 } as const;
    const isLast = at === attempts - 1;
    const isEnd = isLast && (status === 'completed' || status === 'failed');
    const claim = { event: claimed, atMs: isLast ? startedAt : queuedAt };
    return isEnd ? [claim] : [claim, { event: failed, atMs: claim.atMs }];
  }).flat();
  const end = endOf(task, error);
  return [
    { event: { kind: 'enqueued', as: 'queued' }, atMs: queuedAt },
    ...tries,
    ...(end === null ? [] : [{ event: end, atMs: endedAt }]),
  ];
}

function endOf({ status, lastError }: ForeignTask, error: string): TaskEvent | null {
  if (status === 'completed') return { kind: 'completed', by: 'agent' };
  if (status === 'failed') return { kind: 'failed', error, cause: 'exit' };
  if (status !== 'skipped') return null;
  return { kind: 'skipped', by: 'person', reason: lastError ?? 'skipped before' };
}

/** `datetime('now')` and the ISO form, which are both UTC here; null when it is neither. */
function momentOf(text: string | null): number | null {
  if (text === null || !/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z?$/.test(text)) return null;
  const ms = Date.parse(`${text.replace(' ', 'T').replace('Z', '')}Z`);
  return Number.isNaN(ms) ? null : ms;
}

function* link(ctx: VerbContext, path: string, list: readonly ForeignTask[]): Verb<void> {
  const tasks = list.map(({ id, dependencies }) => ({
    id,
    dependencies: [...new Set((JSON.parse(dependencies ?? '[]') as unknown[]).map(String))],
    isNew: true,
  }));
  for (const { id, dependencies } of tasks) {
    yield* change(SET_DEPENDENCIES, JSON.stringify(dependencies), id);
  }
  const ids = new Map(list.map(({ taskId, id }) => [taskId, id]));
  const { unsettled } = yield* linkTasks(ctx, { path, ids, tasks, ignoreMissing: false });
  for (const id of unsettled) yield* settleTask(ctx, id);
}
