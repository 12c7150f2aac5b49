import { integer, integerOrNull, table, text, textOrNull } from '../vocabulary.ts';

export const sessions = table({
  name: 'sessions',
  about: 'One row a stretch of work of one client, which it may take up again.',
  columns: {
    session_id: text,
    client_name: textOrNull,
    client_version: textOrNull,
    /** The calling program and its process: the same after our server was restarted. */
    client_id: textOrNull,
    /** The project's root. */
    root: text,
    created_at_ms: integer,
    seen_at_ms: integer,
    ended_at_ms: integerOrNull,
    summary: textOrNull,
  },
  primaryKey: ['session_id'],
  indexes: [
    { name: 'sessions_seen', columns: ['seen_at_ms', 'session_id'] },
    { name: 'sessions_client', columns: ['client_id', 'seen_at_ms'] },
  ],
});
