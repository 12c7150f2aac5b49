import { count, integer, table, text, textOrNull } from '../vocabulary.ts';

export const locks = table({
  name: 'locks',
  about: 'Named locks that expire by themselves. The fence rises at every acquisition.',
  columns: {
    name: text,
    holder_id: textOrNull,
    fence: count,
    acquired_at_ms: integer,
    /** Its age counts from here: a lock that is renewed for days is not stale. */
    renewed_at_ms: integer,
    expires_at_ms: integer,
  },
  primaryKey: ['name'],
});
