import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { createSteeredWorld } from './steered-world.ts';
import { storeContract } from './store-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'pawl-store-'));
const empty = join(folder, 'empty.db');
let stores = 0;

// Made once and copied: most of the time of these tests would go into making tables.
beforeAll(async () => {
  await (await openSqliteStore({ world: createSteeredWorld(), path: empty })).close();
});

afterAll(() => rmSync(folder, { recursive: true }));

storeContract('SQLite on disk', {
  shared: true,
  open: async (world) => {
    stores += 1;
    const path = join(folder, `${stores}.db`);
    copyFileSync(empty, path);
    const store = await openSqliteStore({ world, path });
    const other = new DatabaseSync(path);
    return {
      store,
      outside: async (sql) => other.prepare(sql).all(),
      dispose: async () => {
        await store.close();
        other.close();
      },
    };
  },
});
