import { PRIORITIES } from '../../domain/priority.ts';
import { ON_DEP_FAILURE, TASK_STATUSES } from '../../domain/status.ts';
import {
  count,
  integer,
  integerOrNull,
  nowText,
  oneOf,
  table,
  text,
  textOrNull,
} from '../vocabulary.ts';

/** The queue. The columns up to `updated_at` are promised to SQL written by others. */
export const taskQueue = table({
  name: 'task_queue',
  about: 'One row a task, of every list.',
  columns: {
    id: text,
    task_list_path: text,
    task_id: text,
    priority: text,
    section: textOrNull,
    description: text,
    dependencies: textOrNull,
    status: { type: 'text', nullable: false, default: { value: 'queued' } },
    assigned_agent: textOrNull,
    position: integer,
    attempts: count,
    last_error: textOrNull,
    queued_at: { type: 'text', nullable: true, default: { expression: 'now' } },
    started_at: textOrNull,
    completed_at: textOrNull,
    created_at: nowText,
    updated_at: nowText,
    list_id: textOrNull,
    claims: count,
    fence: count,
    crash_count: count,
    revisions: count,
    pending_deps: count,
    due_at_ms: count,
    held: count,
    archived_at_ms: integerOrNull,
    holder_id: textOrNull,
    holder_term: count,
    lease_until_ms: integerOrNull,
    started_at_ms: integerOrNull,
    ended_at_ms: integerOrNull,
    status_reason: textOrNull,
    cause_task_id: textOrNull,
    /** What a person asked of a running task: JSON, served by its holder. */
    end_request_json: textOrNull,
    on_dep_failure: textOrNull,
    explicit_id: { type: 'integer', nullable: false, default: { value: 1 } },
    line: count,
    seen_mark: textOrNull,
    agent: textOrNull,
    verify_json: textOrNull,
    timeout_ms: integerOrNull,
    needs_json: textOrNull,
    steps_json: textOrNull,
    criteria_json: textOrNull,
    fields_json: textOrNull,
    result_summary: textOrNull,
    /** Short; what a list's file says is in `description`. */
    title: textOrNull,
    /** The role that the task is written for. */
    specialist_type: textOrNull,
    estimated_effort: textOrNull,
    /** What its holder last said of how far it is. */
    progress_json: textOrNull,
  },
  primaryKey: ['id'],
  checks: [
    { name: 'task_queue_priority', expression: oneOf('priority', PRIORITIES) },
    { name: 'task_queue_status', expression: oneOf('status', TASK_STATUSES) },
    {
      name: 'task_queue_on_dep_failure',
      expression: `on_dep_failure IS NULL OR ${oneOf('on_dep_failure', ON_DEP_FAILURE)}`,
    },
    { name: 'task_queue_pending_deps', expression: 'pending_deps >= 0' },
    { name: 'task_queue_attempts', expression: 'attempts >= 0' },
  ],
  foreignKeys: [
    {
      name: 'task_queue_list',
      columns: ['list_id'],
      references: { table: 'task_lists', columns: ['list_id'] },
      onDelete: 'restrict',
    },
  ],
  indexes: [
    { name: 'task_queue_path_task', columns: ['task_list_path', 'task_id'], unique: true },
    { name: 'task_queue_path_position', columns: ['task_list_path', 'position'] },
    { name: 'task_queue_status', columns: ['status', 'list_id', 'archived_at_ms'] },
    // For SQL of others, which came with the files.
    { name: 'task_queue_by_priority', columns: ['priority'], fileOnly: true },
    { name: 'task_queue_by_position', columns: ['position'], fileOnly: true },
    {
      name: 'task_queue_ready',
      columns: ['list_id', 'priority', 'position'],
      where: "status = 'queued' AND pending_deps = 0 AND due_at_ms = 0 AND held = 0",
    },
    // The same rows, apart by what they need: for claimers that may not take everything.
    {
      name: 'task_queue_ready_needs',
      columns: ['list_id', 'needs_json', 'priority', 'position'],
      where: "status = 'queued' AND pending_deps = 0 AND due_at_ms = 0 AND held = 0",
    },
    {
      name: 'task_queue_delayed',
      columns: ['due_at_ms'],
      where: 'due_at_ms > 0',
    },
    {
      name: 'task_queue_running',
      columns: ['list_id', 'assigned_agent', 'holder_id'],
      where: "status = 'running'",
    },
    {
      name: 'task_queue_caused',
      columns: ['cause_task_id'],
      where: 'cause_task_id IS NOT NULL',
    },
  ],
});
