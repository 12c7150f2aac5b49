import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { Timeline } from './timeline.ts';

/**
 * Another process on the same store: puts each task it is told back into the queue, and tells when
 * that was committed. Started by `latency.ts` with the database's path; ends when it is let go.
 */
const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('the path of a database is missing');
const { world, moments } = new Timeline();
const store = await openSqliteStore({ world, path });

process.on('message', (id: string) => {
  const how = { reason: 'bench', by: 'person', confirmed: true, cascade: false } as const;
  void store.changeTask({ id, verb: 'requeue', ...how }).then(() => {
    process.send?.(moments.findLast(({ name }) => name === 'after-commit')?.atMs);
  });
});
process.on('disconnect', () => void store.close());
process.send?.('ready');
