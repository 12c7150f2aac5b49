import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { remarksOn, SERVER_LIMITS } from '../../src/app/server-remarks.ts';
import { PAWL_SCHEMA } from '../../src/schema/store-schema.ts';
import { inspectServer } from '../../src/store/postgres/inspect-server.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import type { PostgresServer } from '../../test/support/postgres-server.ts';
import { type Figure, grouped, information, percent, perSecond } from '../figure.ts';
import { median } from '../quantiles.ts';
import { openPawl, type PawlQueue } from './pawl.ts';

const FULL_JOBS = 200_000;
/** Fewer to try it: `PAWL_BENCH_HELD_JOBS=20000`. */
export const HELD_JOBS = Number(process.env['PAWL_BENCH_HELD_JOBS'] ?? FULL_JOBS);
/** Jobs of one measurement; those beside it, of a database where nothing is held, too. */
const PART = Math.min(4_000, HELD_JOBS / 5);
const COMPARED_PARTS = 3;
/** Small: so that a minute has several. */
const RECOVERY_PART = PART / 4;
/** Left in the list for the time after the release: its dead rows are what is to be cleaned up. */
const RECOVERY_JOBS = 40 * RECOVERY_PART;
const HELD_SHARE_MIN = 0.25;
const RECOVERED_SHARE = 0.9;
const RECOVERED_WITHIN_S = 60;
const COUNTED_AFTER_MS = 2_000;

/** What a session that keeps an old snapshot costs, and how soon it is over. */
export async function heldFigures(
  server: PostgresServer,
  note: (progress: string) => void,
): Promise<readonly Figure[]> {
  const url = await server.createDatabase();
  const queue = await openPawl(url, 'batched');
  const fresh = await openPawl(await server.createDatabase(), 'batched');
  const holder = new Client({ connectionString: url });
  await holder.connect();
  try {
    await freshRate(fresh, PART);
    await queue.enqueueMany(HELD_JOBS + RECOVERY_JOBS);
    await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await holder.query('SELECT count(*) FROM task_queue');
    await workHeld(queue, HELD_JOBS - COMPARED_PARTS * PART, note);
    const pairs: Pair[] = [];
    while (pairs.length < COMPARED_PARTS) pairs.push(await pairOf(queue, fresh, PART));
    const share = median(pairs.map(shareOf));
    const alarms = await alarmsOf(url);
    await holder.query('COMMIT');
    const recovered = await recovery(queue, fresh, note);
    const freshly = median(pairs.map((pair) => pair.fresh));
    return [
      information(`fresh, by 32, ${grouped(PART)} jobs`, perSecond(freshly)),
      {
        what: `after ${grouped(HELD_JOBS)} jobs under a held snapshot`,
        measured: perSecond(median(pairs.map((pair) => pair.held))),
        beside: `fresh ${perSecond(freshly)}`,
        ratio: percent(share),
        goal: `at least ${percent(HELD_SHARE_MIN)}`,
        met: share >= HELD_SHARE_MIN,
      },
      {
        what: 'what `pawl doctor` warns of meanwhile',
        measured: alarms.join(', ') || 'nothing',
        beside: '',
        ratio: '',
        goal: 'dead rows or the oldest snapshot',
        met: alarms.includes('dead rows') || alarms.includes('oldest snapshot'),
      },
      {
        what: `back at ${percent(RECOVERED_SHARE)} after the release`,
        measured: recovered === null ? 'not in time' : `${recovered.toFixed(1)} s`,
        beside: '',
        ratio: '',
        goal: `within ${RECOVERED_WITHIN_S} s`,
        met: recovered !== null,
      },
    ];
  } finally {
    await holder.end();
    await queue.stop();
    await fresh.stop();
  }
}

/** A held snapshot is one once it is ten minutes old; what it leaves behind, before. */
async function alarmsOf(url: string): Promise<readonly string[]> {
  const declared = PAWL_SCHEMA.objects;
  // The server counts its dead rows a moment later.
  await setTimeout(COUNTED_AFTER_MS);
  const server = await inspectServer(createRealWorld(), { url, declared });
  const checks = remarksOn(server, SERVER_LIMITS);
  return checks.filter(({ ok }) => !ok).map(({ name }) => name);
}

interface Pair {
  readonly held: number;
  readonly fresh: number;
}

const shareOf = ({ held, fresh }: Pair): number => held / fresh;

/** One after the other: a machine with other work is as busy for both. */
async function pairOf(queue: PawlQueue, fresh: PawlQueue, jobs: number): Promise<Pair> {
  return { held: await rateOf(queue, jobs), fresh: await freshRate(fresh, jobs) };
}

/** Of a list of its own, in a database where nothing is held. */
async function freshRate(fresh: PawlQueue, jobs: number): Promise<number> {
  await fresh.enqueueMany(jobs);
  return await rateOf(fresh, jobs);
}

/** All of it in one list: what is dead lies before what is ready. */
async function workHeld(
  queue: PawlQueue,
  jobs: number,
  note: (progress: string) => void,
): Promise<void> {
  for (let worked = PART; worked <= jobs; worked += PART) {
    const rate = await rateOf(queue, PART);
    if (worked % (10 * PART) === 0) note(`${grouped(worked)} jobs, ${perSecond(rate)}`);
  }
}

/** In the same list; the time includes what is measured beside it. */
async function recovery(
  queue: PawlQueue,
  fresh: PawlQueue,
  note: (progress: string) => void,
): Promise<number | null> {
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1_000;
  for (let left = RECOVERY_JOBS; left > 0 && seconds() < RECOVERED_WITHIN_S; ) {
    left -= RECOVERY_PART;
    const share = shareOf(await pairOf(queue, fresh, RECOVERY_PART));
    note(`released for ${seconds().toFixed(1)} s, ${percent(share)} of fresh`);
    if (share >= RECOVERED_SHARE) return seconds();
  }
  return null;
}

async function rateOf(queue: PawlQueue, jobs: number): Promise<number> {
  return (jobs / (await queue.work(jobs, 1))) * 1_000;
}
