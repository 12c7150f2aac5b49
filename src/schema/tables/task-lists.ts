import { count, integer, integerOrNull, table, text, textOrNull } from '../vocabulary.ts';

export const taskLists = table({
  name: 'task_lists',
  about: 'The lists this store knows, and each list file as it was last seen.',
  columns: {
    list_id: text,
    task_list_path: text,
    real_path: textOrNull,
    title: textOrNull,
    home_host: textOrNull,
    seen_hash: textOrNull,
    seen_text: textOrNull,
    /** The file carries the marks of every event up to this one. */
    marked_event_seq: count,
    findings_json: textOrNull,
    write_back: { type: 'integer', nullable: false, default: { value: 1 } },
    created_at_ms: integer,
    loaded_at_ms: integerOrNull,
  },
  primaryKey: ['list_id'],
  indexes: [{ name: 'task_lists_path', columns: ['task_list_path'], unique: true }],
});
