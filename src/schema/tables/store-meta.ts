import { count, integer, table, text } from '../vocabulary.ts';

export const storeMeta = table({
  name: 'store_meta',
  about: 'One row: which store this is, and who may open it.',
  columns: {
    one: integer,
    store_id: text,
    /** Raised by a restore or a roll-back, so that claims from before it are void. */
    epoch: integer,
    fingerprint: text,
    /** Of the newest schema it ever had. */
    generation: { type: 'integer', nullable: false, default: { value: 1 } },
    /** The database's own count of schema changes when it was last compared; 0: never. */
    schema_version: count,
    /** Schema generations: who is older than these must not read, or not write. */
    min_reader: integer,
    min_writer: integer,
    created_at_ms: integer,
  },
  primaryKey: ['one'],
  checks: [{ name: 'store_meta_one', expression: 'one = 1' }],
});
