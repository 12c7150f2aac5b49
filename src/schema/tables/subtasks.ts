import { view } from '../vocabulary.ts';

/** Names of content are hashes, so that the array needs no escapes. */
const CONTENT = "'\".pawl/artifacts/' || substr(a.sha256, 1, 2) || '/' || a.sha256 || '\"'";

export const subtasks = view({
  name: 'subtasks',
  about: 'The subtasks of breakdowns that are not archived, in the columns of the older server.',
  select: [
    'SELECT q.task_id, b.parent_task_id, coalesce(q.title, q.description) AS title,',
    'q.description, q.specialist_type, q.dependencies, q.estimated_effort, q.status,',
    'q.result_summary AS results,',
    `(SELECT '[' || coalesce(string_agg(${CONTENT}, ', '), '') || ']'`,
    "FROM artifacts a WHERE a.task = q.id AND a.state = 'complete') AS artifacts,",
    'q.created_at, q.completed_at',
    'FROM task_queue q JOIN task_breakdowns b ON b.list_id = q.list_id',
    'WHERE q.archived_at_ms IS NULL',
  ].join('\n'),
});
