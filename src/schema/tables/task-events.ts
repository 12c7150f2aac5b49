import { integer, table, text } from '../vocabulary.ts';

export const taskEvents = table({
  name: 'task_events',
  about: 'Append-only. Every transition writes exactly one row, in its own transaction.',
  columns: {
    seq: integer,
    list_id: text,
    task: text,
    at_ms: integer,
    kind: text,
    data_json: text,
  },
  primaryKey: ['seq'],
  identity: true,
  indexes: [
    { name: 'task_events_task', columns: ['task', 'seq'] },
    { name: 'task_events_list', columns: ['list_id', 'seq'] },
  ],
});
