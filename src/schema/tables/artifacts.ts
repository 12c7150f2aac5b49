import { count, integer, integerOrNull, oneOf, table, text, textOrNull } from '../vocabulary.ts';

export const artifacts = table({
  name: 'artifacts',
  about: 'What attempts brought forth. The content is a file named by its hash.',
  columns: {
    artifact_id: text,
    list_id: text,
    /** The task's `id`. */
    task: text,
    /** Of the attempt that wrote it; null when no attempt did. */
    fence: integerOrNull,
    name: text,
    kind: text,
    media_type: text,
    /** In hexadecimal; null while it is open. */
    sha256: textOrNull,
    bytes: count,
    state: text,
    summary: textOrNull,
    /** The file that it was taken from, where it was. */
    source_path: textOrNull,
    created_at_ms: integer,
    completed_at_ms: integerOrNull,
  },
  primaryKey: ['artifact_id'],
  checks: [
    { name: 'artifacts_state', expression: oneOf('state', ['open', 'complete']) },
    {
      name: 'artifacts_complete',
      expression: "state = 'open' OR (sha256 IS NOT NULL AND completed_at_ms IS NOT NULL)",
    },
    { name: 'artifacts_bytes', expression: 'bytes >= 0' },
  ],
  foreignKeys: [
    {
      name: 'artifacts_list',
      columns: ['list_id'],
      references: { table: 'task_lists', columns: ['list_id'] },
      onDelete: 'restrict',
    },
    {
      name: 'artifacts_task',
      columns: ['task'],
      references: { table: 'task_queue', columns: ['id'] },
      onDelete: 'cascade',
    },
  ],
  indexes: [
    { name: 'artifacts_of_task', columns: ['task', 'created_at_ms', 'artifact_id'] },
    { name: 'artifacts_of_list', columns: ['list_id', 'created_at_ms', 'artifact_id'] },
    { name: 'artifacts_sha256', columns: ['sha256'] },
    { name: 'artifacts_open', columns: ['created_at_ms'], where: "state = 'open'" },
  ],
});
