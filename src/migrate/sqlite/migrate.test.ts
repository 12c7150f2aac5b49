import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LibraryBench, LOANS } from '../../../test/support/library-bench.ts';
import {
  ADD_COLUMN,
  CREATE_HISTORY,
  contentOf,
  makeLibrary,
  planAddition,
  planOf,
  planRebuild,
  REBUILD_BOOK,
  rowsOf,
  schemaOf,
} from '../../../test/support/library-database.ts';
import type { Step } from '../plan-model.ts';
import type { MakePlan } from './migration-options.ts';
import { migrationStatus } from './status.ts';

const bench = new LibraryBench();
const { world } = bench;
beforeEach(() => bench.begin());
afterEach(() => bench.clear());

describe('a migration', () => {
  it('rebuilds a table: rows, dependents and the counter are kept, history says how', async () => {
    const before = contentOf(bench.path);
    const outcome = await bench.run();
    expect(outcome).toMatchObject({ kind: 'applied', report: { class: 'rebuild' } });
    expect(contentOf(bench.path)).toBe(before);
    expect(schemaOf(bench.path)).toContain('book_title_given');
    expect(rowsOf(bench.path, "SELECT seq FROM sqlite_sequence WHERE name = 'book'")).toMatchObject(
      [{ seq: LOANS }],
    );
    expect(rowsOf(bench.path, 'PRAGMA foreign_key_check')).toEqual([]);
    const [row] = bench.history();
    expect(row).toMatchObject({ status: 'applied', class: 'rebuild', version: '2.0.0' });
    expect(row?.['checkpoint_ms']).toBeTypeOf('number');
    expect(row?.['optimize_ms']).toBe(null);
    expect(schemaOf(bench.path)).not.toContain('sqlite_stat1');
    expect(JSON.parse(String(row?.['report_json']))).toMatchObject({
      rowsKept: expect.arrayContaining([{ table: 'book', rows: LOANS - 1 }]),
      steps: [
        { kind: 'create-table' },
        { kind: 'rebuild-table', statements: REBUILD_BOOK.statements },
      ],
    });
  });

  it('makes the statistics of a rebuilt table anew where there were any', async () => {
    const stat = "SELECT stat FROM sqlite_stat1 WHERE tbl = 'book'";
    bench.change('ANALYZE');
    const before = rowsOf(bench.path, stat);
    await bench.run();
    expect(before).toHaveLength(2);
    expect(rowsOf(bench.path, stat)).toEqual(before);
    expect(bench.history()[0]?.['optimize_ms']).toBeTypeOf('number');
  });

  it('reads only when there is nothing to do', async () => {
    await bench.run();
    const bytes = readFileSync(bench.path);
    const statements: string[] = [];
    const outcome = await bench.run({ intercept: (sql) => statements.push(sql) });
    expect(outcome).toMatchObject({ kind: 'in_sync' });
    expect(statements).not.toContain('BEGIN IMMEDIATE');
    expect(readFileSync(bench.path).equals(bytes)).toBe(true);
    expect(bench.history()).toHaveLength(1);
    expect(bench.backups()).toHaveLength(1);
  });

  it('makes a database that is not there, without a backup of nothing', async () => {
    bench.path = join(bench.folder, 'new.db');
    const makePlan = planOf([CREATE_HISTORY], (schema) => schema.includes('migration_history'));
    const outcome = await bench.run({ makePlan });
    expect(outcome).toMatchObject({ report: { backup: { kind: 'none', why: 'no_rows' } } });
    expect(bench.history()).toMatchObject([
      { status: 'applied', backup: null, backup_note: 'no_rows' },
    ]);
  });

  it('copies the database aside first: whole, sound, and as it was', async () => {
    const [content, schema] = [contentOf(bench.path), schemaOf(bench.path)];
    await bench.run();
    const [made = ''] = bench.backups();
    expect(made).toMatch(/^library-before-[0-9a-f]{12}-\d{17}\.db$/);
    expect(bench.history()[0]?.backup).toBe(made);
    expect(contentOf(join(bench.backupFolder, made))).toBe(content);
    expect(schemaOf(join(bench.backupFolder, made))).toBe(schema);
    expect(rowsOf(join(bench.backupFolder, made), 'PRAGMA quick_check')).toMatchObject([
      { quick_check: 'ok' },
    ]);
  });

  it('copies what stands in the log only, and is not yet in the file', async () => {
    const other = new DatabaseSync(bench.path);
    other.exec("PRAGMA wal_autocheckpoint = 0; INSERT INTO author VALUES (99, 'in the log')");
    expect(existsSync(`${bench.path}-wal`)).toBe(true);
    await bench.run();
    other.close();
    const copy = join(bench.backupFolder, bench.backups()[0] ?? '');
    expect(rowsOf(copy, 'SELECT name FROM author WHERE id = 99')).toHaveLength(1);
    expect(rowsOf(bench.path, 'SELECT name FROM author WHERE id = 99')).toHaveLength(1);
  });

  it('leaves the backup out for an addition to a large file when told so, noting it', async () => {
    const outcome = await bench.run({ makePlan: planAddition, backupBytesMax: 1 });
    expect(outcome).toMatchObject({ report: { backup: { kind: 'none', why: 'above_bytes_max' } } });
    expect(bench.history()).toMatchObject([{ backup: null, backup_note: 'above_bytes_max' }]);
    expect(bench.backups()).toEqual([]);
  });

  it('never leaves it out for more than an addition', async () => {
    await bench.run({ backupBytesMax: 1 });
    expect(bench.backups()).toHaveLength(1);
  });

  it('runs without a write-ahead log, too, and leaves the journal mode as it is', async () => {
    rmSync(bench.path);
    makeLibrary(bench.path, { loans: LOANS, journalMode: 'delete' });
    const before = contentOf(bench.path);
    expect(await bench.run()).toMatchObject({ kind: 'applied' });
    expect(contentOf(bench.path)).toBe(before);
    expect(rowsOf(bench.path, 'PRAGMA journal_mode')).toMatchObject([{ journal_mode: 'delete' }]);
  });

  it('tells the owner, whose notes are written in the same transaction', async () => {
    const statements: string[] = [];
    await bench.run({
      intercept: (sql) => statements.push(sql),
      owner: {
        settle: (connection, { from, to }) => {
          expect(from).not.toBe(to);
          connection.run("INSERT INTO author VALUES (77, 'the owner')");
        },
      },
      makePlan: planRebuild,
    });
    const at = statements.findIndex((sql) => sql.includes('the owner'));
    expect(at).toBeGreaterThan(statements.indexOf('BEGIN IMMEDIATE'));
    expect(at).toBeLessThan(statements.indexOf('COMMIT'));
  });

  it("brings the owner's notes up to date when the schema already is", async () => {
    await bench.run();
    const noted = (): boolean =>
      rowsOf(bench.path, "SELECT 1 FROM author WHERE name = 'noted'").length === 1;
    const outcome = await bench.run({
      owner: {
        isSettled: () => noted(),
        settle: (connection) => void connection.run("INSERT INTO author VALUES (5, 'noted')"),
      },
    });
    expect(outcome).toMatchObject({
      kind: 'applied',
      report: { class: null, backup: { why: 'no_steps' } },
    });
    expect(noted()).toBe(true);
  });
});

describe('a migration that must not be', () => {
  /** Nothing about the database has changed, and there is no lock left on it. */
  async function leavesAll(work: () => Promise<unknown>): Promise<void> {
    const [content, schema] = [contentOf(bench.path), schemaOf(bench.path)];
    await work();
    expect(contentOf(bench.path)).toBe(content);
    expect(schemaOf(bench.path)).toBe(schema);
    const other = new DatabaseSync(bench.path, { timeout: 0 });
    other.exec('BEGIN EXCLUSIVE; ROLLBACK');
    other.close();
  }

  const broken = (statements: readonly string[], more: Partial<typeof ADD_COLUMN> = {}) =>
    planOf([{ ...REBUILD_BOOK, gates: [], statements, ...more }], (schema) =>
      schema.includes('never'),
    );

  it('is refused with every reason when the planner refuses', async () => {
    const refusal = {
      code: 'unexplained_drop' as const,
      ...{ object: 'loan', message: 'loan is gone', remedy: 'Say so.' },
    };
    const makePlan = planOf([ADD_COLUMN], () => false, { refusals: [refusal] });
    await leavesAll(async () => {
      await expect(bench.run({ makePlan })).rejects.toMatchObject({
        code: 'migration_refused',
        message: 'loan is gone. Say so.',
        details: { obstacles: [refusal] },
      });
      expect(await migrationStatus({ ...bench.options(), makePlan })).toMatchObject({
        state: 'refused',
      });
    });
    expect(bench.backups()).toEqual([]);
  });

  it('is refused while rows stand in the way, naming them', async () => {
    const other = new DatabaseSync(bench.path);
    other.exec("UPDATE book SET title = '' WHERE id IN (3, 4)");
    other.close();
    await leavesAll(async () => {
      await expect(bench.run()).rejects.toMatchObject({
        code: 'migration_refused',
        details: { obstacles: [{ code: 'rows_in_the_way', rows: [{ id: 3 }, { id: 4 }] }] },
      });
    });
  });

  it('is refused by the owner before anything is looked at', async () => {
    const admit = (): never => {
      throw Object.assign(new Error('newer'), { code: 'store_version' });
    };
    await leavesAll(async () => {
      await expect(bench.run({ owner: { admit } })).rejects.toThrow('newer');
    });
  });

  it.each([
    ['a statement that is wrong', ['CREATE TABLE half (a)', 'nonsense'], 'bug'],
    ['a constraint', ['INSERT INTO author VALUES (1, NULL)'], 'constraint'],
    ['a table that is not there', ['INSERT INTO nowhere VALUES (1)'], 'store_corrupt'],
    ['lost rows', ['DELETE FROM loan WHERE id = 1'], 'rows_lost'],
    ['a new orphan', ['UPDATE loan SET book_id = 100000 WHERE id = 1'], 'foreign_keys'],
    ['another schema than the declared', ['CREATE TABLE other (a)'], 'not_declared'],
  ])('is undone by %s', async (_what, statements, reason) => {
    await leavesAll(async () => {
      await expect(bench.run({ makePlan: broken(statements) })).rejects.toMatchObject({
        code: 'migration_failed',
        details: { reason },
      });
    });
  });

  it('is undone when the owner cannot write its notes', async () => {
    const owner = {
      settle: (): never => {
        throw new TypeError('a fault of the owner');
      },
    };
    await leavesAll(async () => {
      await expect(bench.run({ owner })).rejects.toMatchObject({ code: 'migration_failed' });
    });
  });

  it('is undone by an abort between two statements', async () => {
    const stop = new AbortController();
    const after: string[] = [];
    const intercept = (sql: string): void => {
      if (stop.signal.aborted) after.push(sql);
      if (sql === 'DROP TABLE book') stop.abort();
    };
    await leavesAll(async () => {
      await expect(bench.run({ intercept, signal: stop.signal })).rejects.toMatchObject({
        code: 'aborted',
      });
    });
    expect(after).toEqual([]);
  });

  it('keeps its reason beside a database without a history, until the change is made', async () => {
    const makePlan = broken(['nonsense']);
    await expect(bench.run({ makePlan })).rejects.toThrow('nonsense');
    expect(readdirSync(bench.folder)).toContain('library.db.migration-failed.json');
    expect(await migrationStatus({ ...bench.options(), makePlan })).toMatchObject({
      state: 'failed',
      failure: { code: 'migration_failed', times: 1 },
    });
    expect(await migrationStatus({ ...bench.options(), makePlan: planRebuild })).toMatchObject({
      state: 'pending',
      failure: null,
    });
    await bench.run();
    expect(readdirSync(bench.folder)).not.toContain('library.db.migration-failed.json');
  });

  it('keeps its reason in the history: one row for a series of equal failures', async () => {
    await bench.run({ makePlan: planAddition });
    const makePlan = broken(['nonsense']);
    for (let time = 0; time < 3; time += 1) await expect(bench.run({ makePlan })).rejects.toThrow();
    expect(bench.history()).toMatchObject([
      { status: 'applied' },
      { status: 'failed', failures: 3, error_code: 'migration_failed' },
    ]);
    expect(await migrationStatus({ ...bench.options(), makePlan })).toMatchObject({
      state: 'failed',
      failure: { times: 3 },
      last: { status: 'applied' },
    });
  });

  it('lets orphans of before be, and counts them', async () => {
    const other = new DatabaseSync(bench.path);
    other.exec('PRAGMA foreign_keys = OFF; UPDATE loan SET book_id = 100000 WHERE id = 1');
    other.close();
    expect(await bench.run()).toMatchObject({ kind: 'applied', report: { orphansBefore: 1 } });
  });

  it('may mend keys that could not even be checked', async () => {
    bench.change(
      'CREATE TABLE shelf (code TEXT); CREATE TABLE place (shelf REFERENCES shelf (code))',
    );
    bench.change(
      "PRAGMA foreign_keys = OFF; INSERT INTO shelf VALUES ('a'); INSERT INTO place VALUES ('a')",
    );
    const index = 'CREATE UNIQUE INDEX shelf_code ON shelf (code)';
    const mend = { ...ADD_COLUMN, kind: 'add-index', statements: [index] };
    const makePlan = (steps: readonly Step[]): MakePlan =>
      planOf([CREATE_HISTORY, ...steps], (schema) => schema.includes('migration_history'));
    await expect(bench.run({ makePlan: makePlan([]) })).rejects.toMatchObject({
      code: 'migration_failed',
    });
    expect(await bench.run({ makePlan: makePlan([mend]) })).toMatchObject({ kind: 'applied' });
  });
});

describe('backups of migrations', () => {
  const again = async (): Promise<string> => {
    const other = new DatabaseSync(bench.path);
    other.exec('DROP TABLE IF EXISTS migration_history; ALTER TABLE loan DROP COLUMN note');
    other.exec(`CREATE TABLE t${world.ids.uuid().replaceAll('-', '')} (a)`);
    other.close();
    return await addition();
  };
  const addition = async (): Promise<string> => {
    const outcome = await bench.run({ makePlan: planAddition });
    if (outcome.kind !== 'applied' || outcome.report.backup.kind !== 'made') throw new Error('?');
    return basename(outcome.report.backup.path);
  };

  it('are kept three of, the newest', async () => {
    const made = [await addition()];
    for (let time = 0; time < 4; time += 1) made.push(await again());
    expect([...bench.backups()].sort()).toEqual(made.slice(-3).sort());
  });

  it('of failing starts take the place of each other, and push no other out', async () => {
    const first = await addition();
    const makePlan = planOf([{ ...ADD_COLUMN, statements: ['nonsense'] }], () => false);
    for (let time = 0; time < 5; time += 1) await expect(bench.run({ makePlan })).rejects.toThrow();
    expect(bench.backups()).toHaveLength(2);
    expect(bench.backups()).toContain(first);
  });

  it('that were not finished are removed by the next run, and nothing else is', async () => {
    const left = 'library-before-0123456789ab-20260101000000000.db.part';
    await world.files.makeDirectory(bench.backupFolder);
    for (const name of [left, `${left}-journal`, 'pawl-1.db.part', 'notes.part']) {
      await world.files.write(join(bench.backupFolder, name), 'x');
    }
    await bench.run();
    expect(bench.backups()).not.toContain(left);
    expect(bench.backups()).not.toContain(`${left}-journal`);
    expect(bench.backups()).toEqual(expect.arrayContaining(['pawl-1.db.part', 'notes.part']));
  });

  it('that cannot be made keep the change from being made', async () => {
    const freeBytes = async (): Promise<number> => 1_000;
    const poor = { ...world, files: { ...world.files, freeBytes } };
    await expect(bench.run({ world: poor })).rejects.toMatchObject({
      code: 'backup_failed',
      details: { free: 1_000 },
    });
    rmSync(bench.backupFolder, { recursive: true });
    await world.files.write(bench.backupFolder, 'no bench.folder');
    await expect(bench.run()).rejects.toMatchObject({ code: 'backup_failed' });
    expect(schemaOf(bench.path)).not.toContain('book_title_given');
  });

  it('that are of another file than the open one keep the change from being made', async () => {
    const other = join(bench.folder, 'other.db');
    makeLibrary(other, { loans: 20 });
    const makeDirectory = async (folder: string): Promise<void> => {
      await world.files.makeDirectory(folder);
      renameSync(other, bench.path);
    };
    const replacing = { ...world, files: { ...world.files, makeDirectory } };
    await expect(bench.run({ world: replacing })).rejects.toMatchObject({
      code: 'backup_failed',
      message: 'the copy is not what the database is',
    });
    expect(bench.backups()).toEqual([]);
  });

  it('of a damaged database are none: it is not changed, and said to be damaged', async () => {
    const page = 4_096;
    const file = readFileSync(bench.path);
    file.fill(0xee, page * 6, page * 7);
    await world.files.write(bench.path, file);
    await expect(bench.run()).rejects.toMatchObject({ code: 'store_corrupt' });
    expect(bench.backups()).toEqual([]);
    expect(readFileSync(bench.path).equals(file)).toBe(true);
  });
});
