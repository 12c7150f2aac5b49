import { argv } from 'node:process';
import { pawlServerMigrator } from '../../src/app/server-store-migration.ts';
import { createRealWorld } from '../../src/world/real-world.ts';

// Migrates a store on a server and kills itself just before the statement that begins so.
const [, , url = '', before = ''] = argv;
await pawlServerMigrator({
  world: createRealWorld(),
  address: { url, directUrl: null },
  intercept: (sql) => {
    // What is run in the scratch begins with a savepoint.
    if (sql.startsWith(before)) process.kill(process.pid, 'SIGKILL');
    return undefined;
  },
}).migrate();
