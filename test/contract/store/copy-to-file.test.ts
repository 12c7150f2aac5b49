import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeCopier } from '../../../src/app/copy-store.ts';
import { storePlace } from '../../../src/config/store-place.ts';
import type { StoreCopier, StoreCopy } from '../../../src/operations/copy-store.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';

const world = createRealWorld();
let folder = '';
const at = (name: string): string => join(folder, name);
const copied = (call: Parameters<StoreCopier['copy']>[0] = {}): Promise<StoreCopy> =>
  storeCopier({
    world,
    from: storePlace(at('first.db'), folder, {}),
    to: storePlace(at('copy.db'), folder, {}),
  }).copy(call);

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
