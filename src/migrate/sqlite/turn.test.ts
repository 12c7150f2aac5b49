import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LibraryBench } from '../../../test/support/library-bench.ts';
import {
  ADD_COLUMN,
  CREATE_HISTORY,
  contentOf,
  makeLibrary,
  planAddition,
  planOf,
  rowsOf,
  schemaOf,
} from '../../../test/support/library-database.ts';
import { pause } from '../../world/timers.ts';

const bench = new LibraryBench();
beforeEach(() => bench.begin());
afterEach(() => bench.clear());

const { timers } = bench.world;

describe('others who hold the database', () => {
  it('are waited for, while the event loop runs', async () => {
    const other = new DatabaseSync(bench.path, { timeout: 0 });
    other.exec('BEGIN IMMEDIATE');
    const migrating = bench.run();
    let turns = 0;
    while (turns < 50) {
      await pause(timers, 1);
      turns += 1;
    }
    expect(schemaOf(bench.path)).not.toContain('book_title_given');
    other.exec("INSERT INTO author VALUES (40, 'meanwhile'); COMMIT");
    expect(await migrating).toMatchObject({ kind: 'applied' });
    expect(rowsOf(bench.path, 'SELECT name FROM author WHERE id = 40')).toHaveLength(1);
    other.close();
  });

  it('are waited for when they shut everybody out already at the opening', async () => {
    const other = new DatabaseSync(bench.path, { timeout: 0 });
    other.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    const migrating = bench.run();
    await pause(timers, 20);
    other.exec('COMMIT');
    other.close();
    expect(await migrating).toMatchObject({ kind: 'applied' });
  });

  it('are given up on in the end, and nothing was changed', async () => {
    const other = new DatabaseSync(bench.path, { timeout: 0 });
    other.exec('BEGIN IMMEDIATE');
    const [content, schema] = [contentOf(bench.path), schemaOf(bench.path)];
    await expect(bench.run({ waitMs: 50 })).rejects.toMatchObject({ code: 'migration_busy' });
    other.exec('ROLLBACK');
    other.close();
    expect([contentOf(bench.path), schemaOf(bench.path)]).toEqual([content, schema]);
    expect(await bench.run()).toMatchObject({ kind: 'applied' });
    expect(bench.history()).toMatchObject([{ status: 'applied' }]);
  });

  it('are not waited for any longer than the caller wants to', async () => {
    const other = new DatabaseSync(bench.path, { timeout: 0 });
    other.exec('BEGIN IMMEDIATE');
    const stop = new AbortController();
    const migrating = bench.run({ signal: stop.signal });
    stop.abort();
    await expect(migrating).rejects.toMatchObject({ code: 'aborted' });
    other.close();
  });

  it('and have done the work are noticed, though they hold it again', async () => {
    const other = new DatabaseSync(bench.path, { timeout: 0 });
    other.exec('BEGIN IMMEDIATE');
    const tries: string[] = [];
    const intercept = (sql: string): void => {
      if (sql === 'BEGIN IMMEDIATE') tries.push(sql);
    };
    const migrating = bench.run({ makePlan: planAddition, intercept });
    while (tries.length < 2) await pause(timers, 1);
    const statements = [CREATE_HISTORY, ADD_COLUMN].flatMap((step) => step.statements);
    other.exec([...statements, 'COMMIT', 'BEGIN IMMEDIATE'].join(';'));
    expect(await migrating).toMatchObject({ kind: 'in_sync' });
    other.close();
  });

  it('may read throughout: they see the old rows, and the log stays for them', async () => {
    const reader = new DatabaseSync(bench.path, { readOnly: true });
    reader.exec('BEGIN');
    const titles = 'SELECT count(*) AS n FROM borrowed';
    const before = reader.prepare(titles).get();
    expect(await bench.run()).toMatchObject({ kind: 'applied' });
    expect(reader.prepare(titles).get()).toEqual(before);
    reader.close();
    expect(bench.history()).toMatchObject([{ status: 'applied', checkpoint_ms: null }]);
  });
});

describe('what another does between the look and the lock', () => {
  /** At the last moment before the lock is taken. */
  const first = (sql: string): ((statement: string) => void) => {
    let isDone = false;
    return (statement) => {
      if (isDone || statement !== 'BEGIN IMMEDIATE') return;
      isDone = true;
      bench.change(sql);
    };
  };

  it('is seen: the work that is done is not done again', async () => {
    const statements = [CREATE_HISTORY, ADD_COLUMN].flatMap((step) => step.statements);
    const intercept = first(statements.join(';'));
    expect(await bench.run({ makePlan: planAddition, intercept })).toMatchObject({
      kind: 'in_sync',
    });
    expect(bench.history()).toEqual([]);
    expect(bench.backups()).toEqual([]);
  });

  it('is seen: rows that came into the way refuse the change', async () => {
    const intercept = first("UPDATE book SET title = '' WHERE id = 7");
    await expect(bench.run({ intercept })).rejects.toMatchObject({
      code: 'migration_refused',
      details: { obstacles: [{ rows: [{ id: 7 }] }] },
    });
    expect(bench.backups()).toEqual([]);
  });
});

describe('a file that takes the place of the database', () => {
  beforeEach(() => bench.change('PRAGMA journal_mode = DELETE'));

  it('while this one is waited for is the one that is changed', async () => {
    const path = join(bench.folder, 'restored.db');
    makeLibrary(path, { loans: 20, journalMode: 'delete' });
    const other = new DatabaseSync(bench.path, { timeout: 0 });
    other.exec('BEGIN IMMEDIATE');
    const tries: string[] = [];
    const migrating = bench.run({ intercept: (sql) => tries.push(sql) });
    while (!tries.includes('BEGIN IMMEDIATE')) await pause(timers, 1);
    renameSync(path, bench.path);
    other.exec('ROLLBACK');
    other.close();
    expect(await migrating).toMatchObject({ kind: 'applied' });
    expect(schemaOf(bench.path)).toContain('book_title_given');
    expect(rowsOf(bench.path, 'SELECT id FROM book')).toHaveLength(19);
  });

  it('before the commit is left as it is, and the change is not said to be made', async () => {
    const path = join(bench.folder, 'restored.db');
    makeLibrary(path, { loans: 20, journalMode: 'delete' });
    const schema = schemaOf(path);
    const intercept = (sql: string): void => {
      if (sql.startsWith('INSERT INTO migration_history')) renameSync(path, bench.path);
    };
    await expect(bench.run({ intercept })).rejects.toMatchObject({ code: 'migration_failed' });
    expect(schemaOf(bench.path)).toBe(schema);
  });
});

describe('readers of a database without a write-ahead log', () => {
  beforeEach(() => bench.change('PRAGMA journal_mode = DELETE'));

  it('keep the commit waiting until they are done', async () => {
    const reader = new DatabaseSync(bench.path, { readOnly: true, timeout: 0 });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM loan').get();
    const commits: number[] = [];
    const migrating = bench.run({
      intercept: (sql) => {
        if (sql === 'COMMIT') commits.push(1);
      },
    });
    while (commits.length < 3) await pause(timers, 1);
    reader.close();
    expect(await migrating).toMatchObject({ kind: 'applied' });
  });

  it('undo the change when they are never done', async () => {
    const schema = schemaOf(bench.path);
    const reader = new DatabaseSync(bench.path, { readOnly: true, timeout: 0 });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM loan').get();
    await expect(bench.run({ waitMs: 200 })).rejects.toMatchObject({ code: 'migration_busy' });
    reader.close();
    expect(schemaOf(bench.path)).toBe(schema);
  });
});

describe('callers in one process', () => {
  it('may all begin at once: one does it, all find it done', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => bench.run()));
    expect(outcomes.filter(({ kind }) => kind === 'applied')).toHaveLength(1);
    expect(bench.history()).toHaveLength(1);
    expect(bench.backups()).toHaveLength(1);
  });

  it('may make a new database at once', async () => {
    const path = `${bench.folder}/fresh.db`;
    const makePlan = planOf([CREATE_HISTORY], (schema) => schema.includes('migration_history'));
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => bench.run({ path, makePlan })),
    );
    expect(outcomes.filter(({ kind }) => kind === 'applied')).toHaveLength(1);
  });
});
