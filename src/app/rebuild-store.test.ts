import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UpgradeBench } from '../../test/support/upgrade-bench.ts';
import { createAttendedRunner } from '../agents/attended-runner.ts';
import type { Store } from '../store/store.ts';
import { openOrRebuildStore } from './rebuild-store.ts';

const bench = new UpgradeBench();
beforeEach(() => bench.begin());
afterEach(() => bench.clear());

const open = async (warnings: string[] = []): Promise<Store> => {
  const { world, folder, log } = bench;
  const runner = createAttendedRunner(world);
  const warn = (message: string): void => void warnings.push(message);
  return bench.keep(await openOrRebuildStore({ world, stateDir: folder, log, runner, warn }));
};

const pathOf = (backup: string): string => join(bench.folder, 'backups', backup);

function backup(name: string, sql = ''): void {
  bench.makeGenerationOne(pathOf(name));
  bench.change(`PRAGMA journal_mode = DELETE; ${sql}`, pathOf(name));
}

const EARLIER = 'pawl-1795239256000.db';
const BEFORE_A_MIGRATION = 'pawl-before-b3d8b1e8594e-20261121060000000.db';

describe('a store that is lost', () => {
  it('is rebuilt from a backup of an older schema, which is migrated', async () => {
    backup(EARLIER);
    const warnings: string[] = [];
    const store = await open(warnings);
    expect((await store.lists()).map(({ total }) => total)).toEqual([6]);
    expect(await store.audit()).toEqual([]);
    expect(warnings.join()).toMatch(
      /the database is missing; rebuilt from .*pawl-1795239256000.db/,
    );
  });

  it('is rebuilt from the copy made before a migration when that is the newest', async () => {
    backup(EARLIER, 'UPDATE task_lists SET title = NULL');
    backup(BEFORE_A_MIGRATION);
    const store = await open();
    expect((await store.lists()).map(({ title }) => title)).toEqual(['Build']);
  });

  it('is not begun anew because its backup cannot be migrated', async () => {
    backup(
      EARLIER,
      "CREATE TABLE migration_history (id); INSERT INTO migration_history VALUES ('')",
    );
    for (const _try of [1, 2]) {
      await expect(open()).rejects.toMatchObject({ code: 'migration_refused' });
      expect(readdirSync(bench.folder).filter((name) => name.startsWith('pawl.db'))).toEqual([]);
    }
    rmSync(pathOf(EARLIER));
    backup(EARLIER);
    const store = await open();
    expect((await store.lists()).map(({ total }) => total)).toEqual([6]);
  });
});
