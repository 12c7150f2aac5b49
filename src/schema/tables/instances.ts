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
  },
  primaryKey: ['id'],
  indexes: [{ name: 'instances_live', columns: ['host'], where: 'ended_at_ms IS NULL' }],
});
