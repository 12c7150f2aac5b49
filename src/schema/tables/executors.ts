import { EXECUTOR_STATUSES, ON_DEP_FAILURE } from '../../domain/status.ts';
import { nowText, oneOf, table, text, textOrNull } from '../vocabulary.ts';

export const executors = table({
  name: 'executors',
  about: 'What a person asked of each list: run, pause or stop, and with which options.',
  columns: {
    id: text,
    list_id: text,
    status: { type: 'text', nullable: false, default: { value: 'stopped' } },
    config_json: textOrNull,
    on_dep_failure: { type: 'text', nullable: false, default: { value: 'skip' } },
    started_at: textOrNull,
    paused_at: textOrNull,
    stopped_at: textOrNull,
    created_at: nowText,
    updated_at: nowText,
  },
  primaryKey: ['id'],
  checks: [
    { name: 'executors_status', expression: oneOf('status', EXECUTOR_STATUSES) },
    { name: 'executors_on_dep_failure', expression: oneOf('on_dep_failure', ON_DEP_FAILURE) },
  ],
  foreignKeys: [
    {
      name: 'executors_list',
      columns: ['list_id'],
      references: { table: 'task_lists', columns: ['list_id'] },
      onDelete: 'restrict',
    },
  ],
  indexes: [{ name: 'executors_list_id', columns: ['list_id'], unique: true }],
});
