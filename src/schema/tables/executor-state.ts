import { trigger, view } from '../vocabulary.ts';

const counted = (column: string, statuses: string): string =>
  `(SELECT count(*) FROM task_queue q WHERE q.list_id = e.list_id ` +
  `AND q.status IN (${statuses}) AND q.archived_at_ms IS NULL) AS ${column}`;

/**
 * A view, so that its counters equal the rows at every commit by construction and finishing a task
 * never waits for a counter row.
 */
export const executorState = view({
  name: 'executor_state',
  about: 'The promised state of each list, with its counters.',
  select: [
    'SELECT e.id, l.task_list_path, e.status, e.config_json,',
    `${counted(
      'total_tasks',
      "'queued', 'running', 'waiting', 'completed', 'failed', 'skipped', 'cancelled'",
    )},`,
    `${counted('completed_tasks', "'completed'")},`,
    `${counted('failed_tasks', "'failed'")},`,
    `${counted('skipped_tasks', "'skipped'")},`,
    '(SELECT q.task_id FROM task_queue q',
    "WHERE q.list_id = e.list_id AND q.status = 'running'",
    'ORDER BY q.started_at_ms, q.position LIMIT 1) AS current_task_id,',
    'e.started_at, e.paused_at, e.stopped_at, e.created_at, e.updated_at,',
    `${counted('cancelled_tasks', "'cancelled'")},`,
    `${counted('queued_tasks', "'queued'")},`,
    `${counted('running_tasks', "'running'")},`,
    `${counted('waiting_tasks', "'waiting'")},`,
    'e.list_id',
    'FROM executors e JOIN task_lists l ON l.list_id = e.list_id',
  ].join('\n'),
});

const adoptList = (path: string): string =>
  'INSERT INTO task_lists (list_id, task_list_path, created_at_ms) ' +
  `SELECT 'path:' || ${path}, ${path}, 0 WHERE NOT EXISTS ` +
  `(SELECT 1 FROM task_lists WHERE task_list_path = ${path})`;

const listOf = (path: string): string =>
  `(SELECT list_id FROM task_lists WHERE task_list_path = ${path})`;

/** Rows that others insert with the promised columns alone join a list of ours. */
export const taskQueueAdopt = trigger({
  name: 'task_queue_adopt',
  about: 'Gives a task that was inserted by hand its list.',
  on: 'task_queue',
  event: 'after insert',
  when: 'NEW.list_id IS NULL',
  statements: [
    adoptList('NEW.task_list_path'),
    `UPDATE task_queue SET list_id = ${listOf('NEW.task_list_path')} WHERE id = NEW.id`,
  ],
});

export const executorStateInsert = trigger({
  name: 'executor_state_insert',
  about: 'Serves an INSERT written against the promised columns.',
  on: 'executor_state',
  event: 'instead of insert',
  statements: [
    adoptList('NEW.task_list_path'),
    'INSERT INTO executors (id, list_id, status, config_json, started_at, paused_at, stopped_at) ' +
      `VALUES (NEW.id, ${listOf('NEW.task_list_path')}, coalesce(NEW.status, 'stopped'), ` +
      'NEW.config_json, NEW.started_at, NEW.paused_at, NEW.stopped_at)',
  ],
});

export const executorStateUpdate = trigger({
  name: 'executor_state_update',
  about: 'Serves an UPDATE of what a person may wish for; counters are not written.',
  on: 'executor_state',
  event: 'instead of update',
  statements: [
    'UPDATE executors SET status = NEW.status, config_json = NEW.config_json, ' +
      'started_at = NEW.started_at, paused_at = NEW.paused_at, stopped_at = NEW.stopped_at, ' +
      'updated_at = NEW.updated_at WHERE id = NEW.id',
  ],
});
