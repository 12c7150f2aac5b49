import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SCHEMA_FINGERPRINT } from '../src/schema/fingerprint.ts';
import { databaseText } from '../test/upgrade/database-text.ts';
import { liveInStore } from '../test/upgrade/lived-in-store.ts';

// A store of the present schema with a history, for every later Pawl to be tried on. The list of
// schemas that landed only grows: what is on it may be on somebody's disk.
const fixtures = fileURLToPath(new URL('../test/upgrade/fixtures/', import.meta.url));
const lockPath = fileURLToPath(new URL('../src/schema/schema.lock.json', import.meta.url));
const landedPath = join(fixtures, 'landed.json');

const landed = JSON.parse(readFileSync(landedPath, 'utf8')) as readonly string[];
const folder = mkdtempSync(join(tmpdir(), 'pawl-fixture-'));
try {
  const database = join(folder, 'pawl.db');
  await liveInStore(database);
  const file = join(fixtures, `${SCHEMA_FINGERPRINT.slice(0, 12)}.sql`);
  writeFileSync(file, databaseText(database));
  // As it is declared, so that a store of it can be made on a server, too.
  copyFileSync(lockPath, file.replace('.sql', '.json'));
} finally {
  rmSync(folder, { recursive: true });
}
const grown = [...new Set([...landed, SCHEMA_FINGERPRINT])];
writeFileSync(landedPath, `${JSON.stringify(grown, null, 2)}\n`);
