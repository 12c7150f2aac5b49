import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { change } from '../../../src/store/sql/verb.ts';
import { Connection } from '../../../src/store/sqlite/connection.ts';
import { GroupCommit } from '../../../src/store/sqlite/group-commit.ts';
import { DiskBench } from './disk-bench.ts';
import { createSteeredWorld, createTimelessWorld } from './steered-world.ts';
import type { StoreBench } from './store-bench.ts';

/** An error as `node:sqlite` throws it. */
function databaseError(errcode: number, message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode, errstr: message });
}

const FAULTS = [
  ['disk full', 13, 'store_full'],
  ['input/output error', 778, 'store_io'],
  ['corrupt page', 11, 'store_corrupt'],
  ['read-only file', 8, 'store_readonly'],
  ['locked by another', 5, 'store_busy'],
] as const;

describe('a fault at each statement of a batch', () => {
  let disk: DiskBench;
  let bench: StoreBench;
  let other: DatabaseSync;
  /** Which statements of the running batch fail, by their place in it. */
  let fails: (place: number) => boolean;
  let error: Error;
  let place = 0;
  const statements: string[] = [];

  const intercept = (sql: string): void => {
    place += 1;
    statements.push(sql);
    if (fails(place)) throw error;
  };

  beforeEach(async () => {
    disk = new DiskBench();
    fails = () => false;
    bench = await disk.openBench({ intercept, world: createTimelessWorld() });
    other = disk.other();
  });
  afterEach(() => disk.clear());

  /** Five operations in one batch, the third of them refused. Gives what each was answered. */
  async function runBatch(name: string): Promise<readonly PromiseSettledResult<unknown>[]> {
    place = 0;
    statements.length = 0;
    const lock = (which: number) =>
      bench.store.acquireLock(
        { name: `${name} ${which}`, holderId: 'h', ttlMs: 1_000 },
        { deadlineMs: 5_000 },
      );
    const none = { id: 'none', holderId: 'h', defaultAgent: null, leaseMs: 1 };
    return await Promise.allSettled([
      ...[lock(0), lock(1), bench.store.claimTask(none), lock(3), lock(4)],
    ]);
  }

  function durable(name: string): readonly boolean[] {
    const rows = other.prepare('SELECT name FROM locks WHERE name GLOB ?').all(`${name} *`);
    const names = new Set(rows.map((row) => row['name']));
    return [0, 1, 2, 3, 4].map((which) => names.has(`${name} ${which}`));
  }

  async function batchLength(): Promise<number> {
    expect((await runBatch('whole')).map((answer) => answer.status)).toEqual([
      ...['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    ]);
    expect(statements).toContain('ROLLBACK TO operation');
    return place;
  }

  it.each(FAULTS)(
    'nothing reported as failed is durable, nothing acknowledged is lost: %s, once',
    async (_name, errcode, code) => {
      error = databaseError(errcode, code);
      const length = await batchLength();
      for (let at = 1; at <= length; at += 1) {
        fails = (one) => one === at;
        const answers = await runBatch(`once ${at}`);
        const answered = answers.map((answer) => answer.status === 'fulfilled');
        expect([at, durable(`once ${at}`)]).toEqual([at, answered]);
        if (code === 'store_io' || code === 'store_busy') {
          expect([at, answered]).toEqual([at, [true, true, false, true, true]]);
        }
      }
      fails = () => false;
      await bench.load(['A']);
      await bench.expectSound();
    },
  );

  it.each(FAULTS.slice(0, 4))(
    'the same when every statement from there on fails, the rollback too: %s',
    async (_name, errcode, code) => {
      error = databaseError(errcode, code);
      const length = await batchLength();
      for (let at = 1; at <= length; at += 1) {
        fails = (one) => one >= at;
        const answers = await runBatch(`stays ${at}`);
        const answered = answers.map((answer) => answer.status === 'fulfilled');
        expect([at, answered]).toEqual([at, [false, false, false, false, false]]);
        fails = () => false;
        await bench.store.acquireLock({ name: `after ${at}`, holderId: 'h', ttlMs: 1 });
        expect([at, durable(`stays ${at}`)]).toEqual([at, answered]);
      }
      await bench.load(['A']);
      await bench.expectSound();
    },
  );

  it('an input/output error is tried three times, then told', async () => {
    error = databaseError(778, 'disk I/O error');
    let begun = 0;
    fails = () => {
      begun += statements.at(-1) === 'BEGIN IMMEDIATE' ? 1 : 0;
      return statements.at(-1)?.startsWith('INSERT INTO locks') === true;
    };
    await expect(
      bench.store.acquireLock({ name: 'l', holderId: 'h', ttlMs: 1 }),
    ).rejects.toMatchObject({ code: 'store_io', details: { sqliteCode: 778 } });
    expect(begun).toBe(3);
  });

  it('a database locked inside a transaction for good ends in the deadline', async () => {
    bench = await disk.openBench({ intercept });
    error = databaseError(5, 'database is locked');
    fails = () => statements.at(-1) === 'COMMIT';
    await expect(
      bench.store.acquireLock({ name: 'l', holderId: 'h', ttlMs: 1 }, { deadlineMs: 150 }),
    ).rejects.toMatchObject({ code: 'deadline_exceeded' });
    fails = () => false;
    expect(await bench.store.acquireLock({ name: 'm', holderId: 'h', ttlMs: 1 })).toMatchObject({
      kind: 'acquired',
    });
    expect(other.prepare('SELECT name FROM locks').all()).toMatchObject([{ name: 'm' }]);
  });
});

describe('a disk that fills up inside a savepoint', () => {
  let folder: string;
  let path: string;
  let connection: Connection;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pawl-full-'));
    path = join(folder, 'full.db');
    connection = new Connection(path, { readOnly: false });
    connection.all('PRAGMA journal_mode = WAL');
    connection.run('CREATE TABLE filled (what TEXT, bulk BLOB)');
    const [pages] = connection.all<{ page_count: number }>('PRAGMA page_count');
    connection.all(`PRAGMA max_page_count = ${(pages?.page_count ?? 0) + 4}`);
  });
  afterEach(() => {
    connection.close();
    rmSync(folder, { recursive: true });
  });

  const FILL = 'INSERT INTO filled VALUES (?, zeroblob(?))';
  const SIZES = { first: 10, large: 1_000_000, last: 10 } as const;
  const WHATS = ['first', 'large', 'last'] as const;

  function stored(): readonly unknown[] {
    const reader = new DatabaseSync(path);
    const whats = reader.prepare('SELECT what FROM filled ORDER BY rowid').all();
    reader.close();
    return whats.map((row) => row['what']);
  }

  it('refuses the whole batch, and nothing of it is durable', async () => {
    const commits = new GroupCommit({
      ...{ world: createSteeredWorld(), connection, grouping: true },
      ...{
        guard: () => undefined,
        flush: null,
        stillThere: () => undefined,
        committed: () => undefined,
      },
    });
    const fill = (what: (typeof WHATS)[number]) =>
      commits.write(() => change(FILL, what, SIZES[what]), undefined);
    const answers = await Promise.allSettled(WHATS.map(fill));
    const answered = WHATS.filter((_, at) => answers[at]?.status === 'fulfilled');
    expect(stored()).toEqual(answered);
    expect(answers[1]).toMatchObject({ status: 'rejected', reason: { code: 'store_full' } });
    expect(answers[0]).toMatchObject({ status: 'rejected', reason: { code: 'store_full' } });
    // The batch ended with the operation that lost the transaction; what came later is a new one.
    await fill('last');
    expect(stored().at(-1)).toBe('last');
  });

  it('would leave what it reported as failed, were the lost transaction not noticed', () => {
    const told: string[] = [];
    connection.run('BEGIN IMMEDIATE');
    for (const what of WHATS) {
      try {
        connection.run('SAVEPOINT operation');
        connection.run(FILL, what, SIZES[what]);
        connection.run('RELEASE operation');
      } catch {
        told.push(what);
        if (connection.inTransaction) connection.run('ROLLBACK TO operation');
      }
    }
    expect(told).toEqual(['large']);
    // The batch's own end fails, so every one of them is reported as failed ...
    expect(() => connection.run('COMMIT')).toThrow('no transaction is active');
    // ... and yet one of them is in the database, and another one is lost.
    expect(stored()).toEqual(['last']);
  });
});
