import { LIMIT_KINDS } from '../../domain/claim-room.ts';
import { integer, oneOf, table, text } from '../vocabulary.ts';

export const claimLimits = table({
  name: 'claim_limits',
  about: 'How many tasks may run at once, over all hosts: of a list, an agent, a label, of all.',
  columns: {
    kind: text,
    /** A list’s id, the name of an agent or a label; empty for all. */
    name: text,
    max_running: integer,
    set_at_ms: integer,
  },
  primaryKey: ['kind', 'name'],
  checks: [
    { name: 'claim_limits_kind', expression: oneOf('kind', LIMIT_KINDS) },
    { name: 'claim_limits_max', expression: 'max_running >= 0' },
  ],
});
