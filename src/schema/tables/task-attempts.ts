import { integer, integerOrNull, table, text, textOrNull } from '../vocabulary.ts';

export const taskAttempts = table({
  name: 'task_attempts',
  about: 'One row a claim: who tried, with which fence, and how it ended.',
  columns: {
    task: text,
    fence: integer,
    attempt: integer,
    agent: textOrNull,
    holder_id: text,
    claimed_at_ms: integer,
    ended_at_ms: integerOrNull,
    /** An outcome kind; null while it runs. */
    outcome: textOrNull,
    exit_code: integerOrNull,
    error: textOrNull,
    result_json: textOrNull,
  },
  primaryKey: ['task', 'fence'],
  foreignKeys: [
    {
      name: 'task_attempts_task',
      columns: ['task'],
      references: { table: 'task_queue', columns: ['id'] },
      onDelete: 'cascade',
    },
  ],
});
