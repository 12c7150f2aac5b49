import { view } from '../vocabulary.ts';

export const activeQueue = view({
  name: 'v_active_queue',
  about: 'The queued tasks of every list, in the order in which they are taken.',
  select: [
    'SELECT tq.id, tq.task_list_path, tq.task_id, tq.priority, tq.section, tq.description,',
    'tq.status, tq.assigned_agent, tq.position, tq.attempts, tq.queued_at,',
    'es.status AS executor_status,',
    "CASE tq.priority WHEN 'P1' THEN 1 WHEN 'P2' THEN 2 WHEN 'P3' THEN 3 WHEN 'P4' THEN 4 END",
    'AS priority_order',
    'FROM task_queue tq LEFT JOIN executors es ON es.list_id = tq.list_id',
    "WHERE tq.status = 'queued' AND tq.archived_at_ms IS NULL",
    'ORDER BY priority_order ASC, tq.position ASC',
  ].join('\n'),
});
