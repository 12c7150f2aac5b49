import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
import { createRealWorld } from '../../world/real-world.ts';
import type { MigrationOutcome } from '../migration-report.ts';
import { migrate } from './migrate.ts';
import type { MigrateOptions } from './migration-options.ts';
import { migrationStatus } from './status.ts';

const LOANS = 300;
const world = createRealWorld();
let folder = '';
let path = '';
let backups = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pawl-migrate-'));
  path = join(folder, 'library.db');
  backups = join(folder, 'backups');
  makeLibrary(path, { loans: LOANS });
});

afterEach(() => rmSync(folder, { recursive: true }));

function run(more: Partial<MigrateOptions> = {}): Promise<MigrationOutcome> {
  return migrate({ world, path, makePlan: planRebuild, version: '2.0.0', ...more });
}

interface History {
  readonly status: string;
  readonly class: string;
  readonly backup: string | null;
  readonly [column: string]: unknown;
}

const history = (): readonly History[] =>
  rowsOf<History>(path, 'SELECT * FROM migration_history ORDER BY id');
const madeBackups = (): readonly string[] => (existsSync(backups) ? readdirSync(backups) : []);

describe('a migration', () => {
  it('rebuilds a table: rows, dependents and the counter are kept, history says how', async () => {
    const before = contentOf(path);
    const outcome = await run();
    expect(outcome).toMatchObject({ kind: 'applied', report: { class: 'rebuild' } });
    expect(contentOf(path)).toBe(before);
    expect(schemaOf(path)).toContain('book_title_given');
    expect(rowsOf(path, "SELECT seq FROM sqlite_sequence WHERE name = 'book'")).toMatchObject([
      { seq: LOANS },
    ]);
    expect(rowsOf(path, 'PRAGMA foreign_key_check')).toEqual([]);
    const [row] = history();
    expect(row).toMatchObject({ status: 'applied', class: 'rebuild', version: '2.0.0' });
    expect(row?.['optimize_ms']).toBeTypeOf('number');
    expect(row?.['checkpoint_ms']).toBeTypeOf('number');
    expect(JSON.parse(String(row?.['report_json']))).toMatchObject({
      rowsKept: expect.arrayContaining([{ table: 'book', rows: LOANS - 1 }]),
      steps: [
        { kind: 'create-table' },
        { kind: 'rebuild-table', statements: REBUILD_BOOK.statements },
      ],
    });
  });

  it('reads only when there is nothing to do', async () => {
    await run();
    const bytes = readFileSync(path);
    const statements: string[] = [];
    const outcome = await run({ intercept: (sql) => statements.push(sql) });
    expect(outcome).toMatchObject({ kind: 'in_sync' });
    expect(statements).not.toContain('BEGIN IMMEDIATE');
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(history()).toHaveLength(1);
    expect(madeBackups()).toHaveLength(1);
  });

  it('makes a database that is not there, without a backup of nothing', async () => {
    path = join(folder, 'new.db');
    const makePlan = planOf([CREATE_HISTORY], (schema) => schema.includes('migration_history'));
    const outcome = await run({ makePlan });
    expect(outcome).toMatchObject({ report: { backup: { kind: 'none', why: 'no_rows' } } });
    expect(history()).toMatchObject([{ status: 'applied', backup: null, backup_note: 'no_rows' }]);
  });

  it('copies the database aside first: whole, sound, and as it was', async () => {
    const [content, schema] = [contentOf(path), schemaOf(path)];
    await run();
    const [made = ''] = madeBackups();
    expect(made).toMatch(/^library-before-[0-9a-f]{12}-\d{17}\.db$/);
    expect(history()[0]?.backup).toBe(made);
    expect(contentOf(join(backups, made))).toBe(content);
    expect(schemaOf(join(backups, made))).toBe(schema);
    expect(rowsOf(join(backups, made), 'PRAGMA quick_check')).toMatchObject([
      { quick_check: 'ok' },
    ]);
  });

  it('copies what stands in the log only, and is not yet in the file', async () => {
    const other = new DatabaseSync(path);
    other.exec("PRAGMA wal_autocheckpoint = 0; INSERT INTO author VALUES (99, 'in the log')");
    expect(existsSync(`${path}-wal`)).toBe(true);
    await run();
    other.close();
    const copy = join(backups, madeBackups()[0] ?? '');
    expect(rowsOf(copy, 'SELECT name FROM author WHERE id = 99')).toHaveLength(1);
    expect(rowsOf(path, 'SELECT name FROM author WHERE id = 99')).toHaveLength(1);
  });

  it('leaves the backup out for an addition to a large file, when told so, and notes it', async () => {
    const outcome = await run({ makePlan: planAddition, backupBytesMax: 1 });
    expect(outcome).toMatchObject({ report: { backup: { kind: 'none', why: 'above_bytes_max' } } });
    expect(history()).toMatchObject([{ backup: null, backup_note: 'above_bytes_max' }]);
    expect(madeBackups()).toEqual([]);
  });

  it('never leaves it out for more than an addition', async () => {
    await run({ backupBytesMax: 1 });
    expect(madeBackups()).toHaveLength(1);
  });

  it('runs without a write-ahead log, too, and leaves the journal mode as it is', async () => {
    rmSync(path);
    makeLibrary(path, { loans: LOANS, journalMode: 'delete' });
    const before = contentOf(path);
    expect(await run()).toMatchObject({ kind: 'applied' });
    expect(contentOf(path)).toBe(before);
    expect(rowsOf(path, 'PRAGMA journal_mode')).toMatchObject([{ journal_mode: 'delete' }]);
  });

  it('tells the owner, whose notes are written in the same transaction', async () => {
    const statements: string[] = [];
    await run({
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
    await run();
    const noted = (): boolean =>
      rowsOf(path, "SELECT 1 FROM author WHERE name = 'noted'").length === 1;
    const outcome = await run({
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
    const [content, schema] = [contentOf(path), schemaOf(path)];
    await work();
    expect(contentOf(path)).toBe(content);
    expect(schemaOf(path)).toBe(schema);
    const other = new DatabaseSync(path, { timeout: 0 });
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
      await expect(run({ makePlan })).rejects.toMatchObject({
        code: 'migration_refused',
        message: 'loan is gone. Say so.',
        details: { obstacles: [refusal] },
      });
      expect(await migrationStatus({ world, path, makePlan })).toMatchObject({ state: 'refused' });
    });
    expect(madeBackups()).toEqual([]);
  });

  it('is refused while rows stand in the way, naming them', async () => {
    const other = new DatabaseSync(path);
    other.exec("UPDATE book SET title = '' WHERE id IN (3, 4)");
    other.close();
    await leavesAll(async () => {
      await expect(run()).rejects.toMatchObject({
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
      await expect(run({ owner: { admit } })).rejects.toThrow('newer');
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
      await expect(run({ makePlan: broken(statements) })).rejects.toMatchObject({
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
      await expect(run({ owner })).rejects.toMatchObject({ code: 'migration_failed' });
    });
  });

  it('is undone by an abort between two statements', async () => {
    const stop = new AbortController();
    const intercept = (sql: string): void => {
      if (sql === 'DROP TABLE book') stop.abort();
    };
    await leavesAll(async () => {
      await expect(run({ intercept, signal: stop.signal })).rejects.toMatchObject({
        code: 'aborted',
      });
    });
  });

  it('keeps its reason beside a database without a history, until the change is made', async () => {
    const makePlan = broken(['nonsense']);
    await expect(run({ makePlan })).rejects.toThrow('nonsense');
    expect(readdirSync(folder)).toContain('library.db.migration-failed.json');
    expect(await migrationStatus({ world, path, makePlan })).toMatchObject({
      state: 'failed',
      failure: { code: 'migration_failed', times: 1 },
    });
    expect(await migrationStatus({ world, path, makePlan: planRebuild })).toMatchObject({
      state: 'pending',
      failure: null,
    });
    await run();
    expect(readdirSync(folder)).not.toContain('library.db.migration-failed.json');
  });

  it('keeps its reason in the history: one row for a series of equal failures', async () => {
    await run({ makePlan: planAddition });
    const makePlan = broken(['nonsense']);
    for (let time = 0; time < 3; time += 1) await expect(run({ makePlan })).rejects.toThrow();
    expect(history()).toMatchObject([
      { status: 'applied' },
      { status: 'failed', failures: 3, error_code: 'migration_failed' },
    ]);
    expect(await migrationStatus({ world, path, makePlan })).toMatchObject({
      state: 'failed',
      failure: { times: 3 },
      last: { status: 'applied' },
    });
  });

  it('lets orphans of before be, and counts them', async () => {
    const other = new DatabaseSync(path);
    other.exec('PRAGMA foreign_keys = OFF; UPDATE loan SET book_id = 100000 WHERE id = 1');
    other.close();
    expect(await run()).toMatchObject({ kind: 'applied', report: { orphansBefore: 1 } });
  });
});

describe('backups of migrations', () => {
  const again = async (): Promise<string> => {
    const other = new DatabaseSync(path);
    other.exec('DROP TABLE IF EXISTS migration_history; ALTER TABLE loan DROP COLUMN note');
    other.exec(`CREATE TABLE t${world.ids.uuid().replaceAll('-', '')} (a)`);
    other.close();
    return await addition();
  };
  const addition = async (): Promise<string> => {
    const outcome = await run({ makePlan: planAddition });
    if (outcome.kind !== 'applied' || outcome.report.backup.kind !== 'made') throw new Error('?');
    return basename(outcome.report.backup.path);
  };

  it('are kept three of, the newest', async () => {
    const made = [await addition()];
    for (let time = 0; time < 4; time += 1) made.push(await again());
    expect([...madeBackups()].sort()).toEqual(made.slice(-3).sort());
  });

  it('of failing starts take the place of each other, and push no other out', async () => {
    const first = await addition();
    const makePlan = planOf([{ ...ADD_COLUMN, statements: ['nonsense'] }], () => false);
    for (let time = 0; time < 5; time += 1) await expect(run({ makePlan })).rejects.toThrow();
    expect(madeBackups()).toHaveLength(2);
    expect(madeBackups()).toContain(first);
  });

  it('that were not finished are removed by the next run, and nothing else is', async () => {
    const left = 'library-before-0123456789ab-20260101000000000.db.part';
    await world.files.makeDirectory(backups);
    for (const name of [left, `${left}-journal`, 'pawl-1.db.part', 'notes.part']) {
      await world.files.write(join(backups, name), 'x');
    }
    await run();
    expect(madeBackups()).not.toContain(left);
    expect(madeBackups()).not.toContain(`${left}-journal`);
    expect(madeBackups()).toEqual(expect.arrayContaining(['pawl-1.db.part', 'notes.part']));
  });

  it('that cannot be made keep the change from being made', async () => {
    const freeBytes = async (): Promise<number> => 1_000;
    const poor = { ...world, files: { ...world.files, freeBytes } };
    await expect(run({ world: poor })).rejects.toMatchObject({
      code: 'backup_failed',
      details: { free: 1_000 },
    });
    rmSync(backups, { recursive: true });
    await world.files.write(backups, 'no folder');
    await expect(run()).rejects.toMatchObject({ code: 'backup_failed' });
    expect(schemaOf(path)).not.toContain('book_title_given');
  });

  it('of a damaged database are none: it is not changed, and said to be damaged', async () => {
    const page = 4_096;
    const file = readFileSync(path);
    file.fill(0xee, page * 6, page * 7);
    await world.files.write(path, file);
    await expect(run()).rejects.toMatchObject({ code: 'store_corrupt' });
    expect(madeBackups()).toEqual([]);
    expect(readFileSync(path).equals(file)).toBe(true);
  });
});
