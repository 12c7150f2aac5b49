import { startPostgresServer } from '../../support/postgres-server.ts';
import { serverContract } from './server-contract.ts';

serverContract('PostgreSQL', {
  start: async () => {
    const server = await startPostgresServer();
    return { url: await server.createDatabase(), stop: () => server.stop() };
  },
});
