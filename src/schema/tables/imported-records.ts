import { integer, table, text, textOrNull } from '../vocabulary.ts';

export const importedRecords = table({
  name: 'imported_records',
  about: 'What was taken over from another program, so that taking it over again doubles nothing.',
  columns: {
    source: text,
    kind: text,
    key: text,
    content_hash: text,
    list_id: textOrNull,
    /** The task's `id`. */
    task: textOrNull,
    imported_at_ms: integer,
  },
  primaryKey: ['source', 'kind', 'key'],
  indexes: [{ name: 'imported_records_task', columns: ['task'], where: 'task IS NOT NULL' }],
});
