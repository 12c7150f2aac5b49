import { describe, it } from 'vitest';
import {
  findNamedPostgres,
  findSystemPostgres,
  startOtherPostgres,
} from '../../support/other-postgres.ts';
import { PGBOUNCER, startPgBouncer } from '../../support/pgbouncer.ts';
import { startPostgresServer } from '../../support/postgres-server.ts';
import { testDepth } from '../../support/test-depth.ts';
import { serverContract } from './server-contract.ts';

/** What differs from set-up to set-up if anything does; the whole contract is for the full run. */
const only = testDepth.pick({
  reduced: ['claiming'],
  full: undefined,
});

/** Other versions than the one that the tests bring. */
const others = [
  {
    ...{ name: 'the PostgreSQL that is named', postgres: findNamedPostgres() },
    missing: 'PAWL_TEST_POSTGRES_BIN names none',
  },
  {
    ...{ name: 'the PostgreSQL of the system', postgres: findSystemPostgres() },
    missing: 'none was found on the PATH or in known folders',
  },
];
const [oldest] = others
  .flatMap(({ postgres }) => postgres?.version ?? [])
  .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }));

for (const { name, postgres, missing } of others) {
  // What the oldest is able to do, those between it and the one of the tests are.
  const isTried = testDepth.full || postgres?.version === oldest;
  if (postgres === null || !isTried) {
    const reason = postgres === null ? missing : `${oldest} is tried, and is older`;
    describe(name, () => {
      it('keeps the contract', (ctx) => ctx.skip(reason));
    });
    continue;
  }
  describe(`${name}, ${postgres.version}`, () => {
    serverContract('another PostgreSQL', {
      start: async () => {
        const server = await startOtherPostgres(postgres);
        return { url: await server.createDatabase(), stop: () => server.stop() };
      },
      only,
    });
  });
}

if (PGBOUNCER === null) {
  describe('PgBouncer', () => {
    it('keeps the contract', (ctx) => ctx.skip('pgbouncer was not found'));
  });
} else {
  describe('PgBouncer in transaction mode', () => {
    serverContract('behind a pooler', {
      start: async () => {
        const server = await startPostgresServer();
        const directUrl = await server.createDatabase();
        const pooler = await startPgBouncer(directUrl, { sessions: 3 });
        return {
          ...{ url: pooler.through(directUrl), directUrl },
          stop: async () => {
            await pooler.stop();
            await server.stop();
          },
        };
      },
      only,
    });
  });
}
