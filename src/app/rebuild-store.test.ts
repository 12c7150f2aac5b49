import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeGenerationOne } from '../../test/support/stores/store-fixtures.ts';
import { createAttendedRunner } from '../agents/attended-runner.ts';
import { silentLogger } from '../observe/logger.ts';
import { createRealWorld } from '../world/real-world.ts';
import { openOrRebuildStore } from './rebuild-store.ts';

const world = createRealWorld();
let stateDir = '';
let warnings: string[] = [];
beforeEach(() => {
  stateDir = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-rebuild-')));
  mkdirSync(join(stateDir, 'backups'));
  warnings = [];
});
afterEach(() => rmSync(stateDir, { recursive: true }));

const open = () =>
  openOrRebuildStore({
    ...{ world, stateDir, log: silentLogger },
    runner: createAttendedRunner(world),
    warn: (message) => warnings.push(message),
  });

function backup(name: string, sql = ''): void {
  const path = join(stateDir, 'backups', name);
  makeGenerationOne(path, { root: stateDir, host: world.processes.host });
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = DELETE; ${sql}`);
  database.close();
}

const EARLIER = 'pawl-1795239256000.db';
const BEFORE_A_MIGRATION = 'pawl-before-b3d8b1e8594e-20261121060000000.db';

describe('a store that is lost', () => {
  it('is rebuilt from a backup of an older schema, which is migrated', async () => {
    backup(EARLIER);
    const store = await open();
    expect((await store.lists()).map(({ total }) => total)).toEqual([6]);
    expect(await store.audit()).toEqual([]);
    expect(warnings.join()).toMatch(
      /the database is missing; rebuilt from .*pawl-1795239256000.db/,
    );
    await store.close();
  });

  it('is rebuilt from the copy made before a migration when that is the newest', async () => {
    backup(EARLIER, 'UPDATE task_lists SET title = NULL');
    backup(BEFORE_A_MIGRATION);
    const store = await open();
    expect((await store.lists()).map(({ title }) => title)).toEqual(['Build']);
    await store.close();
  });

  it('is not begun anew because its backup cannot be migrated', async () => {
    backup(
      EARLIER,
      "CREATE TABLE migration_history (id); INSERT INTO migration_history VALUES ('')",
    );
    for (const _try of [1, 2]) {
      await expect(open()).rejects.toMatchObject({ code: 'migration_refused' });
      expect(readdirSync(stateDir).filter((name) => name.startsWith('pawl.db'))).toEqual([]);
    }
    rmSync(join(stateDir, 'backups', EARLIER));
    backup(EARLIER);
    const store = await open();
    expect((await store.lists()).map(({ total }) => total)).toEqual([6]);
    await store.close();
  });
});
