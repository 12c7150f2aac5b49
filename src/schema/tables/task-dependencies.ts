import { integer, integerOrNull, table, text, textOrNull } from '../vocabulary.ts';

export const taskDependencies = table({
  name: 'task_dependencies',
  about: 'Edges of the graph. A task is ready when none of its edges is open.',
  columns: {
    /** The dependant's `id`. */
    task: text,
    /** As written in the list. */
    depends_on_task_id: text,
    /** The dependency's `id`; null while the list has no such task. */
    depends_on: textOrNull,
    ordinal: integer,
    /** Null while open. */
    satisfied_at_ms: integerOrNull,
  },
  primaryKey: ['task', 'depends_on_task_id'],
  foreignKeys: [
    {
      name: 'task_dependencies_task',
      columns: ['task'],
      references: { table: 'task_queue', columns: ['id'] },
      onDelete: 'cascade',
    },
    {
      name: 'task_dependencies_depends_on',
      columns: ['depends_on'],
      references: { table: 'task_queue', columns: ['id'] },
      onDelete: 'set null',
    },
  ],
  indexes: [{ name: 'task_dependencies_depends_on', columns: ['depends_on', 'satisfied_at_ms'] }],
});
