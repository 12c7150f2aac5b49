import { Client } from 'pg';
import { afterAll, beforeAll, vi } from 'vitest';
import { SCHEMA } from '../../../src/schema/schema.ts';
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import { TYPE_PARSERS } from '../../../src/store/postgres/type-parsers.ts';
import { createSteeredWorld } from './steered-world.ts';
import { storeContract } from './store-contract.ts';

/** Ways to one empty database. */
export interface ServerWays {
  /** By which the store is opened. */
  readonly url: string;
  /** Past a pooler; otherwise the same. */
  readonly directUrl?: string;
  stop(): Promise<void>;
}

const TABLES = SCHEMA.filter(({ kind }) => kind === 'table').map(({ name }) => name);
/** Of a few rows this is ten times faster than TRUNCATE. */
const EMPTY = [
  ...TABLES.filter((name) => name !== 'store_meta').map((name) => `DELETE FROM ${name}`),
  "SELECT setval(pg_get_serial_sequence('task_events', 'seq'), 1, false)",
]
  .toReversed()
  .join('; ');

/** The contract of every store, on a server. */
export function serverContract(
  name: string,
  options: { start(): Promise<ServerWays>; readonly only?: readonly string[] | undefined },
): void {
  // Every statement goes to another process and back: a thousand of them take their time.
  vi.setConfig({ testTimeout: 60_000 });
  let ways: ServerWays;
  /** Another program's. */
  let other: Client;
  const direct = () => (ways.directUrl === undefined ? {} : { directUrl: ways.directUrl });

  // Made once and emptied for each test: most of the time would go into making tables.
  beforeAll(async () => {
    ways = await options.start();
    const { url } = ways;
    await (await openPostgresStore({ world: createSteeredWorld(), url, ...direct() })).close();
    other = new Client({ connectionString: ways.directUrl ?? url, types: TYPE_PARSERS });
    await other.connect();
  }, 60_000);

  afterAll(async () => {
    await other?.end();
    await ways?.stop();
  });

  storeContract(name, {
    ...{ shared: true, only: options.only },
    open: async (world) => {
      await other.query(EMPTY);
      const { url } = ways;
      const now = (): number => world.nowMs;
      const store = await openPostgresStore({ world, url, ...direct(), now });
      return {
        store,
        outside: async (sql) => (await other.query(sql)).rows,
        dispose: () => store.close(),
      };
    },
  });
}
