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
/** Jobs of one measurement; that of the fresh table, and those after the release, too. */
const PART = Math.min(4_000, HELD_JOBS / 5);
const FRESH_PARTS = 3;
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
  const holder = new Client({ connectionString: url });
  await holder.connect();
  try {
    const fresh = await freshRate(queue);
    await queue.enqueueMany(HELD_JOBS);
    await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await holder.query('SELECT count(*) FROM task_queue');
    const held = await heldRates(queue, note);
    const last = median(held.slice(-FRESH_PARTS));
    const alarms = await alarmsOf(url);
    await holder.query('COMMIT');
    const recovered = await recovery(queue, fresh);
    return [
      information(`fresh, by 32, ${grouped(PART)} jobs`, perSecond(fresh)),
      {
        what: `after ${grouped(HELD_JOBS)} jobs under a held snapshot`,
        measured: perSecond(last),
        beside: `fresh ${perSecond(fresh)}`,
        ratio: percent(last / fresh),
        goal: `at least ${percent(HELD_SHARE_MIN)}`,
        met: last / fresh >= HELD_SHARE_MIN,
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

async function freshRate(queue: PawlQueue): Promise<number> {
  const rates: number[] = [];
  for (let part = 0; part <= FRESH_PARTS; part += 1) {
    await queue.enqueueMany(PART);
    rates.push(await rateOf(queue));
  }
  return median(rates.slice(1));
}

/** All of it in one list: what is dead lies before what is ready. */
async function heldRates(
  queue: PawlQueue,
  note: (progress: string) => void,
): Promise<readonly number[]> {
  const rates: number[] = [];
  for (let worked = 0; worked < HELD_JOBS; worked += PART) {
    rates.push(await rateOf(queue));
    if (rates.length % 10 === 0) note(`${grouped(worked)} jobs, ${perSecond(rates.at(-1) ?? 0)}`);
  }
  return rates;
}

async function recovery(queue: PawlQueue, fresh: number): Promise<number | null> {
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1_000;
  while (seconds() < RECOVERED_WITHIN_S) {
    await queue.enqueueMany(PART);
    if ((await rateOf(queue)) >= fresh * RECOVERED_SHARE) return seconds();
  }
  return null;
}

async function rateOf(queue: PawlQueue): Promise<number> {
  return (PART / (await queue.work(PART, 1))) * 1_000;
}
