import { once } from 'node:events';
import type { Logger } from '../../src/observe/logger.ts';
import { loadTaskList } from '../../src/operations/load-task-list.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { LoadList, Store } from '../../src/store/store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';

export interface FirstLoad {
  readonly database: string;
  readonly path: string;
  /** Take out that the load's transaction looks for another list of the same file. */
  readonly unguarded: boolean;
}

/** A process that finds out which list a file is, waits to be told, and loads it. */
const { database, path, unguarded } = JSON.parse(process.argv[2] as string) as FirstLoad;
const world = createRealWorld();
const store = await openSqliteStore({ world, path: database });
let isFirst = true;
const waiting = Object.create(store, {
  loadList: {
    value: async ({ knownLists, ...rest }: LoadList) => {
      if (isFirst) {
        isFirst = false;
        process.send?.('ready');
        await once(process, 'message');
      }
      const guard = unguarded || knownLists === undefined ? {} : { knownLists };
      return await store.loadList({ ...rest, ...guard });
    },
  },
}) as Store;
const quiet = (): void => undefined;
const log: Logger = { info: quiet, warn: quiet, error: quiet };
const { list } = await loadTaskList({ world, store: waiting, log }, { path });
process.send?.(list.listId);
await store.close();
process.disconnect?.();
