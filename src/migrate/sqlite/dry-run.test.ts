import { createHash } from 'node:crypto';
import { existsSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LibraryBench, LOANS } from '../../../test/support/library-bench.ts';
import {
  ADD_COLUMN,
  CREATE_HISTORY,
  planOf,
  REBUILD_BOOK,
} from '../../../test/support/library-database.ts';
import { dryRunMigration } from './dry-run.ts';

const bench = new LibraryBench();
beforeEach(() => bench.begin());
afterEach(() => bench.clear());

/** A log without anything in it, which reading makes, is none. */
const hash = (path: string): string => {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  return bytes.length === 0 ? 'none' : createHash('sha256').update(bytes).digest('hex');
};

describe('a dry run', () => {
  it('runs all of it on a copy, tells how long it took, and leaves the file alone', async () => {
    bench.change("PRAGMA user_version = 7; INSERT INTO author VALUES (50, 'Cy')");
    const before = [hash(bench.path), hash(`${bench.path}-wal`)];
    const found = await dryRunMigration(bench.options());
    expect([hash(bench.path), hash(`${bench.path}-wal`)]).toEqual(before);
    expect(found).toMatchObject({
      kind: 'would_apply',
      report: {
        class: 'rebuild',
        steps: [{ kind: 'create-table' }, { kind: 'rebuild-table', ms: expect.any(Number) }],
        rowsKept: expect.arrayContaining([{ table: 'book', rows: LOANS - 1 }]),
      },
      copyMs: expect.any(Number),
      commitMs: expect.any(Number),
    });
    expect(bench.backups()).toEqual([]);
  });

  it('says what stands in the way', async () => {
    bench.change("UPDATE book SET title = '' WHERE id = 3");
    expect(await dryRunMigration(bench.options())).toMatchObject({
      kind: 'refused',
      obstacles: [{ code: 'rows_in_the_way', rows: [{ id: 3 }] }],
    });
  });

  it('says at which step the change would fail', async () => {
    const bad = { ...REBUILD_BOOK, statements: ['DELETE FROM loan'] };
    const makePlan = planOf([CREATE_HISTORY, bad], () => false);
    expect(await dryRunMigration(bench.options({ makePlan }))).toMatchObject({
      kind: 'would_fail',
      error: { code: 'migration_failed', details: { reason: 'rows_lost' } },
    });
    expect(bench.backups()).toEqual([]);
  });

  it('has nothing to run when all is in sync, and shows how a new database is made', async () => {
    await bench.run();
    expect(await dryRunMigration(bench.options())).toMatchObject({ kind: 'in_sync' });
    const path = join(bench.folder, 'new.db');
    const makePlan = planOf([CREATE_HISTORY], (schema) => schema.includes('migration_history'));
    expect(await dryRunMigration(bench.options({ path, makePlan }))).toMatchObject({
      kind: 'would_apply',
    });
    expect(existsSync(path)).toBe(false);
  });

  it('removes what a killed one left an hour ago, and nobody else’s files', async () => {
    const { files } = bench.world;
    await files.makeDirectory(bench.backupFolder);
    const names = ['library-dry-run-old.db', 'library-dry-run-new.db.part', 'other-dry-run-x.db'];
    for (const name of names) await files.write(join(bench.backupFolder, name), 'x');
    utimesSync(join(bench.backupFolder, names[0] ?? ''), 1, 1);
    utimesSync(join(bench.backupFolder, names[2] ?? ''), 1, 1);
    await dryRunMigration(bench.options({ makePlan: planOf([ADD_COLUMN], () => true) }));
    expect([...bench.backups()].sort()).toEqual(names.slice(1).sort());
  });
});
