import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openServerStore } from '../../../src/app/open-server-store.ts';
import {
  SERVER_LIMITS,
  type ServerLimits,
  serverRemarks,
} from '../../../src/app/server-remarks.ts';
import { watchServer } from '../../../src/app/watch-server.ts';
import type { Check } from '../../../src/operations/diagnose.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import {
  execute,
  OWN_SERVER,
  type PostgresServer,
  startPostgresServer,
} from '../../support/postgres-server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const world = createRealWorld();
let server: PostgresServer;
let url = '';
let stateDir = '';
const clients: Client[] = [];

// As a server should be, with what a test wants of it besides.
beforeAll(async () => {
  server = await startPostgresServer([
    ...['shared_buffers=32MB', 'max_connections=30', 'autovacuum=off'],
    ...['wal_level=logical', 'max_prepared_transactions=4', 'max_replication_slots=4'],
  ]);
  stateDir = mkdtempSync(join(tmpdir(), 'pawl-doctor-'));
  mkdirSync(join(stateDir, 'log'));
  url = await server.createDatabase();
  writeFileSync(join(stateDir, 'config.json'), JSON.stringify({ databaseUrl: url }));
  const address = { url, directUrl: null };
  await (await openServerStore({ world, address, create: true })).close();
});
afterAll(async () => {
  rmSync(stateDir, { recursive: true, force: true });
  await server?.stop();
});
beforeEach(() => execute(url, 'SELECT pg_stat_reset()'));
afterEach(async () => {
  for (const client of clients.splice(0)) await client.end();
});

async function connected(name = 'reports'): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: name });
  await client.connect();
  clients.push(client);
  return client;
}

async function amiss(limits: Partial<ServerLimits> = {}): Promise<readonly Check[]> {
  const remarks = await serverRemarks({ world, stateDir }, { ...SERVER_LIMITS, ...limits });
  expect(remarks.length).toBeGreaterThan(5);
  return remarks.filter(({ ok }) => !ok);
}

const only = (name: string, message: RegExp, remedy: RegExp) => [
  expect.objectContaining({
    ...{ name, severity: 'warning' },
    message: expect.stringMatching(message),
    remedy: expect.stringMatching(remedy),
  }),
];

/** Changes a setting that a running server takes, and back. */
async function withSetting(sql: string, undo: string, work: () => Promise<void>): Promise<void> {
  const client = await connected();
  const settled = async (statement: string): Promise<void> => {
    await client.query(statement);
    await client.query('SELECT pg_reload_conf()');
    // It is told by a signal.
    for (let looks = 0; looks < 100; looks += 1) {
      const { rows } = await client.query(
        'SELECT pg_conf_load_time() > now() - $1::interval AS x',
        ['100 ms'],
      );
      if (rows[0].x === true) return;
    }
  };
  await settled(sql);
  try {
    await work();
  } finally {
    await settled(undo);
  }
}

describe.runIf(OWN_SERVER)('pawl doctor on a server', () => {
  it('has nothing to say of a healthy one, and names its version', async () => {
    expect(await amiss()).toEqual([]);
    const [first] = await serverRemarks({ world, stateDir });
    expect(first?.message).toMatch(/^PostgreSQL \d+/);
    expect(first?.message).not.toContain(new URL(url).password);
  });

  it.each(['fsync', 'full_page_writes', 'synchronous_commit'])('%s off', async (setting) => {
    const [set, reset] = [`SET ${setting} = off`, `RESET ${setting}`];
    await withSetting(`ALTER SYSTEM ${set}`, `ALTER SYSTEM ${reset}`, async () => {
      await vi.waitFor(async () => {
        expect(await amiss()).toEqual(
          only('durability', new RegExp(`^${setting} is off`), /ALTER/),
        );
      });
    });
    await vi.waitFor(async () => expect(await amiss()).toEqual([]));
  });

  it('a transaction that somebody left open, with its program and process', async () => {
    const client = await connected('nightly export');
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
    expect(await amiss()).toEqual([]);
    const said = only('oldest snapshot', /nightly export \(process \d+\)/, /pg_terminate_backend/);
    expect(await amiss({ snapshotMs: 0 })).toEqual(said);
    await client.query('ROLLBACK');
    // One that wrote and waits holds on by its number, without a snapshot.
    await client.query('BEGIN; UPDATE store_meta SET one = 1');
    expect(await amiss({ snapshotMs: 0 })).toEqual(said);
    await client.query('ROLLBACK');
    expect(await amiss({ snapshotMs: 0 })).toEqual([]);
  });

  it('a prepared transaction that nobody ended', async () => {
    await execute(url, "BEGIN; CREATE TABLE kept (x int); PREPARE TRANSACTION 'forgotten'");
    expect(await amiss()).toEqual([]);
    expect(await amiss({ snapshotMs: 0 })).toEqual(
      only('oldest snapshot', /'forgotten' has waited/, /ROLLBACK PREPARED 'forgotten'/),
    );
    await execute(url, "ROLLBACK PREPARED 'forgotten'");
  });

  it('a replication slot that nobody reads', async () => {
    await execute(url, "SELECT pg_create_logical_replication_slot('orphan', 'pgoutput')");
    expect(await amiss()).toEqual([]);
    expect(await amiss({ snapshotTransactions: 0 })).toEqual(
      only('oldest snapshot', /slot orphan, which nobody reads/, /pg_drop_replication_slot/),
    );
    await execute(url, "SELECT pg_drop_replication_slot('orphan')");
  });

  it('rows that were replaced and not cleaned up', async () => {
    await execute(
      url,
      "INSERT INTO requests SELECT 's', CAST(n AS text), '', '', 1 FROM generate_series(1, 50) n",
    );
    for (let round = 0; round < 4; round += 1) {
      await execute(url, 'UPDATE requests SET expires_at_ms = expires_at_ms + 1');
    }
    await vi.waitFor(async () => {
      expect(await amiss({ deadRows: 100 })).toEqual(
        only('dead rows', /^2\d\d beside 50 living ones in requests/, /^VACUUM requests/),
      );
    });
    expect(await amiss()).toEqual([]);
    await execute(url, 'VACUUM requests');
    await vi.waitFor(async () => expect(await amiss({ deadRows: 100 })).toEqual([]));
  });

  it('an index that is gone, and one that the server does not use', async () => {
    const [{ sql } = { sql: '' }] = await execute(
      url,
      "SELECT pg_get_indexdef('task_queue_ready'::regclass) AS sql",
    );
    await execute(url, 'DROP INDEX task_queue_ready');
    const gone = only('indexes', /^task_queue_ready: not there/, /pawl migrate apply/);
    expect(await amiss()).toEqual(gone);
    await execute(url, String(sql));
    expect(await amiss()).toEqual([]);
    const invalid = (valid: boolean): string =>
      `UPDATE pg_index SET indisvalid = ${valid} WHERE indexrelid = 'locks_key'::regclass`;
    await execute(url, invalid(false));
    expect(await amiss()).toEqual(only('indexes', /^locks_key: /, /REINDEX/));
    await execute(url, invalid(true));
    expect(await amiss()).toEqual([]);
  });

  it('a large table that is read as a whole again and again', async () => {
    const limits = { largeRows: 1_000, wholeReads: 20 };
    await execute(
      url,
      'INSERT INTO task_events (list_id, task, at_ms, kind, data_json) ' +
        "SELECT 'l', 't' || n, 0, 'k', '{}' FROM generate_series(1, 2000) n; ANALYZE task_events",
    );
    expect(await amiss(limits)).toEqual([]);
    const client = await connected();
    for (let read = 0; read < 25; read += 1) {
      await client.query("SELECT count(*) FROM task_events WHERE kind LIKE '%x%'");
    }
    await client.end();
    clients.length = 0;
    await vi.waitFor(async () => {
      expect(await amiss(limits)).toEqual(
        only('whole reads', /^task_events \(2000 rows\)/, /^ANALYZE task_events/),
      );
    });
    expect(await amiss()).toEqual([]);
  });

  it('connections that are nearly all in use', async () => {
    expect(await amiss()).toEqual([]);
    while (clients.length < 25) await connected();
    expect(await amiss()).toEqual(only('connections', /^2\d of 27 in use/, /max_connections/));
  });

  it('the limit of a role or of a database, by whichever leaves the least', async () => {
    const { pathname } = new URL(url);
    const database = pathname.slice(1);
    await execute(
      url,
      "CREATE ROLE plain LOGIN PASSWORD 'p'; GRANT ALL ON ALL TABLES IN SCHEMA public TO plain",
    );
    const own = new URL(url);
    [own.username, own.password] = ['plain', 'p'];
    const config = (address: string): void =>
      writeFileSync(join(stateDir, 'config.json'), JSON.stringify({ databaseUrl: address }));
    const limits = (role: number, ofDatabase: number) =>
      execute(
        url,
        `ALTER ROLE plain CONNECTION LIMIT ${role}; ` +
          `ALTER DATABASE "${database}" CONNECTION LIMIT ${ofDatabase}`,
      );
    const said = async (): Promise<Check | undefined> =>
      (await amiss()).find(({ name }) => name === 'connections');
    config(own.href);
    try {
      await limits(20, 20);
      expect(await said()).toBe(undefined);
      await limits(4, 20);
      expect(await said()).toMatchObject({
        message: '1 of 4 in use of the role plain; a process of Pawl wants up to 6',
        remedy: expect.stringMatching(/^ALTER ROLE "plain" CONNECTION LIMIT N/),
      });
      // Sessions of another user, which this one may not look into, count for the database.
      while (clients.length < 8) await connected();
      await limits(20, 10);
      expect(await said()).toMatchObject({
        message: `9 of 10 in use of the database ${database}`,
        remedy: expect.stringMatching(/^ALTER DATABASE ".*" CONNECTION LIMIT N/),
      });
      // A superuser is not bound by it.
      config(url);
      expect(await said()).toBe(undefined);
    } finally {
      config(url);
      await limits(-1, -1);
    }
  });

  it('a clock that is not this one, either way', async () => {
    for (const [aheadMs, where] of [
      [-5_000, 'ahead of'],
      [5_000, 'behind'],
    ] as const) {
      const clock = { ...world.clock, now: () => world.clock.now() + aheadMs };
      const remarks = await serverRemarks({ world: { ...world, clock }, stateDir });
      expect(remarks.filter(({ ok }) => !ok)).toEqual(
        only('clock', new RegExp(`(49|50)\\d\\d ms ${where} this host`), /Synchronise/),
      );
    }
  });

  it('is told to a process that runs for long, once', async () => {
    const said: string[] = [];
    const logged: unknown[] = [];
    const note = (event: string): void => void logged.push(event);
    const watched = watchServer({
      ...{ world, stateDir, everyMs: 20, limits: { ...SERVER_LIMITS, snapshotMs: 0 } },
      log: { info: note, warn: note, error: note },
      warn: (message) => said.push(message),
    });
    try {
      const client = await connected('nightly export');
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
      await vi.waitFor(() => expect(said.length).toBeGreaterThan(0), { timeout: 10_000 });
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(said).toEqual([expect.stringContaining('nightly export')]);
      expect(logged).toEqual(['server.remark']);
      expect(said[0]).toContain('pg_terminate_backend');
    } finally {
      watched.stop();
    }
  });
});
