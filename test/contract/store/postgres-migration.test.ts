import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openServerStore } from '../../../src/app/open-server-store.ts';
import {
  pawlServerMigrator,
  type ServerMigration,
} from '../../../src/app/server-store-migration.ts';
import { declaredSchema } from '../../../src/migrate/postgres/declared-schema.ts';
import { statementsOf } from '../../../src/migrate/steps.ts';
import { PAWL_SCHEMA } from '../../../src/schema/store-schema.ts';
import { table, text, textOrNull } from '../../../src/schema/vocabulary.ts';
import { ConnectionPool } from '../../../src/store/postgres/pool.ts';
import { poolOptions } from '../../../src/store/postgres/postgres-driver.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import { landedSchema, makeOlderServerStore, OLDER } from '../../support/older-server-store.ts';
import {
  execute,
  type PostgresServer,
  startPostgresServer,
} from '../../support/postgres-server.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const [OLDEST = ''] = OLDER;
const world = createRealWorld();
let server: PostgresServer;
let url = '';

beforeAll(async () => {
  server = await startPostgresServer();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  url = await server.createDatabase();
});

const address = () => ({ url, directUrl: null });
const migrator = (options: Partial<ServerMigration> = {}) =>
  pawlServerMigrator({ world, address: address(), ...options });

const historyOf = async (): Promise<unknown> =>
  (await execute(url, 'SELECT status FROM migration_history ORDER BY id')).map(
    ({ status }) => status,
  );

/** Every column, index, view and trigger, as text. */
const schemaText = async (): Promise<string> =>
  JSON.stringify(
    await execute(
      url,
      "SELECT 'c ' || table_name || '.' || column_name || ' ' || data_type AS t " +
        "FROM information_schema.columns WHERE table_schema = 'public' UNION ALL " +
        "SELECT 'i ' || indexdef FROM pg_indexes WHERE schemaname = 'public' UNION ALL " +
        "SELECT 't ' || tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
    ),
  );

/** What people and agents did, in the columns of an older schema. */
async function contentOf(fingerprint: string): Promise<unknown> {
  const notes = ['store_meta', 'migration_history'];
  const tables = landedSchema(fingerprint).objects.flatMap((one) =>
    one.kind === 'table' && !notes.includes(one.name) ? [one] : [],
  );
  const contents: unknown[] = [];
  for (const { name, columns } of tables) {
    const list = Object.keys(columns).join(', ');
    contents.push([name, await execute(url, `SELECT ${list} FROM ${name} ORDER BY 1, 2`)]);
  }
  return contents;
}

async function withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'reports' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe('a store of an older schema on a server', () => {
  it.each(OLDER)('is brought up by the first command, with every row: %s', async (fingerprint) => {
    await makeOlderServerStore(url, fingerprint);
    const before = await contentOf(fingerprint);
    expect(JSON.stringify(before)).toContain('completed');
    expect(await migrator().status()).toMatchObject({ state: 'pending', obstacles: [] });
    const store = await openServerStore({ world, address: address(), create: false });
    await store.close();
    expect(await contentOf(fingerprint)).toEqual(before);
    expect(await migrator().status()).toMatchObject({ state: 'in_sync', plan: { drift: [] } });
    expect(await migrator().verify()).toEqual([]);
    expect(await historyOf()).toEqual(['applied']);
  });

  it('is changed once by sixteen starters, while others write', async () => {
    await makeOlderServerStore(url, OLDEST);
    let isOver = false;
    const writing = withClient(async (client) => {
      let written = 0;
      for (; !isOver; written += 1) {
        await client.query(
          'INSERT INTO requests (scope, key, input_hash, result_json, expires_at_ms) ' +
            "VALUES ('w', $1, '', '', 1)",
          [String(written)],
        );
      }
      return written;
    });
    const starters = Array.from({ length: 16 }, async () => {
      const store = await openServerStore({ world, address: address(), create: false });
      await store.close();
    });
    await Promise.all(starters);
    isOver = true;
    const [{ n } = { n: 0 }] = await execute(
      url,
      "SELECT CAST(count(*) AS integer) AS n FROM requests WHERE scope = 'w'",
    );
    expect([n, await historyOf()]).toEqual([await writing, ['applied']]);
  });

  it('cannot be changed by two who did not take turns: the plan of one is past', async () => {
    await makeOlderServerStore(url, OLDEST);
    const { makePlan } = declaredSchema({ schema: PAWL_SCHEMA.objects });
    const pool = await ConnectionPool.open(poolOptions({ url }));
    await pool.lend(async (one) => {
      await one.run('BEGIN');
      const first = statementsOf((await makePlan(one)).steps);
      const late = pool.lend(async (other) => {
        await other.run('BEGIN');
        const second = statementsOf((await makePlan(other)).steps);
        expect(second).toEqual(first);
        await other.run('ROLLBACK; BEGIN');
        for (const statement of first) await one.run(statement);
        await one.run('COMMIT');
        for (const statement of second) await other.run(statement);
      });
      await expect(late).rejects.toThrow('already exists');
    });
    await pool.close();
  });
});

describe('a migration that is killed', () => {
  it.each([
    ['before its first statement', 'CREATE TABLE migration_history'],
    ['in the midst', 'CREATE INDEX artifacts_of_list'],
    ['before the commit', 'COMMIT'],
  ])('%s leaves the old schema, and the next one does it', async (_name, before) => {
    await makeOlderServerStore(url, OLDEST);
    const old = await schemaText();
    const script = join(import.meta.dirname, '../../support/killed-server-migration.ts');
    const signal = await new Promise((resolve) => {
      execFile(process.execPath, [script, url, before], (error) => resolve(error?.signal));
    });
    expect(signal).toBe('SIGKILL');
    expect(await schemaText()).toBe(old);
    expect(await migrator().migrate()).toMatchObject({ kind: 'applied' });
    expect(await historyOf()).toEqual(['applied']);
  });

  it('by the server is begun anew, or leaves what there was', async () => {
    await makeOlderServerStore(url, OLDEST);
    const old = await schemaText();
    let ends = 1_000;
    const intercept = (sql: string): string | undefined => {
      if (!sql.startsWith('CREATE INDEX artifacts_of_list') || ends === 0) return undefined;
      ends -= 1;
      return 'SELECT pg_terminate_backend(pg_backend_pid())';
    };
    const given = migrator({ intercept }).migrate({ waitMs: 1 });
    await expect(given).rejects.toMatchObject({ code: 'store_unreachable' });
    expect(await schemaText()).toBe(old);
    ends = 1;
    expect(await migrator({ intercept }).migrate()).toMatchObject({ kind: 'applied' });
    expect([ends, await historyOf()]).toEqual([0, ['applied']]);
  });
});

describe('others who hold a table', () => {
  it('keep a migration waiting, not each other; then it says who they are', async () => {
    await makeOlderServerStore(url, OLDEST);
    const old = await schemaText();
    await withClient(async (reader) => {
      await reader.query('BEGIN; SELECT count(*) FROM task_queue');
      let isOver = false;
      const others = withClient(async (other) => {
        await other.query('SET lock_timeout = 5000');
        while (!isOver) await other.query('SELECT count(*) FROM task_queue');
      });
      const waiting = migrator().migrate({ waitMs: 1_500 });
      await expect(waiting).rejects.toMatchObject({
        code: 'migration_busy',
        message: expect.stringContaining('reports (process '),
      });
      expect(await schemaText()).toBe(old);
      const done = migrator().migrate();
      await reader.query('COMMIT');
      expect(await done).toMatchObject({ kind: 'applied' });
      isOver = true;
      await others;
    });
  });
});

describe('what others put there', () => {
  it('is kept and named, with its rights; what they did to ours is mended', async () => {
    await migrator().migrate();
    for (const statement of [
      'CREATE TABLE their_table (a integer PRIMARY KEY, task text REFERENCES task_queue (id))',
      'ALTER TABLE task_queue ADD COLUMN their_note text',
      'CREATE INDEX their_index ON task_queue (their_note)',
      'CREATE VIEW their_view AS SELECT id, priority_order FROM v_active_queue',
      'GRANT SELECT ON their_view TO PUBLIC',
      'CREATE FUNCTION their_check() RETURNS trigger LANGUAGE plpgsql AS ' +
        "'BEGIN RETURN NEW; END'",
      'CREATE TRIGGER their_trigger BEFORE UPDATE ON task_queue FOR EACH ROW ' +
        'EXECUTE FUNCTION their_check()',
      'DROP INDEX artifacts_open',
      'CREATE OR REPLACE VIEW v_active_queue AS SELECT tq.id, tq.task_list_path, tq.task_id, ' +
        'tq.priority, tq.section, tq.description, tq.status, tq.assigned_agent, tq.position, ' +
        'tq.attempts, tq.queued_at, CAST(\'x\' AS text) COLLATE "C" AS executor_status, ' +
        '1 AS priority_order FROM task_queue tq',
    ]) {
      await execute(url, statement);
    }
    const outcome = await migrator().migrate();
    const fates = outcome.drift.map(({ object, fate }) => `${fate} ${object}`);
    expect(fates.toSorted()).toEqual([
      ...['kept task_queue.their_note', 'kept their_index', 'kept their_table'],
      ...['kept their_trigger', 'kept their_view', 'mended artifacts_open'],
      'mended v_active_queue',
    ]);
    const rights = "SELECT has_table_privilege('public', 'their_view', 'SELECT') AS may";
    expect(await execute(url, rights)).toEqual([{ may: true }]);
    expect(await schemaText()).toContain('their_trigger');
    expect(await migrator().status()).toMatchObject({ state: 'drift' });
    expect(await historyOf()).toEqual(['applied', 'applied']);
  });
});

const withMore = {
  ...PAWL_SCHEMA,
  fingerprint: 'with more',
  objects: [
    ...PAWL_SCHEMA.objects,
    table({ name: 'more', about: '', columns: { a: text, b: textOrNull }, primaryKey: ['a'] }),
  ],
};

describe('what a migration does not do', () => {
  it('drops nothing of ours without a directive: it is refused, nothing is changed', async () => {
    await migrator({ schema: withMore }).migrate();
    const old = await schemaText();
    await expect(migrator().migrate()).rejects.toMatchObject({ code: 'migration_refused' });
    expect(await migrator().status()).toMatchObject({
      state: 'refused',
      obstacles: [{ code: 'unexplained_drop', object: 'more' }],
    });
    expect([await schemaText(), await historyOf()]).toEqual([old, ['applied']]);
  });

  it('does not touch a store that a newer Pawl brought up', async () => {
    await migrator().migrate();
    await execute(url, "UPDATE store_meta SET generation = 99, fingerprint = 'newer'");
    await expect(migrator().migrate()).rejects.toMatchObject({ code: 'store_version' });
    const store = await openServerStore({ world, address: address(), create: false });
    await store.close();
    await execute(url, 'UPDATE store_meta SET min_reader = 99, min_writer = 99');
    const closed = openServerStore({ world, address: address(), create: false });
    await expect(closed).rejects.toMatchObject({ code: 'store_version' });
    expect(await historyOf()).toEqual(['applied']);
  });

  it('is tried in a transaction that is undone, and planned with its costs', async () => {
    await makeOlderServerStore(url, OLDEST);
    const old = await schemaText();
    const plan = await migrator().plan();
    expect(plan.plan.steps.map(({ kind }) => kind)).toContain('create-table');
    expect(plan.estimate).toMatchObject({ backupMs: 0, writers: 'wait' });
    expect(await migrator().dryRun()).toMatchObject({ kind: 'would_apply', copyMs: null });
    expect(await schemaText()).toBe(old);
    await expect(migrator().restore('x')).rejects.toMatchObject({ code: 'backup_elsewhere' });
  });
});
