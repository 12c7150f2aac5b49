import { PgBoss } from 'pg-boss';
import { BATCH, byCallers, type Peer, type Setting, TUNED_BATCH } from './peer.ts';

const TAKEN: Readonly<Record<Setting, number>> = { default: 1, batched: BATCH, tuned: TUNED_BATCH };
const NAME = 'noop';
const DATA = { text: 'Write the parser for part 1' };

/**
 * https://pgboss.io. Its worker takes one job every two seconds at its defaults: measured are its
 * `fetch` and `complete`, called in a loop, which is faster.
 */
export const pgBoss: Peer = {
  name: 'pg-boss',
  open: async (url, setting) => {
    const boss = new PgBoss({ connectionString: url, useListenNotify: true });
    // It goes on looking while it is stopped, and says that it cannot.
    boss.on('error', () => undefined);
    await boss.start();
    await boss.createQueue(NAME, { notify: true });
    const enqueue = async (): Promise<void> => {
      await boss.send(NAME, DATA);
    };
    return {
      enqueue,
      enqueueMany: async (count) => {
        await boss.insert(
          NAME,
          Array.from({ length: count }, () => ({ data: DATA })),
        );
      },
      work: (count, callers) => {
        let left = count;
        return byCallers(callers, async () => {
          const jobs = await boss.fetch(NAME, { batchSize: TAKEN[setting] });
          if (jobs.length === 0) return false;
          await boss.complete(
            NAME,
            jobs.map(({ id }) => id),
          );
          left -= jobs.length;
          return left > 0;
        });
      },
      listen: async (begun) => {
        const id = await boss.work(NAME, () => Promise.resolve(begun()));
        return { enqueue, stop: () => boss.offWork(NAME, { id }) };
      },
      stop: () => boss.stop({ graceful: false }),
    };
  },
};
