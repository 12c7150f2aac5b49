import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LibraryBench } from '../../../test/support/library-bench.ts';
import {
  contentOf,
  planAddition,
  planOf,
  rowsOf,
  schemaOf,
} from '../../../test/support/library-database.ts';
import type { World } from '../../world/world.ts';
import type { Restored } from '../migrator.ts';
import { type RestoreOptions, restoreBackup } from './restore.ts';

const bench = new LibraryBench();
beforeEach(() => bench.begin());
afterEach(() => bench.clear());

function restore(more: Partial<RestoreOptions> = {}): Promise<Restored> {
  const backup = join(bench.backupFolder, bench.backups()[0] ?? 'none');
  return restoreBackup({ ...bench.options(), backup, ...more });
}

const mode = (): unknown => rowsOf(bench.path, 'PRAGMA journal_mode')[0];
const leftBeside = (): readonly string[] =>
  readdirSync(bench.folder).filter((name) => name.includes('restoring'));

describe('a restore', () => {
  it('gives the former schema and every row committed before the rebuild', async () => {
    const [content, schema] = [contentOf(bench.path), schemaOf(bench.path)];
    await bench.run();
    bench.change("DELETE FROM loan; INSERT INTO author VALUES (70, 'after')");
    const migrated = contentOf(bench.path);
    const { setAside, recorded } = await restore();
    expect(contentOf(bench.path)).toBe(content);
    expect(schemaOf(bench.path)).toBe(schema);
    expect(recorded).toBe(false);
    expect(contentOf(join(setAside ?? '', 'library.db'))).toBe(migrated);
    expect(mode()).toMatchObject({ journal_mode: 'wal' });
    expect(leftBeside()).toEqual([]);
    expect(bench.backups()).toHaveLength(1);
  });

  it('stands in the history of the restored one, and lets the owner void what was', async () => {
    await bench.run({ makePlan: planAddition });
    bench.change("INSERT INTO author VALUES (60, 'kept')");
    await bench.run();
    const backup = bench.backups().map((name) => join(bench.backupFolder, name));
    const newest = backup.sort((one, other) => (one.slice(-20) < other.slice(-20) ? 1 : -1))[0];
    await restore({
      backup: newest ?? '',
      owner: {
        afterRestore: (copy, replaced) => {
          expect(replaced?.all('SELECT name FROM author WHERE id = 60')).toHaveLength(1);
          copy.run("UPDATE author SET name = 'epoch 2' WHERE id = 1");
        },
      },
    });
    expect(bench.history()).toMatchObject([{ status: 'applied' }, { status: 'restored' }]);
    expect(rowsOf(bench.path, 'SELECT name FROM author WHERE id = 1')).toMatchObject([
      { name: 'epoch 2' },
    ]);
  });

  it('takes along what stands in the log only', async () => {
    await bench.run();
    const other = new DatabaseSync(bench.path);
    other.exec("PRAGMA wal_autocheckpoint = 0; INSERT INTO author VALUES (80, 'in the log')");
    const log = readFileSync(`${bench.path}-wal`);
    const file = readFileSync(bench.path);
    other.close();
    // As a killed process leaves it: the log has what the file has not.
    writeFileSync(bench.path, file);
    writeFileSync(`${bench.path}-wal`, log);
    const { setAside } = await restore();
    expect(existsSync(`${bench.path}-wal`)).toBe(false);
    const aside = join(setAside ?? '', 'library.db');
    expect(rowsOf(aside, 'SELECT name FROM author WHERE id = 80')).toHaveLength(1);
    expect(rowsOf(bench.path, 'SELECT name FROM author WHERE id = 80')).toHaveLength(0);
  });

  it.each([
    ['damaged', 'this is not a database. '.repeat(1_000)],
    ['emptied', ''],
  ])('replaces a database that is %s, and keeps its log', async (_what, damage) => {
    const content = contentOf(bench.path);
    await bench.run();
    writeFileSync(bench.path, damage);
    writeFileSync(`${bench.path}-wal`, 'its log');
    const { setAside } = await restore();
    expect(contentOf(bench.path)).toBe(content);
    expect(readFileSync(join(setAside ?? '', 'library.db'), 'utf8')).toBe(damage);
    expect(readFileSync(join(setAside ?? '', 'library.db-wal'), 'utf8')).toBe('its log');
  });

  it('leaves the file to those who might read it, and a link to it a link', async () => {
    chmodSync(bench.path, 0o600);
    const real = bench.path;
    bench.path = join(bench.folder, 'link.db');
    symlinkSync(real, bench.path);
    await bench.run();
    const [backup = ''] = bench.backups();
    expect(statSync(join(bench.backupFolder, backup)).mode & 0o777).toBe(0o600);
    await restore();
    expect(statSync(real).mode & 0o777).toBe(0o600);
    expect(lstatSync(bench.path).isSymbolicLink()).toBe(true);
    expect(schemaOf(bench.path)).not.toContain('book_title_given');
  });

  it('lets the name stand for the old file until the new one has it', async () => {
    await bench.run();
    const inodes: number[] = [];
    const rename = async (from: string, to: string): Promise<void> => {
      if (to === bench.path) inodes.push(statSync(to).ino);
      await bench.world.files.rename(from, to);
    };
    const { ino } = statSync(bench.path);
    const { setAside } = await restore({
      world: { ...bench.world, files: { ...bench.world.files, rename } },
    });
    expect(inodes).toEqual([ino]);
    expect(statSync(join(setAside ?? '', 'library.db')).ino).toBe(ino);
  });

  it('puts a database where there is none', async () => {
    const content = contentOf(bench.path);
    await bench.run();
    await bench.world.files.remove(bench.path);
    expect(await restore()).toMatchObject({ setAside: null });
    expect(contentOf(bench.path)).toBe(content);
  });
});

describe('a restore that must not be', () => {
  it.each([
    ['reads', 'SELECT count(*) FROM loan'],
    ['writes', 'BEGIN IMMEDIATE'],
  ])('is refused while another connection %s, and leaves it working', async (_what, sql) => {
    await bench.run();
    const schema = schemaOf(bench.path);
    const other = new DatabaseSync(bench.path);
    other.prepare(sql).all();
    await expect(restore()).rejects.toMatchObject({ code: 'store_in_use' });
    expect(schemaOf(bench.path)).toBe(schema);
    other.exec("INSERT INTO author VALUES (90, 'goes on')");
    if (other.isTransaction) other.exec('COMMIT');
    other.close();
    expect(mode()).toMatchObject({ journal_mode: 'wal' });
    expect(leftBeside()).toEqual([]);
    await restore();
  });

  it('is refused while the program says that somebody uses it', async () => {
    await bench.run();
    const usedBy = async (): Promise<string> => 'pawl run (pid 7)';
    await expect(restore({ usedBy })).rejects.toMatchObject({
      code: 'store_in_use',
      message: 'pawl run (pid 7) has the database open',
    });
  });

  it.each([
    ['damaged', (bytes: Buffer) => bytes.fill(0xee, 4_096 * 6, 4_096 * 7)],
    ['empty', () => Buffer.alloc(0)],
    ['no database', () => Buffer.from('something else, of some length, to be read as a header')],
  ])('is refused from a backup that is %s', async (_what, spoil) => {
    await bench.run();
    const before = schemaOf(bench.path);
    const backup = join(bench.folder, 'copy.db');
    writeFileSync(backup, spoil(readFileSync(join(bench.backupFolder, bench.backups()[0] ?? ''))));
    await expect(restore({ backup })).rejects.toMatchObject({ code: 'backup_unsound' });
    expect(schemaOf(bench.path)).toBe(before);
  });

  it('is refused from a backup that is not there', async () => {
    await expect(restore()).rejects.toMatchObject({ code: 'backup_unsound' });
  });

  it.each(['link', 'rename', 'makeDirectory'] as const)(
    'leaves the database as it was, in its journal mode, when the disk is full at %s',
    async (call) => {
      await bench.run();
      const before = [contentOf(bench.path), schemaOf(bench.path)];
      await expect(restore({ world: failingAt(bench.world, call) })).rejects.toMatchObject({
        code: 'store_full',
      });
      expect([contentOf(bench.path), schemaOf(bench.path)]).toEqual(before);
      expect(mode()).toMatchObject({ journal_mode: 'wal' });
      expect(leftBeside()).toEqual([]);
    },
  );

  it('leaves the database as it was when the owner fails', async () => {
    await bench.run();
    const before = schemaOf(bench.path);
    const makePlan = planOf([], () => true);
    const owner = {
      afterRestore: (): never => {
        throw new TypeError('a fault of the owner');
      },
    };
    await expect(restore({ owner, makePlan })).rejects.toThrow('a fault of the owner');
    expect(schemaOf(bench.path)).toBe(before);
    expect(leftBeside()).toEqual([]);
  });
});

/** The last call of this kind, which puts the copy in place or comes right before it, fails. */
function failingAt(world: World, call: 'link' | 'rename' | 'makeDirectory'): World {
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: call });
  const fails = (path: string): boolean => !path.endsWith('.part');
  const files = {
    ...world.files,
    [call]: async (from: string, to: string): Promise<void> => {
      if (fails(from)) throw full;
      await world.files.rename(from, to);
    },
  };
  return { ...world, files };
}
