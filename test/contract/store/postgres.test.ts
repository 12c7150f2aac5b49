import { Client } from 'pg';
import { afterAll, beforeAll, vi } from 'vitest';
import { SCHEMA } from '../../../src/schema/schema.ts';
import { TYPE_PARSERS } from '../../../src/store/postgres/pool.ts';
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import { type PostgresServer, startPostgresServer } from '../../support/postgres-server.ts';
import { createSteeredWorld } from './steered-world.ts';
import { storeContract } from './store-contract.ts';

// Every statement goes to another process and back: a thousand of them take their time.
vi.setConfig({ testTimeout: 60_000 });

let server: PostgresServer;
let url = '';
/** Another program's. */
let other: Client;

// Made once and emptied for each test: most of the time would go into making tables.
beforeAll(async () => {
  server = await startPostgresServer();
  url = await server.createDatabase();
  await (await openPostgresStore({ world: createSteeredWorld(), url })).close();
  other = new Client({ connectionString: url, types: TYPE_PARSERS });
  await other.connect();
}, 60_000);

afterAll(async () => {
  await other?.end();
  await server?.stop();
});

const TABLES = SCHEMA.filter(({ kind }) => kind === 'table').map(({ name }) => name);
/** Of a few rows this is ten times faster than TRUNCATE. */
const EMPTY = [
  ...TABLES.filter((name) => name !== 'store_meta').map((name) => `DELETE FROM ${name}`),
  "SELECT setval(pg_get_serial_sequence('task_events', 'seq'), 1, false)",
]
  .toReversed()
  .join('; ');

storeContract('PostgreSQL', {
  shared: true,
  open: async (world) => {
    await other.query(EMPTY);
    const store = await openPostgresStore({ world, url, now: () => world.nowMs });
    return {
      store,
      outside: async (sql) => (await other.query(sql)).rows,
      dispose: () => store.close(),
    };
  },
});
