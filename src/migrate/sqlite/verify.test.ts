import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LibraryBench } from '../../../test/support/library-bench.ts';
import { planOf, REBUILD_BOOK } from '../../../test/support/library-database.ts';
import { migrationStatus } from './status.ts';
import { verifyMigrations } from './verify.ts';

const bench = new LibraryBench();
beforeEach(async () => {
  bench.begin();
  await bench.run();
});
afterEach(() => bench.clear());

const codes = async (): Promise<readonly string[]> =>
  (await verifyMigrations(bench.options())).map((fault) => fault.code);

/** Overwrite a page in the middle, as a bad disk does. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0xee, 4_096 * 6, 4_096 * 7);
  writeFileSync(path, bytes);
}

describe('verifying', () => {
  it('finds nothing when all is well', async () => {
    expect(await verifyMigrations(bench.options())).toEqual([]);
  });

  it('finds damage of the database', async () => {
    damage(bench.path);
    expect(await codes()).toEqual(['damaged']);
  });

  it('finds a damaged backup, by name', async () => {
    const [backup = ''] = bench.backups();
    damage(join(bench.backupFolder, backup));
    const [fault] = await verifyMigrations(bench.options());
    expect(fault).toMatchObject({ code: 'backup_unsound' });
    expect(fault?.message).toContain(backup);
  });

  it('finds rows that refer to nothing', async () => {
    bench.change('PRAGMA foreign_keys = OFF; DELETE FROM book WHERE id < 4');
    expect(await verifyMigrations(bench.options())).toEqual([
      { code: 'orphans', message: '3 rows of loan that refer to no row of book' },
    ]);
  });

  it('finds that somebody changed the schema since', async () => {
    bench.change('CREATE TABLE foreign_one (a)');
    expect(await codes()).toEqual(['changed_since']);
  });

  it('finds that the schema is not the declared one', async () => {
    const makePlan = planOf([REBUILD_BOOK], () => false);
    const faults = await verifyMigrations(bench.options({ makePlan }));
    expect(faults).toEqual([{ code: 'not_declared', message: 'rebuild-table book is to be done' }]);
  });
});

describe('the status', () => {
  it('is in_sync, drift or pending, and changes nothing', async () => {
    expect(await migrationStatus(bench.options())).toMatchObject({
      state: 'in_sync',
      last: { status: 'applied' },
    });
    const drift = [{ kind: 'table', object: 'x', message: 'x is not ours', fate: 'kept' }] as const;
    const drifted = planOf([], () => true, { drift });
    expect(await migrationStatus(bench.options({ makePlan: drifted }))).toMatchObject({
      state: 'drift',
    });
    const makePlan = planOf([REBUILD_BOOK], () => false);
    expect(await migrationStatus(bench.options({ makePlan }))).toMatchObject({ state: 'pending' });
    expect(bench.history()).toHaveLength(1);
  });
});
