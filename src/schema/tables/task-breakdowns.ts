import { COMPLEXITIES } from '../../domain/breakdown/complexity.ts';
import { integer, integerOrNull, oneOf, table, text, textOrNull } from '../vocabulary.ts';

/** Its subtasks are the rows of `task_queue` in its list, which has no file. */
export const taskBreakdowns = table({
  name: 'task_breakdowns',
  about: 'One row a parent task that was broken down into subtasks.',
  columns: {
    parent_task_id: text,
    list_id: text,
    title: text,
    description: text,
    complexity: textOrNull,
    context: textOrNull,
    /** Who planned it. Not a foreign key: an imported one may name a session that is not ours. */
    session_id: textOrNull,
    /** Where it comes from: `plan`, or the name of what it was imported from. */
    source: text,
    created_at: text,
    created_at_ms: integer,
    archived_at_ms: integerOrNull,
    archive_reason: textOrNull,
  },
  primaryKey: ['parent_task_id'],
  checks: [
    {
      name: 'task_breakdowns_complexity',
      expression: `complexity IS NULL OR ${oneOf('complexity', COMPLEXITIES)}`,
    },
  ],
  foreignKeys: [
    {
      name: 'task_breakdowns_list',
      columns: ['list_id'],
      references: { table: 'task_lists', columns: ['list_id'] },
      onDelete: 'restrict',
    },
  ],
  indexes: [
    { name: 'task_breakdowns_list_id', columns: ['list_id'], unique: true },
    { name: 'task_breakdowns_created', columns: ['created_at_ms', 'parent_task_id'] },
    {
      name: 'task_breakdowns_session',
      columns: ['session_id'],
      where: 'session_id IS NOT NULL',
    },
  ],
});
