import { integer, integerOrNull, table, text, textOrNull } from '../vocabulary.ts';

export const instances = table({
  name: 'instances',
  about: 'Processes that hold leases or locks, named so that their death can be seen.',
  columns: {
    id: text,
    kind: text,
    host: text,
    pid: integer,
    pid_started_at: text,
    boot_id: text,
    version: text,
    list_id: textOrNull,
    started_at_ms: integer,
    heartbeat_at_ms: integer,
    ended_at_ms: integerOrNull,
    /** Where the folders of its attempts lie, on its host. */
    attempts_dir: textOrNull,
    /** What its host offers, as a JSON array; of a server. */
    labels_json: textOrNull,
    /** Most tasks that it runs at once, over all lists; of a server. */
    capacity: integerOrNull,
    /** Its host's clock minus the database's, when it last renewed its leases. */
    clock_skew_ms: integerOrNull,
    /** It is to claim nothing more and to leave when its tasks have ended ... */
    drain_requested_at_ms: integerOrNull,
    /** ... or, at this moment, without waiting for them. */
    drain_by_ms: integerOrNull,
  },
  primaryKey: ['id'],
  indexes: [{ name: 'instances_live', columns: ['host'], where: 'ended_at_ms IS NULL' }],
});
