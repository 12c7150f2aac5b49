import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { StoreSchema } from '../../src/schema/store-schema.ts';
import type { SchemaObject } from '../../src/schema/vocabulary.ts';
import { ddl } from '../../src/store/postgres/ddl.ts';
import { fixtureText, LANDED } from '../upgrade/former-project.ts';

const FIXTURES = join(import.meta.dirname, '../upgrade/fixtures');

interface Landed {
  readonly generation: number;
  readonly minReader?: number;
  readonly minWriter?: number;
  readonly sha256: string;
  readonly objects: readonly SchemaObject[];
}

/** A schema as it landed once. */
export function landedSchema(fingerprint: string): StoreSchema {
  const file = join(FIXTURES, `${fingerprint.slice(0, 12)}.json`);
  const {
    objects,
    generation,
    minReader = 1,
    minWriter = 1,
  } = JSON.parse(readFileSync(file, 'utf8')) as Landed;
  return { objects, fingerprint, generation, minReader, minWriter };
}

/** The schemas that landed before the present one, the oldest first. */
export const OLDER = LANDED.slice(0, -1);

/**
 * A store as a Pawl of that schema would have left it on a server: its tables, and the rows that
 * the same Pawl left in a file.
 */
export async function makeOlderServerStore(url: string, fingerprint: string): Promise<void> {
  const { objects } = landedSchema(fingerprint);
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    // Rows come in the order of the file, and no trigger adds to them.
    await client.query('BEGIN; SET LOCAL session_replication_role = replica');
    for (const statement of objects.flatMap(ddl)) await client.query(statement);
    for (const insert of insertsOf(fixtureText(fingerprint))) await client.query(insert);
    for (const object of objects) {
      if (object.kind !== 'table' || object.identity !== true) continue;
      const [key = ''] = object.primaryKey;
      await client.query(
        `SELECT setval(pg_get_serial_sequence('${object.name}', '${key}'), ` +
          `(SELECT coalesce(max(${key}), 0) + 1 FROM ${object.name}), false)`,
      );
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

function insertsOf(text: string): readonly string[] {
  const statements = text.match(/^INSERT INTO [\s\S]*?\);$/gm) ?? [];
  return statements.filter((sql) => !sql.startsWith('INSERT INTO "sqlite_sequence"'));
}
