import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRealWorld } from '../../world/real-world.ts';
import { inspectDatabase } from './inspect-database.ts';
import { openSqliteStore } from './sqlite-store.ts';

const world = createRealWorld();
describe('inspecting a database file', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pawl-inspect-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('tells which store it is, its epoch, and its last event', async () => {
    const path = join(folder, 'pawl.db');
    const store = await openSqliteStore({ world, path });
    const { storeId } = store;
    expect(await inspectDatabase(world, path)).toEqual({ storeId, epoch: 1, lastSeq: 0 });
    await store.afterRestore(6);
    expect(await inspectDatabase(world, path)).toEqual({ storeId, epoch: 7, lastSeq: 0 });
    await store.close();
  });

  it.each([
    ['an empty file', ''],
    ['no database', 'nothing of the kind, '.repeat(500)],
  ])('finds nothing in %s, and leaves it alone', async (_, content) => {
    const path = join(folder, 'pawl.db');
    writeFileSync(path, content);
    expect(await inspectDatabase(world, path)).toBeNull();
    expect(readdirSync(folder)).toEqual(['pawl.db']);
  });

  it('waits for one that is still being written', async () => {
    const path = join(folder, 'pawl.db');
    await (await openSqliteStore({ world, path })).close();
    const writer = new DatabaseSync(path);
    writer.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    const inspected = inspectDatabase(world, path);
    writer.exec('COMMIT');
    writer.close();
    expect(await inspected).toMatchObject({ epoch: 1 });
  });
});
