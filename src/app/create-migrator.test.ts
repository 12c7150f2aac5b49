import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { integer, table, text } from '../schema/vocabulary.ts';
import { createMigrator } from './create-migrator.ts';

const note = table({
  name: 'note',
  about: 'A line.',
  columns: { id: integer, line: text },
  primaryKey: ['id'],
  identity: true,
});
describe('a migrator for a database of somebody else', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pawl-create-migrator-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const migrator = (name = 'notes.db') =>
    createMigrator({ path: join(folder, name), schema: [note], waitMs: 50 });

  it('opens and makes nothing by itself', () => {
    expect(migrator().backupFolder).toBe(join(folder, 'backups'));
    expect(migrator().declared.join('\n')).toMatch(/CREATE TABLE note .*migration_history/s);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('makes a database, and finds it in sync from then on', async () => {
    await migrator().migrate();
    expect(await migrator().status()).toMatchObject({ state: 'in_sync', last: { version: '0' } });
    expect(await migrator().plan()).toMatchObject({ estimate: { totalMs: 0 } });
    expect(await migrator().verify()).toEqual([]);
    expect(await migrator().backups()).toEqual([]);
  });

  it('answers with our errors for what is no database, and leaves it alone', async () => {
    writeFileSync(
      join(folder, 'text.db'),
      'this is a text, and it is long enough to be looked at\n',
    );
    const wrong = migrator('text.db');
    for (const call of [wrong.status, wrong.plan, wrong.history, wrong.dryRun, wrong.migrate]) {
      await expect(call()).rejects.toMatchObject({ name: 'PawlError', code: 'store_corrupt' });
    }
    expect(await wrong.verify()).toMatchObject([{ code: 'damaged' }]);
    await expect(migrator('missing.db').status()).rejects.toMatchObject({ code: 'store_io' });
    await expect(migrator('missing.db').history()).rejects.toMatchObject({ code: 'store_io' });
    expect(readdirSync(folder).filter((name) => name.startsWith('missing'))).toEqual([]);
  });

  it('waits no longer than it is told to for whoever holds the database', async () => {
    await migrator().migrate();
    const other = new DatabaseSync(join(folder, 'notes.db'));
    other.exec('BEGIN EXCLUSIVE');
    await expect(migrator().status()).rejects.toMatchObject({ code: 'migration_busy' });
    await expect(migrator().history({ waitMs: 1 })).rejects.toMatchObject({
      code: 'migration_busy',
    });
    const aborted = migrator().status({ signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
    other.close();
    expect(await migrator().status()).toMatchObject({ state: 'in_sync' });
  });

  it('asks the program who uses the database before it restores', async () => {
    const used = createMigrator({
      ...{ path: join(folder, 'notes.db'), schema: [note] },
      usedBy: () => Promise.resolve('the shop'),
    });
    await used.migrate();
    await expect(used.restore(used.path)).rejects.toMatchObject({
      ...{ code: 'store_in_use', message: expect.stringContaining('the shop') },
    });
  });

  it('refuses a declaration that SQLite does not take', () => {
    const schema = ['CREATE TABLE t (a INTEGER) STRICT', 'CREATE VIEW v AS SELEKT'];
    expect(() => createMigrator({ path: join(folder, 'x.db'), schema })).toThrow(
      expect.objectContaining({ code: 'schema_invalid' }),
    );
  });
});
