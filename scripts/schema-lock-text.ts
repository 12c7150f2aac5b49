import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { SCHEMA } from '../src/schema/schema.ts';
import { PAWL_SCHEMA } from '../src/schema/store-schema.ts';

export const schemaLockPath = fileURLToPath(
  new URL('../src/schema/schema.lock.json', import.meta.url),
);

/** The whole schema as JSON, with its checksum: one line for each thing that can change. */
export function schemaLock(): string {
  const objects = JSON.parse(JSON.stringify(SCHEMA)) as unknown;
  const sha256 = createHash('sha256').update(JSON.stringify(objects)).digest('hex');
  const { generation, minReader, minWriter } = PAWL_SCHEMA;
  const lock = { generation, minReader, minWriter, sha256, objects };
  return `${JSON.stringify(lock, null, 2)}\n`;
}
