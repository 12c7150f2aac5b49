import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { PostgresServer } from '../../test/support/postgres-server.ts';
import { type Figure, information, percent, perSecond } from '../figure.ts';
import { median } from '../quantiles.ts';
import { pawl } from './pawl.ts';
import type { Setting } from './peer.ts';
import { pgBoss } from './pg-boss.ts';

const ROUNDS = 3;
const JOBS = 1_000;
const COUNTS = [1, 2, 4] as const;
const CALLERS = 8;
const PROGRAM = join(import.meta.dirname, 'work-process.ts');

/** What the processes of one queue are told. */
export interface Work {
  readonly peer: string;
  readonly url: string;
  readonly setting: Setting;
  readonly callers: number;
  /** Of Pawl. */
  readonly listId: string;
}

/** Several server processes on one queue, each with its callers. */
export async function processFigures(server: PostgresServer): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const count of COUNTS) {
    const rates = { ours: [] as number[], theirs: [] as number[] };
    const urls = { ours: await server.createDatabase(), theirs: await server.createDatabase() };
    for (let round = 0; round < ROUNDS; round += 1) {
      rates.ours.push(await rateOf(pawl, urls.ours, count));
      rates.theirs.push(await rateOf(pgBoss, urls.theirs, count));
    }
    figures.push(
      information(
        `claim and finish, ${count} processes of ${CALLERS} callers`,
        perSecond(median(rates.ours)),
        `pg-boss ${perSecond(median(rates.theirs))}`,
        percent(median(rates.ours) / median(rates.theirs)),
      ),
    );
  }
  return figures;
}

async function rateOf(peer: typeof pawl, url: string, count: number): Promise<number> {
  const queue = await peer.open(url, 'default');
  await queue.enqueueMany(JOBS);
  const listId = 'listId' in queue ? String(queue.listId) : '';
  await queue.stop();
  const work: Work = { peer: peer.name, url, setting: 'default', callers: CALLERS, listId };
  const processes = Array.from({ length: count }, () => fork(PROGRAM, [JSON.stringify(work)]));
  await Promise.all(processes.map((one) => once(one, 'message')));
  const startedAt = performance.now();
  const done = processes.map((one) => once(one, 'message'));
  for (const one of processes) one.send('go');
  await Promise.all(done);
  const took = performance.now() - startedAt;
  const ended = processes.map((one) => once(one, 'exit'));
  for (const one of processes) one.disconnect();
  await Promise.all(ended);
  return (JOBS / took) * 1_000;
}
