import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskBench } from './disk-bench.ts';
import { createSteeredWorld } from './steered-world.ts';
import { listOf, type StoreBench } from './store-bench.ts';

let disk: DiskBench;
beforeEach(() => {
  disk = new DiskBench();
});
afterEach(() => disk.clear());

const lock = (bench: StoreBench, name: string) =>
  bench.store.acquireLock({ name, holderId: 'h', ttlMs: 1_000 });

const removeDatabase = (path: string): void => {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
};

describe('a database file that vanishes under an open store', () => {
  const WAYS = [
    ['is deleted', (path: string) => removeDatabase(path)],
    ['is deleted alone, its log left behind', (path: string) => rmSync(path)],
    ['loses its log', (path: string) => rmSync(`${path}-wal`)],
    ['is moved away', (path: string) => renameSync(path, `${path}.moved`)],
    [
      'is replaced by a copy',
      (path: string) => {
        copyFileSync(path, `${path}.copy`);
        renameSync(`${path}.copy`, path);
      },
    ],
    [
      'is replaced by an empty file',
      (path: string) => {
        removeDatabase(path);
        writeFileSync(path, '');
      },
    ],
  ] as const;

  it.each(WAYS)('acknowledges nothing more and saves what is open: %s', async (_name, vanish) => {
    const bench = await disk.openBench();
    await bench.load(['A', 'B', 'C']);
    await bench.end('A');
    vanish(disk.path);
    const answers = await Promise.allSettled([lock(bench, 'one'), lock(bench, 'two')]);
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'store_replaced' } });
    }
    await expect(lock(bench, 'three')).rejects.toMatchObject({ code: 'store_replaced' });

    const rescued = readdirSync(disk.folder).filter((name) => name.startsWith('rescued-'));
    expect(rescued).toHaveLength(1);
    const saved = await disk.openBench({ path: join(disk.folder, rescued[0] ?? '') });
    saved.listId = bench.listId;
    expect(await saved.statuses()).toEqual({ A: 'completed', B: 'queued', C: 'queued' });
    await saved.expectSound();
  });

  it('what is saved has the name that others look for only once it is whole', async () => {
    const written: string[] = [];
    const bench = await disk.openBench({
      intercept: (sql, params) => {
        if (sql.startsWith('VACUUM INTO')) written.push(String(params[0]));
      },
    });
    await bench.load(['A']);
    removeDatabase(disk.path);
    await expect(lock(bench, 'one')).rejects.toMatchObject({ code: 'store_replaced' });
    expect(written.filter((path) => /rescued-\d+\.db$/.test(path))).toEqual([]);
    expect(written).toHaveLength(1);
    const left = readdirSync(disk.folder).filter((name) => name.startsWith('resc'));
    expect(left).toEqual([expect.stringMatching(/^rescued-\d+\.db$/)]);
  });

  it('says so, too, when nothing of it can be saved', async () => {
    const bench = await disk.openBench();
    await bench.load(['A']);
    rmSync(disk.folder, { recursive: true });
    await expect(lock(bench, 'one')).rejects.toMatchObject({ code: 'store_replaced' });
    mkdirSync(disk.folder);
  });
});

describe('a file that is no database of ours', () => {
  const corruptHeader = async () => {
    const bench = await disk.openBench();
    await bench.load(['A']);
    await bench.store.close();
    const file = openSync(disk.path, 'r+');
    writeSync(file, Buffer.alloc(64, 0xff), 0, 64, 0);
  };

  it('with a broken header is corrupt, and stays untouched', async () => {
    await corruptHeader();
    const before = readFileSync(disk.path);
    await expect(disk.open()).rejects.toMatchObject({ code: 'store_corrupt' });
    expect(readFileSync(disk.path)).toEqual(before);
  });

  it('full of something else is corrupt, and stays untouched', async () => {
    writeFileSync(disk.path, 'this is my shopping list\n'.repeat(1_000));
    const before = readFileSync(disk.path);
    await expect(disk.open()).rejects.toMatchObject({ code: 'store_corrupt' });
    expect(readFileSync(disk.path)).toEqual(before);
    expect(readdirSync(disk.folder)).toEqual(['pawl.db']);
  });

  it("another program's database is refused, and stays untouched", async () => {
    const other = disk.other();
    other.exec('CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES (1)');
    other.close();
    const before = readFileSync(disk.path);
    await expect(disk.open()).rejects.toMatchObject({ code: 'store_version' });
    expect(readFileSync(disk.path)).toEqual(before);
    expect(readdirSync(disk.folder)).toEqual(['pawl.db']);
  });

  it('a folder in its place is a typed error', async () => {
    mkdirSync(disk.path);
    await expect(disk.open()).rejects.toMatchObject({ code: 'store_io' });
  });

  it('a folder that is not there is a typed error', async () => {
    const path = join(disk.folder, 'none', 'pawl.db');
    await expect(disk.open({ path })).rejects.toMatchObject({ code: 'store_io' });
  });

  it('an empty file is a store that was not made yet', async () => {
    writeFileSync(disk.path, '');
    const bench = await disk.openBench();
    expect(await bench.load(['A'])).toMatchObject({ added: 1 });
  });

  it('on a network file system is refused before anything is written', async () => {
    const { files } = disk.world;
    const world = createSteeredWorld({ files: { ...files, isNetwork: async () => true } });
    await expect(disk.open({ world })).rejects.toMatchObject({ code: 'store_unsupported' });
    expect(existsSync(disk.path)).toBe(false);
    expect(await files.isNetwork(disk.folder)).toBe(false);
  });
});

describe('a schema that is not as we left it', () => {
  it.each(['task_queue', 'task_events', 'store_meta', 'executors'])(
    'a lost %s is corruption, at open and at use',
    async (table) => {
      const bench = await disk.openBench();
      await bench.load(['A']);
      const { id } = await bench.task('A');
      const other = disk.other();
      other.exec(`PRAGMA foreign_keys = OFF; DROP TABLE ${table}`);
      const use = async () => {
        await bench.store.task(id);
        await bench.load(['A', 'B']);
      };
      await expect(use()).rejects.toMatchObject({ code: 'store_corrupt' });
      await bench.store.close();
      await expect(disk.open()).rejects.toMatchObject({ code: 'store_corrupt' });
    },
  );

  it('damage inside a table is found by the audit', async () => {
    const bench = await disk.openBench();
    await bench.load(Array.from({ length: 200 }, (_, at) => `T${at}`));
    await bench.store.close();
    const bytes = readFileSync(disk.path);
    const place = bytes.lastIndexOf('do T150');
    bytes.fill(0xee, place - 600, place);
    writeFileSync(disk.path, bytes);
    const damaged = await disk.open();
    const looked = await damaged.audit().then(
      (faults) => faults.map((fault) => fault.code),
      (error: { code: string }) => [error.code],
    );
    expect(looked.some((code) => code === 'integrity' || code === 'store_corrupt')).toBe(true);
  });
});

describe('opening', () => {
  it('of one new file by eight processes at once gives one store to all', async () => {
    const script = join(import.meta.dirname, 'open-and-load.ts');
    const children = Array.from({ length: 8 }, () =>
      fork(script, [disk.path], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
    );
    const ready = await Promise.all(children.map((child) => once(child, 'message')));
    expect(ready.map(([said]) => said as unknown)).toEqual(Array(8).fill('ready'));
    const told = Promise.all(children.map((child) => once(child, 'message')));
    for (const child of children) child.send('go');
    const answers = (await told).map(([said]) => said as { storeId: string; listId: string });
    expect(new Set(answers.map((answer) => answer.storeId)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.listId)).size).toBe(1);
    const bench = await disk.openBench();
    bench.listId = answers[0]?.listId ?? '';
    expect(await bench.statuses()).toEqual({ A: 'queued', B: 'queued' });
    await bench.expectSound();
  });

  it('waits for whoever recovers or makes the file, but not for ever', async () => {
    await (await disk.open()).close();
    const other = disk.other();
    other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    other.exec('UPDATE store_meta SET min_reader = min_reader');
    await expect(disk.open({ openDeadlineMs: 200 })).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
    const opening = disk.open({ openDeadlineMs: 20_000 });
    other.close();
    expect((await opening).location).toBe(disk.path);
  });

  it('keeps the safe settings', async () => {
    const pragmas: string[] = [];
    await disk.open({ intercept: (sql) => void pragmas.push(sql) });
    for (const pragma of ['journal_mode = WAL', 'foreign_keys = ON']) {
      expect(pragmas).toContain(`PRAGMA ${pragma}`);
    }
    const [journal] = disk.other().prepare('PRAGMA journal_mode').all();
    expect(journal).toMatchObject({ journal_mode: 'wal' });
  });
});

describe('a backup', () => {
  it('is one file with the state of one moment, taken while others write', async () => {
    const bench = await disk.openBench();
    const bulk = 'x'.repeat(2_000);
    await bench.load(
      Array.from({ length: 3_000 }, (_, at) => ({ taskId: `T${at}`, description: bulk })),
    );
    const file = join(disk.folder, 'copy.db');
    const writer = await disk.openBench();
    let writes = 0;
    const backup = bench.store.backup(file).finally(() => {
      writes = Number.NaN;
    });
    while (!Number.isNaN(writes)) {
      await lock(writer, `l${writes}`);
      writes += 1;
    }
    await backup;
    expect(readdirSync(disk.folder).filter((name) => name.startsWith('copy'))).toEqual(['copy.db']);
    const copy = await disk.openBench({ path: file });
    copy.listId = bench.listId;
    expect(Object.keys(await copy.statuses())).toHaveLength(3_000);
    await copy.expectSound();
  });

  it('never overwrites a file, and can be cancelled', async () => {
    const bench = await disk.openBench();
    await bench.load(['A']);
    const taken = join(disk.folder, 'taken.db');
    writeFileSync(taken, 'mine');
    await expect(bench.store.backup(taken)).rejects.toMatchObject({ code: 'usage' });
    expect(readFileSync(taken, 'utf8')).toBe('mine');
    const call = { signal: AbortSignal.abort() };
    const file = join(disk.folder, 'copy.db');
    await expect(bench.store.backup(file, call)).rejects.toMatchObject({ code: 'aborted' });
    expect(readdirSync(disk.folder).filter((name) => name.startsWith('copy'))).toEqual([]);
  });

  it('of a store in memory makes it a file', async () => {
    const bench = await disk.openBench({ path: ':memory:' });
    await bench.load(['A']);
    await bench.store.backup(disk.path);
    const [row] = new DatabaseSync(disk.path).prepare('SELECT task_id FROM task_queue').all();
    expect(row).toMatchObject({ task_id: 'A' });
    expect(listOf(['A']).document.tasks).toHaveLength(1);
  });
});
