import type { PostgresServer } from '../../test/support/postgres-server.ts';
import { type Figure, percent, perSecond } from '../figure.ts';
import { median } from '../quantiles.ts';
import { copyOf, MessageTrace, replay } from './message-trace.ts';
import { openPawl } from './pawl.ts';
import type { Setting } from './peer.ts';

const ROUNDS = 3;
const JOBS = 1_000;
const FLOOR_SHARE_MIN = 0.5;

const RUNS: readonly { readonly setting: Setting; readonly callers: number; what: string }[] = [
  { setting: 'default', callers: 1, what: '1 caller' },
  { setting: 'default', callers: 32, what: '32 callers' },
  { setting: 'batched', callers: 8, what: 'by 32, 8 callers' },
];

/** What the product takes beside what its database takes for the same messages. */
export async function floorFigures(server: PostgresServer): Promise<readonly Figure[]> {
  const from = await server.createDatabase();
  const queue = await openPawl(from, 'default');
  await queue.enqueueMany(JOBS);
  const [list] = await queue.store.lists();
  await queue.stop();
  if (list === undefined) throw new Error('the list is not there');
  const figures: Figure[] = [];
  for (const { setting, callers, what } of RUNS) {
    const rates: number[] = [];
    const shares: number[] = [];
    const floors: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const trace = new MessageTrace();
      const ours = await openPawl(await copyOf(from, 'bench_ours'), setting, trace.trace);
      ours.use(list.listId);
      let took = 0;
      await trace.record(async () => {
        took = await ours.work(JOBS, callers);
      });
      await ours.stop();
      if (trace.messages.length === 0) throw new Error('no message was recorded');
      const floor = await replay(trace, await copyOf(from, 'bench_floor'));
      rates.push((JOBS / took) * 1_000);
      floors.push((JOBS / floor) * 1_000);
      shares.push(floor / took);
    }
    const share = median(shares);
    figures.push({
      what: `claim and finish, ${what}, of the floor`,
      measured: perSecond(median(rates)),
      beside: `the same messages ${perSecond(median(floors))}`,
      ratio: percent(share),
      goal: `at least ${percent(FLOOR_SHARE_MIN)}`,
      met: share >= FLOOR_SHARE_MIN,
    });
  }
  return figures;
}
