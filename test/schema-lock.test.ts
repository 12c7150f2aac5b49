import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { schemaLock, schemaLockPath } from '../scripts/schema-lock-text.ts';

it('the lock file shows the schema as it is declared (else: npm run schema:lock)', () => {
  expect(readFileSync(schemaLockPath, 'utf8')).toBe(schemaLock());
});
