import type { PostgresServer } from '../../test/support/postgres-server.ts';
import { type Figure, information, percent, perSecond, times } from '../figure.ts';
import { median } from '../quantiles.ts';
import { openBareRows } from './bare-rows.ts';
import { dbos } from './dbos.ts';
import { graphile } from './graphile.ts';
import { pawl } from './pawl.ts';
import { byCallers, type Peer, type Queue, type Setting } from './peer.ts';
import { pgBoss } from './pg-boss.ts';

const OTHERS: readonly Peer[] = [graphile, pgBoss, dbos];
const ROUNDS = 5;
const ENQUEUED = 200;
const ENQUEUERS = 32;

interface Run {
  readonly setting: Setting;
  readonly callers: number;
  readonly jobs: number;
  readonly what: string;
  /** Whether Pawl is to be ahead. */
  readonly isGoal: boolean;
}

const RUNS: readonly Run[] = [
  ...[1, 8, 32].map((callers) => ({
    ...{ setting: 'default' as const, callers, jobs: callers === 1 ? 200 : 800, isGoal: true },
    what: `claim and finish, ${callers === 1 ? '1 caller' : `${callers} callers`}`,
  })),
  ...[1, 8].map((callers) => ({
    ...{ setting: 'batched' as const, callers, jobs: 3_200, isGoal: true },
    what: `claim and finish by 32, ${callers === 1 ? '1 caller' : `${callers} callers`}`,
  })),
  {
    ...{ setting: 'tuned', callers: 8, jobs: 6_000, isGoal: false },
    what: 'claim and finish, tuned, 8 callers',
  },
];

/** What Pawl's rows cost by themselves, beside the whole of others. */
const BARE_ROWS = 'its rows alone';

/** Rates of each queue, by the name of what was measured. */
type Rates = Map<string, number[]>;

export async function queueFigures(
  server: PostgresServer,
  note: (progress: string) => void,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const setting of ['default', 'batched', 'tuned'] as const) {
    const queues = new Map<Peer, Queue>();
    for (const peer of [pawl, ...OTHERS]) {
      queues.set(peer, await peer.open(await server.createDatabase(), setting));
    }
    const bare = setting === 'batched' ? await openBareRows(await server.createDatabase()) : null;
    if (setting === 'default') figures.push(...(await enqueueFigures(queues)));
    for (const run of RUNS.filter((one) => one.setting === setting)) {
      note(run.what);
      const workers = [...queues].map(([{ name }, queue]) => ({ name, queue }));
      const all = bare === null ? workers : [...workers, { name: BARE_ROWS, queue: bare }];
      const rates = await workRates(all, run);
      figures.push(...figuresOf(run.what, rates, { isGoal: run.isGoal }));
      if (bare !== null) figures.push(...figuresOf(run.what, rates, { of: BARE_ROWS }));
    }
    for (const queue of queues.values()) await queue.stop();
    await bare?.stop();
  }
  return figures;
}

async function enqueueFigures(queues: ReadonlyMap<Peer, Queue>): Promise<readonly Figure[]> {
  const one: Rates = new Map();
  const many: Rates = new Map();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [{ name }, queue] of queues) {
      let left = ENQUEUED;
      const took = await byCallers(ENQUEUERS, async () => {
        if (left <= 0) return false;
        left -= 1;
        await queue.enqueue();
        return true;
      });
      keep(one, name, (ENQUEUED / took) * 1_000);
      const startedAt = performance.now();
      await queue.enqueueMany(ENQUEUED);
      keep(many, name, (ENQUEUED / (performance.now() - startedAt)) * 1_000);
    }
  }
  for (const [peer, queue] of queues) {
    // Ours lie in lists of their own, and in nobody's way.
    if (peer !== pawl) await queue.work(2 * ENQUEUED * ROUNDS, ENQUEUERS);
  }
  return [
    ...figuresOf(`enqueue one a call, ${ENQUEUERS} callers`, one),
    ...figuresOf(`enqueue ${ENQUEUED} in a call`, many),
  ];
}

interface Worker {
  readonly name: string;
  readonly queue: Pick<Queue, 'enqueueMany' | 'work'>;
}

async function workRates(workers: readonly Worker[], run: Run): Promise<Rates> {
  const rates: Rates = new Map();
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const { name, queue } of workers) {
      await queue.enqueueMany(run.jobs);
      const took = await queue.work(run.jobs, run.callers);
      // The first round is to warm up.
      if (round >= 0) keep(rates, name, (run.jobs / took) * 1_000);
    }
  }
  return rates;
}

function keep(rates: Rates, name: string, rate: number): void {
  rates.set(name, [...(rates.get(name) ?? []), rate]);
}

function figuresOf(
  what: string,
  rates: Rates,
  { of = pawl.name, isGoal = false }: { readonly of?: string; readonly isGoal?: boolean } = {},
): readonly Figure[] {
  const ours = rates.get(of) ?? [];
  const measured = of === pawl.name ? what : `${what}: ${of}`;
  return OTHERS.map(({ name }): Figure => {
    const theirs = rates.get(name) ?? [];
    const ratio = median(ours.map((rate, round) => rate / (theirs[round] ?? Number.NaN)));
    const beside = `${name} ${perSecond(median(theirs))}`;
    if (!isGoal) return information(measured, perSecond(median(ours)), beside, times(ratio));
    return {
      what: `${what}, beside ${name}`,
      measured: perSecond(median(ours)),
      beside,
      ratio: times(ratio),
      goal: `over ${percent(1)}`,
      met: ratio > 1,
    };
  });
}
