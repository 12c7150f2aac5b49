import { once } from 'node:events';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import { listOf } from './store-bench.ts';

/** A process of its own that opens a store and loads a list, at the moment it is told to. */
process.send?.('ready');
await once(process, 'message');
const path = process.argv[2] ?? '';
const store = await openSqliteStore({ world: createRealWorld(), path });
const { list } = await store.loadList(listOf(['A', 'B']));
process.send?.({ storeId: store.storeId, listId: list.listId });
await store.close();
process.disconnect();
