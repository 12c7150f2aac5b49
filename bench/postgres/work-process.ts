import { openPawl, pawl } from './pawl.ts';
import type { Queue } from './peer.ts';
import { pgBoss } from './pg-boss.ts';
import type { Work } from './processes.ts';

/** One of several processes that work one queue until it is empty; see `processes.ts`. */
const { peer, url, setting, callers, listId } = JSON.parse(process.argv[2] ?? '') as Work;
const queue = await opened();

async function opened(): Promise<Queue> {
  if (peer !== pawl.name) return await pgBoss.open(url, setting);
  const ours = await openPawl(url, setting);
  ours.use(listId);
  return ours;
}

process.on('message', () => {
  void queue.work(Number.POSITIVE_INFINITY, callers).then(() => process.send?.('done'));
});
process.on('disconnect', () => {
  void queue.stop().then(() => process.exit(0));
});
process.send?.('ready');
