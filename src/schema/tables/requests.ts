import { integer, table, text } from '../vocabulary.ts';

export const requests = table({
  name: 'requests',
  about: 'The idempotency ledger: an answer is written in the transaction of its effect.',
  columns: {
    scope: text,
    key: text,
    input_hash: text,
    result_json: text,
    expires_at_ms: integer,
  },
  primaryKey: ['scope', 'key'],
  indexes: [{ name: 'requests_expiry', columns: ['expires_at_ms'] }],
});
