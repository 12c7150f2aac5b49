import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeCopier } from '../../../src/app/copy-store.ts';
import { type StorePlace, storePlace } from '../../../src/config/store-place.ts';
import { PawlError } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/observe/logger.ts';
import {
  copyStoreOf,
  type StoreCopier,
  type StoreCopy,
} from '../../../src/operations/copy-store.ts';
import { PAWL_SCHEMA } from '../../../src/schema/store-schema.ts';
import { copiedTables } from '../../../src/store/copy/copied-tables.ts';
import { copyStore } from '../../../src/store/copy/copy-store.ts';
import { withFileSource } from '../../../src/store/sqlite/copy-source.ts';
import { withFileTarget } from '../../../src/store/sqlite/copy-target.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';

const world = createRealWorld();
let folder = '';
const at = (name: string): string => join(folder, name);
const place = (name: string): StorePlace => storePlace(at(name), folder, {});
const copier = (from: string, to: string): StoreCopier =>
  storeCopier({ world, from: place(from), to: place(to) });
const copied = (call: Parameters<StoreCopier['copy']>[0] = {}): Promise<StoreCopy> =>
  copier('first.db', 'copy.db').copy(call);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pawl-to-file-'));
  await (await openSqliteStore({ world, path: at('first.db') })).close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Files of somebody else, with the names that a copy would use. */
const FOREIGN: Readonly<Record<string, (path: string) => void>> = {
  'no database': (path) => writeFileSync(path, 'no database at all, but something'),
  'a database with tables of its own': (path) => {
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE mine (x INTEGER); INSERT INTO mine VALUES (7)');
    database.close();
  },
  'a database whose rows are in its log alone': (path) => {
    const database = new DatabaseSync(path);
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE mine (x INTEGER)');
    // As somebody who was killed leaves them: a copy of both files.
    const [main, log] = [readFileSync(path), readFileSync(`${path}-wal`)];
    database.close();
    writeFileSync(path, main);
    writeFileSync(`${path}-wal`, log);
  },
};

describe('a copy to a file, where a file lies', () => {
  it.each(Object.keys(FOREIGN))(
    'with the name of an area, and is %s, touches it only when asked',
    async (what) => {
      const path = at('copy.db.copying');
      FOREIGN[what]?.(path);
      const before = readFileSync(path);
      await expect(copied()).rejects.toMatchObject({
        code: 'copy_target_taken',
        details: { taken: path },
      });
      expect(readFileSync(path)).toEqual(before);
      expect(readdirSync(folder)).not.toContain('copy.db');
      expect((await copied({ restart: true })).resumed.discarded).toBe('restart');
      expect(readdirSync(folder).filter((one) => one.startsWith('copy'))).toEqual(['copy.db']);
    },
  );

  it('with the name of a store in the making, and no copy was begun, does the same', async () => {
    const path = at('copy.db.making');
    writeFileSync(path, 'something');
    await expect(copied()).rejects.toMatchObject({
      code: 'copy_target_taken',
      details: { taken: path },
    });
    expect(readFileSync(path, 'utf8')).toBe('something');
    await copied({ restart: true });
    expect(readdirSync(folder).filter((one) => one.startsWith('copy'))).toEqual(['copy.db']);
  });

  it('that is an area without anything yet, or a torn one, begins anew', async () => {
    writeFileSync(at('copy.db.copying'), '');
    expect((await copied()).resumed.discarded).toBe('unreadable');
    rmSync(at('copy.db'));
    const torn = new DatabaseSync(at('copy.db.copying'));
    torn.exec('CREATE TABLE pawl_copying_task_queue (x INTEGER)');
    torn.close();
    expect((await copied()).resumed.discarded).toBe('unreadable');
  });
});

describe('a copy to a file that got its name, and whose command was ended then', () => {
  const ENDED = ['pawl.db', 'pawl.db.copying', 'pawl.db.copying-lock', 'pawl.db.making', 'server'];
  const tables = copiedTables(PAWL_SCHEMA.objects);
  const made = { world, schema: PAWL_SCHEMA };
  const inProject = (): readonly string[] => readdirSync(at('.pawl')).toSorted();
  const again = (from = 'first.db') =>
    copyStoreOf({ log: silentLogger, copier: copier(from, '.pawl/pawl.db') });
  beforeEach(async () => {
    mkdirSync(at('.pawl'));
    writeFileSync(at('.pawl/server'), 'postgres://somewhere/\nid\n');
    const file = { ...made, path: at('.pawl/pawl.db'), like: null, record: null };
    const copying = withFileSource({ ...made, path: at('first.db') }, (source) =>
      withFileTarget(file, async (target) => {
        await copyStore({ source, target, tables, epochFloor: 0, nowMs: 0 });
        throw new PawlError('aborted', 'as whoever is killed here does no more');
      }),
    );
    await expect(copying).rejects.toMatchObject({ code: 'aborted' });
    expect(inProject()).toEqual(ENDED);
  });

  it('is finished by the same command, which says so', async () => {
    const copy = await again();
    expect(copy).toMatchObject({ finishedBefore: true, from: at('first.db') });
    expect(inProject()).toEqual(['epoch', 'pawl.db']);
    expect(readFileSync(at('.pawl/epoch'), 'utf8')).toBe(`${copy.epoch}\n`);
    const store = await openSqliteStore({ world, path: at('.pawl/pawl.db') });
    expect(store.storeId).toBe(copy.storeId);
    await store.close();
    // What is done is done: from now on it is a store as any other.
    await expect(again()).rejects.toMatchObject({ code: 'copy_target_taken' });
  });

  it('is no copy of another store: that one is refused', async () => {
    await (await openSqliteStore({ world, path: at('other.db') })).close();
    await expect(again('other.db')).rejects.toMatchObject({ code: 'copy_target_taken' });
    expect(existsSync(at('.pawl/epoch'))).toBe(false);
    expect(inProject()).toEqual(ENDED);
    expect(await again()).toMatchObject({ finishedBefore: true });
  });

  it('has one name in the end, also when only the last of it was left to be done', async () => {
    await again();
    linkSync(at('.pawl/pawl.db'), at('.pawl/pawl.db.making'));
    await expect(again()).rejects.toMatchObject({ code: 'copy_target_taken' });
    expect(inProject()).not.toContain('pawl.db.making');
  });
});
