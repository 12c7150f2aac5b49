import { integer, integerOrNull, table, text, textOrNull } from '../vocabulary.ts';

export const handles = table({
  name: 'handles',
  about: 'Calls that are answered later: by its handle the caller asks how far it is.',
  columns: {
    handle: text,
    kind: text,
    list_id: textOrNull,
    /** The task's `id`. */
    task: textOrNull,
    fence: integerOrNull,
    input_json: textOrNull,
    state: text,
    result_json: textOrNull,
    created_at_ms: integer,
    updated_at_ms: integer,
    expires_at_ms: integer,
  },
  primaryKey: ['handle'],
  indexes: [
    { name: 'handles_expiry', columns: ['expires_at_ms'] },
    { name: 'handles_task', columns: ['task', 'fence'], where: 'task IS NOT NULL' },
  ],
});
