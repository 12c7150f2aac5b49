import { count, integer, integerOrNull, oneOf, table, text, textOrNull } from '../vocabulary.ts';

export const migrationHistory = table({
  name: 'migration_history',
  about: 'One row for each change of the schema, for each series of equal failures, each restore.',
  columns: {
    id: integer,
    status: text,
    /** What the schema was, and what it was to become: SHA-256, in hexadecimal. */
    from_fingerprint: text,
    to_fingerprint: text,
    /** Of the most harmful step. NULL for a restore. */
    class: textOrNull,
    /** Of the program that did it. */
    version: text,
    /** How often the same failure was met in a row. */
    failures: count,
    started_at_ms: integer,
    finished_at_ms: integer,
    /** The file's name in the folder of backups, and why there is none. */
    backup: textOrNull,
    backup_note: textOrNull,
    backup_ms: integerOrNull,
    /** Done after the commit; NULL when there was no need, or it could not be done or noted. */
    optimize_ms: integerOrNull,
    checkpoint_ms: integerOrNull,
    /** The declared schema as the planner wants it back: what is in it is ours. */
    declared_json: textOrNull,
    /** The steps with their statements and durations, the rows that were kept. */
    report_json: textOrNull,
    error_code: textOrNull,
    error: textOrNull,
  },
  primaryKey: ['id'],
  identity: true,
  checks: [
    {
      name: 'migration_history_status',
      expression: oneOf('status', ['applied', 'failed', 'restored']),
    },
  ],
});
