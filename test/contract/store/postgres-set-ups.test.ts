import { describe, it } from 'vitest';
import { PGBOUNCER, startPgBouncer } from '../../support/pgbouncer.ts';
import { startPostgresServer } from '../../support/postgres-server.ts';
import { findSystemPostgres, startSystemPostgres } from '../../support/system-postgres.ts';
import { testDepth } from '../../support/test-depth.ts';
import { serverContract } from './server-contract.ts';

/** What differs from set-up to set-up if anything does; the whole contract is for the full run. */
const only = testDepth.pick({
  reduced: ['claiming'],
  full: undefined,
});

const system = findSystemPostgres();

if (system === null) {
  describe('another PostgreSQL', () => {
    it('keeps the contract', (ctx) => ctx.skip('none was found on the PATH or in known folders'));
  });
} else {
  describe(`PostgreSQL ${system.version} of the system`, () => {
    serverContract('another PostgreSQL', {
      start: async () => {
        const server = await startSystemPostgres(system);
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
