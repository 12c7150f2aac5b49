import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeForeignQueue, makeOlder } from '../../test/support/stores/store-fixtures.ts';
import { UpgradeBench } from '../../test/support/upgrade-bench.ts';
import { PAWL_SCHEMA } from '../schema/store-schema.ts';
import type { Store } from '../store/store.ts';
import { openMigratedStore } from './migrate-store.ts';
import { storeMigrator } from './store-migrator.ts';

const bench = new UpgradeBench();
beforeEach(() => bench.begin());
afterEach(() => bench.clear());

const open = async (schema = PAWL_SCHEMA): Promise<Store> => {
  const { world, path, log } = bench;
  return bench.keep(await openMigratedStore({ world, path, log, schema }));
};
const rows: UpgradeBench['rows'] = (sql, file) => bench.rows(sql, file);
const change = (sql: string): void => bench.change(sql);

const QUEUE = 'SELECT * FROM task_queue ORDER BY id';
const EVENTS = 'SELECT * FROM task_events ORDER BY seq';
const history = () => rows('SELECT status, class, backup, backup_note FROM migration_history');

const NEXT = PAWL_SCHEMA.generation + 1;

describe('opening a store of an older schema', () => {
  it('brings it up: a backup, a row of history, every row kept, nothing asked', async () => {
    bench.makeGenerationOne();
    const before = [rows(QUEUE), rows(EVENTS), rows('SELECT store_id, epoch FROM store_meta')];
    expect(before.map(({ length }) => length)).toEqual([6, 13, 1]);
    const store = await open();
    expect(await store.audit()).toEqual([]);
    // Every value of before; the columns that are new come besides.
    const after = [rows(QUEUE), rows(EVENTS), rows('SELECT store_id, epoch FROM store_meta')];
    expect(after).toMatchObject(before);
    const [meta] = rows('SELECT * FROM store_meta');
    expect(meta).toMatchObject({
      fingerprint: PAWL_SCHEMA.fingerprint,
      generation: PAWL_SCHEMA.generation,
    });
    expect(history()).toMatchObject([{ status: 'applied', class: 'additive' }]);
    const backup = join(bench.folder, 'backups', String(history()[0]?.['backup']));
    expect(rows(QUEUE, backup)).toEqual(before[0]);
    expect(bench.logged.join('\n')).toContain('schema.migrated');
  });

  it('is done once; after that its schema is not even compared', async () => {
    bench.makeGenerationOne();
    await open();
    const files = readdirSync(join(bench.folder, 'backups'));
    bench.logged = [];
    await open();
    await open();
    expect(bench.logged).toEqual([]);
    expect(history()).toHaveLength(1);
    expect(readdirSync(join(bench.folder, 'backups'))).toEqual(files);
  });

  it('is done by one of several who found it older at the same moment', async () => {
    bench.makeGenerationOne();
    await Promise.all([open(), open(), open()]);
    expect(history()).toMatchObject([{ status: 'applied', class: 'additive' }]);
  });

  it('is left as it was, and why is told, while the change cannot be made', async () => {
    bench.makeGenerationOne();
    change("CREATE TABLE migration_history (id TEXT); INSERT INTO migration_history VALUES ('x')");
    const before = [rows(QUEUE), rows('SELECT sql FROM sqlite_schema')];
    await expect(open()).rejects.toMatchObject({ code: expect.stringMatching(/^migration_/) });
    expect([rows(QUEUE), rows('SELECT sql FROM sqlite_schema')]).toEqual(before);
    expect(bench.logged.join('\n')).toContain('schema.failed');
    expect(readdirSync(bench.folder).filter((name) => name.startsWith('set-aside'))).toEqual([]);
    change('DROP TABLE migration_history');
    expect(await (await open()).audit()).toEqual([]);
  });
});

describe('going back to the copy from before', () => {
  it('makes claims of since void, and is brought up again at the next start', async () => {
    bench.makeGenerationOne();
    await (await open()).close();
    const { world, folder } = bench;
    const migrator = await storeMigrator({ world, stateDir: folder });
    const [copy] = await migrator.backups();
    await migrator.restore(join(migrator.backupFolder, copy?.file ?? ''));
    expect(rows('SELECT epoch FROM store_meta')).toEqual([{ epoch: 2 }]);
    expect(rows("SELECT fence FROM task_queue WHERE task_id = 'B'")).toEqual([
      { fence: 1_000_001 },
    ]);
    expect(await (await open()).audit()).toEqual([]);
    expect(rows('SELECT generation, epoch FROM store_meta')).toEqual([
      { generation: PAWL_SCHEMA.generation, epoch: 2 },
    ]);
  });
});

describe('a copy that a newer Pawl made', () => {
  it('is put in no place by an older one, which could not read it', async () => {
    await (
      await open({ ...PAWL_SCHEMA, generation: NEXT, minReader: NEXT, minWriter: NEXT })
    ).close();
    const newer = join(bench.folder, 'newer.db');
    renameSync(bench.path, newer);
    await (await open()).close();
    const before = rows('SELECT * FROM store_meta');
    const { world, folder } = bench;
    const migrator = await storeMigrator({ world, stateDir: folder });
    await expect(migrator.restore(newer)).rejects.toMatchObject({ code: 'store_version' });
    expect(rows('SELECT * FROM store_meta')).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.startsWith('set-aside'))).toEqual([]);
  });
});

describe('a release that raises a floor and changes no table', () => {
  it('writes it into the store; the one before only reads from then on', async () => {
    await (await open()).close();
    await (await open({ ...PAWL_SCHEMA, generation: NEXT, minWriter: NEXT })).close();
    expect(rows('SELECT generation, min_reader, min_writer FROM store_meta')).toEqual([
      { generation: NEXT, min_reader: 1, min_writer: NEXT },
    ]);
    const before = await open();
    expect(await before.lists()).toEqual([]);
    const lock = before.acquireLock({ name: 'l', holderId: 'h', ttlMs: 1_000 });
    await expect(lock).rejects.toMatchObject({ code: 'store_version' });
  });

  it('takes whoever may not write any more for gone, and nobody else', async () => {
    const begun = await open();
    const { self, host } = bench.world.processes;
    const about = { kind: 'server', host, process: self, version: '1.0.0', listId: null };
    await begun.registerInstance({ id: 'server', ...about, labels: [], capacity: 1 });
    const ended = () => rows('SELECT ended_at_ms = heartbeat_at_ms AS gone FROM instances');
    await open({ ...PAWL_SCHEMA, generation: NEXT });
    expect(ended()).toEqual([{ gone: null }]);
    await open({ ...PAWL_SCHEMA, generation: NEXT + 1, minWriter: NEXT });
    expect(ended()).toEqual([{ gone: null }]);
    await open({ ...PAWL_SCHEMA, generation: NEXT + 2, minWriter: NEXT + 2 });
    expect(ended()).toEqual([{ gone: 1 }]);
  });

  it('keeps the one before from migrating, also where that one may write', async () => {
    await (await open({ ...PAWL_SCHEMA, generation: NEXT })).close();
    const { world, folder } = bench;
    const status = (await storeMigrator({ world, stateDir: folder })).status();
    await expect(status).rejects.toMatchObject({
      code: 'store_version',
      message: expect.stringContaining(`generation ${NEXT} or newer may migrate it`),
    });
  });
});

describe('a new store', () => {
  it('has its first row of history, and nothing to compare at the next start', async () => {
    await open();
    expect(history()).toEqual([
      { status: 'applied', class: 'additive', backup: null, backup_note: 'no_rows' },
    ]);
    expect(rows('SELECT declared_json IS NOT NULL AS known FROM migration_history')).toEqual([
      { known: 1 },
    ]);
    bench.logged = [];
    await open();
    expect(bench.logged).toEqual([]);
  });
});

describe('a schema that somebody changed by hand', () => {
  const loaded = async (): Promise<void> => {
    bench.makeGenerationOne();
    await (await open()).close();
    bench.logged = [];
  };

  it('is named once where it is harmless, and never stops a start', async () => {
    await loaded();
    change('CREATE TABLE notes (text TEXT); CREATE INDEX by_agent ON task_queue (agent)');
    await open();
    expect(bench.logged.map((line) => line.replace(/"message.*/, ''))).toEqual([
      'schema.drift {"object":"notes",',
      'schema.drift {"object":"by_agent",',
    ]);
    bench.logged = [];
    await open();
    expect(bench.logged).toEqual([]);
    expect(history()).toHaveLength(1);
  });

  it.each([
    ['an index', 'DROP INDEX task_queue_ready', 'index', 'task_queue_ready'],
    ['a view', 'DROP VIEW v_active_queue', 'view', 'v_active_queue'],
    ['a trigger', 'DROP TRIGGER task_queue_adopt', 'trigger', 'task_queue_adopt'],
  ])('gets back %s of ours', async (_what, sql, type, name) => {
    await loaded();
    change(sql);
    await open();
    const found = rows(`SELECT type FROM sqlite_schema WHERE name = '${name}'`);
    expect(found).toEqual([{ type }]);
    expect(bench.logged.join('\n')).toContain(name);
  });

  it.each([
    ['a table', 'PRAGMA foreign_keys = OFF; DROP TABLE task_events', 'task_events'],
    ['a column', 'ALTER TABLE task_queue DROP steps_json', 'task_queue.steps_json'],
    [
      'a table, and is of another schema besides',
      "PRAGMA foreign_keys = OFF; DROP TABLE task_events; UPDATE store_meta SET fingerprint = 'x'",
      'task_events',
    ],
  ])('that lost %s is damage, and is left as it is', async (_what, sql, object) => {
    await loaded();
    change(sql);
    const before = rows('SELECT sql FROM sqlite_schema');
    const message = expect.stringContaining(`lost ${object}`);
    await expect(open()).rejects.toMatchObject({ code: 'store_corrupt', message });
    expect(rows('SELECT sql FROM sqlite_schema')).toEqual(before);
  });

  it('whose record was spoilt is as good as one without', async () => {
    await loaded();
    change("UPDATE migration_history SET declared_json = '{'; DROP INDEX task_queue_ready");
    expect(await (await open()).audit()).toEqual([]);
    expect(rows("SELECT type FROM sqlite_schema WHERE name = 'task_queue_ready'")).toHaveLength(1);
  });

  it('whose history of the schema is gone keeps its work, and begins a new one', async () => {
    await loaded();
    const before = rows(QUEUE);
    change('DROP TABLE migration_history');
    expect(await (await open()).audit()).toEqual([]);
    expect(rows(QUEUE)).toEqual(before);
    expect(rows('SELECT status FROM migration_history')).toEqual([{ status: 'applied' }]);
  });

  it('before the first record of its schema, and lost a table, is damage', async () => {
    bench.makeGenerationOne();
    change('PRAGMA foreign_keys = OFF; DROP TABLE task_queue');
    await expect(open()).rejects.toMatchObject({ code: 'store_corrupt' });
    expect(rows("SELECT name FROM sqlite_schema WHERE name = 'task_queue'")).toEqual([]);
  });
});

describe("a file with another program's promised tables", () => {
  it('becomes a store: every row is kept, and its events tell the same', async () => {
    makeForeignQueue(bench.path);
    const before = rows(QUEUE);
    const store = await open();
    expect(await store.audit()).toEqual([]);
    const after = rows(QUEUE);
    const kept = ['id', 'task_list_path', 'task_id', 'priority', 'section', 'description'];
    const keys = [...kept, 'position', 'assigned_agent', 'created_at'];
    const part = (all: typeof before) =>
      all.map((row) => Object.fromEntries(keys.map((key) => [key, row[key]])));
    expect(part(after)).toEqual(part(before));
    expect(after.map((row) => [row['task_id'], row['status'], row['attempts']])).toEqual([
      ['A', 'completed', 1],
      ['B', 'failed', 2],
      ['C', 'queued', 1],
      ['D', 'queued', 0],
      ['E', 'skipped', 0],
      ['F', 'queued', 0],
      ['A', 'completed', 0],
    ]);
    expect(after[1]).toMatchObject({
      last_error: 'exit 1',
      started_at: '2025-12-01 10:03:00.000',
      completed_at: '2025-12-01 10:04:00.000',
    });
    expect(after[2]).toMatchObject({ dependencies: '["A"]', pending_deps: 0 });
    expect(after[3]).toMatchObject({ dependencies: '["C"]', pending_deps: 1 });
    expect(rows('SELECT id, status, config_json, total_tasks FROM executor_state')).toMatchObject([
      { id: 'ex-1', status: 'paused', config_json: '{"maxConcurrent":3}', total_tasks: 6 },
      { status: 'stopped', total_tasks: 1 },
    ]);
    expect(rows('SELECT task_id FROM v_active_queue')).toEqual([
      { task_id: 'C' },
      { task_id: 'F' },
      { task_id: 'D' },
    ]);
    expect(history()).toMatchObject([{ status: 'applied', class: 'rebuild' }]);
    const backup = join(bench.folder, 'backups', String(history()[0]?.['backup']));
    expect(rows(QUEUE, backup)).toEqual(before);
  });

  it('keeps what else is in the file', async () => {
    makeForeignQueue(
      bench.path,
      'CREATE TABLE agents (name TEXT); INSERT INTO agents VALUES (1), (2);',
    );
    await open();
    expect(rows('SELECT * FROM agents')).toHaveLength(2);
    expect(bench.logged.join('\n')).toMatch(/schema.drift.*agents/);
    expect(bench.logged.join('\n')).not.toMatch(/schema.drift.*(executor_state|task_queue)/);
  });

  it.each([
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON task_queue BEGIN SELECT 1; END;', 'trigger t'],
    ['a table that refers to it', 'CREATE TABLE r (q TEXT REFERENCES task_queue (id));', 'table r'],
    ['a table with a name of ours', 'CREATE TABLE locks (x);', 'name locks'],
    ['a broken row', "UPDATE task_queue SET dependencies = 'A, B' WHERE id = 'q1';", 'JSON array'],
    ['a row without an id', "UPDATE task_queue SET id = NULL WHERE id = 'q1';", 'no id'],
  ])('is refused for %s, and left as it is', async (_what, sql, reason) => {
    makeForeignQueue(bench.path, sql);
    const before = [rows(QUEUE), rows('SELECT name, sql FROM sqlite_schema')];
    await expect(open()).rejects.toMatchObject({
      code: 'migration_refused',
      message: expect.stringContaining(reason),
    });
    expect([rows(QUEUE), rows('SELECT name, sql FROM sqlite_schema')]).toEqual(before);
  });
});

describe('a file that is not for us', () => {
  it.each([
    ['of the older task orchestrator', () => makeOlder(bench.path), 'store_older'],
    [
      'of another program',
      () => change('PRAGMA journal_mode = WAL; CREATE TABLE recipes (name TEXT)'),
      'store_version',
    ],
  ])('%s is recognised, and nothing is written to it or beside it', async (_what, make, code) => {
    make();
    const before = [readFileSync(bench.path), readdirSync(bench.folder)];
    await expect(open()).rejects.toMatchObject({ code });
    expect([readFileSync(bench.path), readdirSync(bench.folder)]).toEqual(before);
  });
});
