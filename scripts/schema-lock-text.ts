import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { SCHEMA, SCHEMA_GENERATION } from '../src/schema/schema.ts';

export const schemaLockPath = fileURLToPath(
  new URL('../src/schema/schema.lock.json', import.meta.url),
);

/** The whole schema as JSON, with its checksum: one line for each thing that can change. */
export function schemaLock(): string {
  const objects = JSON.parse(JSON.stringify(SCHEMA)) as unknown;
  const sha256 = createHash('sha256').update(JSON.stringify(objects)).digest('hex');
  return `${JSON.stringify({ generation: SCHEMA_GENERATION, sha256, objects }, null, 2)}\n`;
}
