import { setTimeout as pause } from 'node:timers/promises';
import type { PostgresServer } from '../../test/support/postgres-server.ts';
import { type Figure, information, millis } from '../figure.ts';
import { quantile } from '../quantiles.ts';
import { dbos } from './dbos.ts';
import { graphile } from './graphile.ts';
import { pawl } from './pawl.ts';
import type { Listening, Peer, Queue } from './peer.ts';
import { pgBoss } from './pg-boss.ts';

/** Jobs of each; few where the queue only looks once a second. */
const PEERS: readonly { readonly peer: Peer; readonly samples: number }[] = [
  { peer: pawl, samples: 300 },
  { peer: graphile, samples: 300 },
  { peer: pgBoss, samples: 300 },
  { peer: dbos, samples: 9 },
];
const ROUNDS = 3;
/** Of each, before those that count: what a new connection prepares is not what is asked here. */
const WARM_UP_SHARE = 0.1;
const PAUSE_MAX_MS = 60;

interface Worker {
  readonly peer: Peer;
  readonly samples: number;
  readonly queue: Queue;
  readonly listening: Listening;
  readonly took: number[];
  begun: () => void;
}

/** From the call that enqueues a job to the job's first moment. */
export async function begunFigures(server: PostgresServer): Promise<readonly Figure[]> {
  const workers: Worker[] = [];
  for (const { peer, samples } of PEERS) {
    const queue = await peer.open(await server.createDatabase(), 'default');
    const heard: { worker: Worker | null } = { worker: null };
    const listening = await queue.listen(() => heard.worker?.begun());
    const worker = { peer, samples, queue, listening, took: [], begun: () => undefined };
    heard.worker = worker;
    workers.push(worker);
  }
  for (const worker of workers) {
    for (let at = 0; at < worker.samples * WARM_UP_SHARE; at += 1) await sample(worker);
    worker.took.length = 0;
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const worker of workers) {
      for (let at = 0; at < worker.samples / ROUNDS; at += 1) await sample(worker);
    }
  }
  for (const { listening, queue } of workers) {
    await listening.stop();
    await queue.stop();
  }
  return figuresOf(workers);
}

async function sample(worker: Worker): Promise<void> {
  await pause(Math.random() * PAUSE_MAX_MS);
  const { promise, resolve } = Promise.withResolvers<void>();
  worker.begun = resolve;
  const startedAt = performance.now();
  await Promise.all([worker.listening.enqueue(), promise]);
  worker.took.push(performance.now() - startedAt);
}

function figuresOf(workers: readonly Worker[]): readonly Figure[] {
  const [ours, ...others] = workers;
  if (ours === undefined) return [];
  return others.flatMap(({ peer, took }) => {
    const [p50, p99] = [0.5, 0.99].map((share) => ({
      ours: quantile(ours.took, share),
      theirs: quantile(took, share),
    }));
    if (p50 === undefined || p99 === undefined) return [];
    const goal: Figure = {
      what: `enqueued to begun, p99, beside ${peer.name}`,
      measured: millis(p99.ours),
      beside: `${peer.name} ${millis(p99.theirs)}`,
      ratio: `${(p99.ours / p99.theirs).toFixed(2)} times`,
      goal: 'at most theirs',
      met: p99.ours <= p99.theirs,
    };
    const name = `enqueued to begun, p50, beside ${peer.name}`;
    return [information(name, millis(p50.ours), `${peer.name} ${millis(p50.theirs)}`), goal];
  });
}
