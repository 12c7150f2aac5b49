import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LibraryBench } from '../support/library-bench.ts';
import { contentOf, makeLibrary, rowsOf, schemaOf } from '../support/library-database.ts';
import { testDepth } from '../support/test-depth.ts';
import { programOf } from './built-chaos.ts';
import type { Answer, Order } from './migrator.ts';

const SCRIPT = programOf('migrator');
const bench = new LibraryBench();
const old = { content: '', schema: '', path: '' };
const made = { schema: '', backup: '' };

beforeAll(async () => {
  bench.begin();
  bench.change('PRAGMA journal_mode = WAL');
  old.content = contentOf(bench.path);
  old.schema = schemaOf(bench.path);
  old.path = join(bench.folder, 'old.db');
  copyFileSync(bench.path, old.path);
  await bench.run();
  made.schema = schemaOf(bench.path).replace(/migration_history[^}]*?"seq": \d+/, '');
  made.backup = join(bench.backupFolder, bench.backups()[0] ?? '');
});
afterAll(() => bench.clear());

/** A folder of its own with the database as it was. */
function freshPlace(name: string, journalMode = 'wal'): string {
  const folder = join(bench.folder, name);
  mkdirSync(folder);
  const path = join(folder, 'library.db');
  copyFileSync(old.path, path);
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = ${journalMode}`);
  database.close();
  return path;
}

async function send(child: ChildProcess, order: Order): Promise<Answer | null> {
  const over = new AbortController();
  const until = { signal: over.signal };
  const ends = [once(child, 'message', until), once(child, 'exit', until).then(() => [null])];
  child.send(order);
  const [answer] = (await Promise.race(ends)) as [Answer | null];
  over.abort();
  return answer;
}

/** What a process of its own answers; null when it was killed. */
async function ordered(order: Order): Promise<Answer | null> {
  const child = fork(SCRIPT, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(child, 'message');
  const answer = await send(child, order);
  child.kill('SIGKILL');
  return answer;
}

/** Old or new, with all its rows, sound, and with a history that says so. */
function stateOf(path: string): 'old' | 'new' {
  expect(contentOf(path)).toBe(old.content);
  expect(rowsOf(path, 'PRAGMA integrity_check')).toMatchObject([{ integrity_check: 'ok' }]);
  expect(rowsOf(path, 'PRAGMA foreign_key_check')).toEqual([]);
  if (schemaOf(path) === old.schema) return 'old';
  expect(schemaOf(path).replace(/migration_history[^}]*?"seq": \d+/, '')).toBe(made.schema);
  expect(rowsOf(path, 'SELECT status FROM migration_history')).toMatchObject([
    { status: 'applied' },
  ]);
  return 'new';
}

function backupsOf(path: string): readonly string[] {
  const folder = join(path, '..', 'backups');
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

/** All at full depth, else every seventh, from a place that the seed tells, and the last. */
function chosen(count: number): readonly number[] {
  const stride = testDepth.pick({ reduced: 11, full: 1 });
  const all = Array.from({ length: count }, (_, at) => at + 1);
  return all.filter((at) => (at + testDepth.seed) % stride === 0 || at === count);
}

describe('a migration that is killed', () => {
  it.each(['wal', 'delete'])(
    'before any statement leaves old or new, and the next run finishes: %s',
    async (mode) => {
      const whole = await ordered({ path: freshPlace(`whole-${mode}`, mode) });
      expect(whole).toMatchObject({ kind: 'applied' });
      const states: string[] = [];
      for (const killAt of chosen(whole?.steps ?? 0)) {
        const path = freshPlace(`${mode}-${killAt}`, mode);
        expect(await ordered({ path, killAt })).toBe(null);
        const state = stateOf(path);
        states.push(state);
        if (state === 'new') expect(backupsOf(path)).toHaveLength(1);
        await bench.run({ path });
        expect(stateOf(path)).toBe('new');
        expect(backupsOf(path)).toHaveLength(1);
        expect(contentOf(backupsOf(path)[0] ?? '')).toBe(old.content);
        rmSync(join(path, '..'), { recursive: true });
      }
      console.log(`${whole?.steps} statements; killed at ${states.length}: ${states.join(' ')}`);
      expect(new Set(states)).toEqual(new Set(['old', 'new']));
    },
  );

  it('in the middle of its backup leaves the old, and the next run clears up', async () => {
    const folder = join(bench.folder, 'large');
    mkdirSync(folder);
    const path = join(folder, 'library.db');
    makeLibrary(path, { loans: 40_000 });
    const [content, schema] = [contentOf(path), schemaOf(path)];
    for (const killAtCopied of [1, 1_000_000]) {
      expect(await ordered({ path, killAtCopied })).toBe(null);
      expect([contentOf(path), schemaOf(path)]).toEqual([content, schema]);
      expect(backupsOf(path).some((name) => name.includes('.part'))).toBe(true);
    }
    expect(await bench.run({ path })).toMatchObject({ kind: 'applied' });
    expect(contentOf(path)).toBe(content);
    expect(backupsOf(path)).toHaveLength(1);
    expect(contentOf(backupsOf(path)[0] ?? '')).toBe(content);
  });
});

describe('a restore that is killed', () => {
  it('before any change of a file leaves the old or the restored, never neither', async () => {
    const migrated = async (name: string): Promise<string> => {
      const path = freshPlace(name);
      await bench.run({ path });
      return path;
    };
    const whole = await ordered({ path: await migrated('restored'), backup: made.backup });
    expect(whole).toMatchObject({ kind: 'restored' });
    const states: string[] = [];
    for (const killAt of chosen(whole?.steps ?? 0)) {
      const path = await migrated(`restore-${killAt}`);
      expect(await ordered({ path, backup: made.backup, killAt })).toBe(null);
      states.push(stateOf(path));
      expect(await ordered({ path, backup: made.backup })).toMatchObject({ kind: 'restored' });
      expect(stateOf(path)).toBe('old');
      const left = readdirSync(join(path, '..')).filter((name) => name.includes('restoring'));
      expect(left).toEqual([]);
      rmSync(join(path, '..'), { recursive: true });
    }
    console.log(`${whole?.steps} calls; killed at ${states.length}: ${states.join(' ')}`);
    expect(new Set(states)).toEqual(new Set(['old', 'new']));
  });
});

const ONE_DID_IT = ['applied', ...Array.from({ length: 15 }, () => 'in_sync')];

/** Have sixteen processes do the same at once, round for round; gives the slowest answer. */
async function sixteen(
  rounds: number,
  round: (at: number) => { readonly order: Order; readonly check: () => void },
): Promise<number> {
  const children = Array.from({ length: 16 }, () =>
    fork(SCRIPT, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  try {
    await Promise.all(children.map((child) => once(child, 'message')));
    let slowestMs = 0;
    for (let at = 0; at < rounds; at += 1) {
      const { order, check } = round(at);
      const answers = await Promise.all(children.map((child) => send(child, order)));
      expect(answers.map((answer) => answer?.kind).sort()).toEqual(ONE_DID_IT);
      check();
      slowestMs = Math.max(slowestMs, ...answers.map((answer) => answer?.ms ?? 0));
    }
    console.log(`16 processes, ${rounds} rounds: at most ${Math.round(slowestMs)} ms`);
    return slowestMs;
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

describe('sixteen processes that start at once', () => {
  it.each([
    ['by a plan written by hand', false],
    ['to a declared schema', true],
  ])('make one change, one backup, one line of history, soon: %s', async (_how, declared) => {
    const slowestMs = await sixteen(testDepth.pick({ reduced: 3, full: 50 }), (at) => {
      const path = freshPlace(`round-${at}-${declared}`);
      const check = (): void => {
        if (!declared) expect(stateOf(path)).toBe('new');
        expect(contentOf(path)).toBe(old.content);
        expect(rowsOf(path, 'SELECT id FROM migration_history')).toHaveLength(1);
        expect(backupsOf(path)).toHaveLength(1);
        rmSync(join(path, '..'), { recursive: true });
      };
      return { order: { path, declared }, check };
    });
    expect(slowestMs).toBeLessThan(10_000);
  });

  it.each(['wal', 'delete'])('make one database where there is none: %s', async (mode) => {
    const slowestMs = await sixteen(testDepth.pick({ reduced: 2, full: 50 }), (at) => {
      const path = join(bench.folder, `none-${mode}-${at}.db`);
      const empty = new DatabaseSync(path);
      empty.exec(`PRAGMA journal_mode = ${mode}`);
      empty.close();
      const check = (): void =>
        expect(rowsOf(path, 'SELECT id FROM migration_history')).toHaveLength(1);
      return { order: { path, declared: true }, check };
    });
    expect(slowestMs).toBeLessThan(10_000);
  });
});

describe('a process that writes meanwhile', () => {
  it('loses no write, meets no error but that the database is busy', async () => {
    const rounds = testDepth.pick({ reduced: 2, full: 20 });
    for (let round = 0; round < rounds; round += 1) {
      const path = freshPlace(`busy-${round}`);
      const writer = fork(programOf('library-writer'), [path], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      await once(writer, 'message');
      const count = (): number => rowsOf(path, 'SELECT id FROM book WHERE id >= 1000000').length;
      await expect.poll(count, { timeout: 20_000 }).toBeGreaterThan(2);
      expect(await bench.run({ path })).toMatchObject({ kind: 'applied' });
      const then = count();
      await expect.poll(count, { timeout: 20_000 }).toBeGreaterThan(then + 2);
      const report = once(writer, 'message');
      writer.send('stop');
      const [{ committed, errors }] = (await report) as [
        { readonly committed: readonly number[]; readonly errors: readonly string[] },
      ];
      expect(errors).toEqual([]);
      const stored = new DatabaseSync(path, { readOnly: true });
      const rows = stored.prepare('SELECT book_id AS id FROM loan WHERE book_id >= 1000000').all();
      expect(rows.map((row) => Number(row['id']))).toEqual(committed);
      expect(stored.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
      stored.close();
    }
  });
});
