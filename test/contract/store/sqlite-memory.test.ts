import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { storeContract } from './store-contract.ts';

storeContract('SQLite in memory', {
  shared: false,
  open: async (world) => {
    const store = await openSqliteStore({ world, path: ':memory:' });
    return { store, outside: null, dispose: () => store.close() };
  },
});
