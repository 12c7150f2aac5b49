import { describe, expect, it } from 'vitest';
import { testDepth } from '../support/test-depth.ts';
import { ListScene } from './support/list-scene.ts';
import { Dice } from './support/play-script.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Most of a week is heartbeats and looks around: one that is quick has fewer of them. */
const LEASE_MS = testDepth.pick({ reduced: 60 * MINUTE_MS, full: 20 * MINUTE_MS });
/** As many as are over in not much more than a week. */
const TASKS = testDepth.pick({ reduced: 34, full: 40 });

/** Agents that take hours, fail often and are limited daily; executors that die or hang daily. */
async function week(seed: number, count = TASKS) {
  const dice = new Dice(seed);
  const tasks = Array.from({ length: count }, (_, index) => ({
    id: `T${index + 1}`,
    ...(index >= 4 ? { needs: [`T${index - 3}`] } : {}),
  }));
  const scene = await ListScene.open({
    seed,
    tasks,
    script: () => {
      const fate = dice.whole(1, 10);
      const takesMs = dice.spread(HOUR_MS, 14 * HOUR_MS);
      if (fate <= 4) return { takesMs, code: 1 };
      if (fate <= 6) {
        return { takesMs, result: { rate_limited: true, retry_after_ms: 3 * HOUR_MS } };
      }
      return { takesMs };
    },
    options: {
      maxConcurrent: 3,
      executionTimeoutMs: 24 * HOUR_MS,
      ...{ leaseMs: LEASE_MS, heartbeatMs: LEASE_MS / 4, sweepMs: LEASE_MS / 6 },
      retry: { ...RETRY, attemptsMax: 10 },
    },
  });
  const { simulation } = scene;
  let [holder, other] = [await scene.start(), await scene.start()];
  let expiries = 0;
  for (let day = 1; day < 7 && holder.end === null && other.end === null; day += 1) {
    const isEvening = (): boolean => simulation.elapsedMs >= day * DAY_MS;
    await simulation.runUntil(() => holder.end !== null || isEvening(), 2 * DAY_MS);
    if (day % 2 === 0) {
      holder.process.suspend(); // past its lease: the other one rescues
      await simulation.run(2 * LEASE_MS);
      holder.process.resume();
      expiries += 1;
    } else {
      holder.process.kill();
    }
    [holder, other] = [other, await scene.start()];
  }
  await holder.ended(14 * DAY_MS);
  return { scene, expiries };
}

describe('a week', () => {
  it('of failures, backoff, rate limits, deaths and lost leases is over in seconds', async () => {
    const before = performance.now();
    const { scene, expiries } = await week(5);
    const tookMs = performance.now() - before;
    expect(scene.simulation.elapsedMs).toBeGreaterThan(7 * DAY_MS);
    expect(expiries).toBeGreaterThan(1);
    expect(new Set(Object.values(await scene.statuses()))).toEqual(new Set(['completed']));
    const { runs, living } = scene.programs;
    expect(living).toEqual([]);
    expect(runs.length).toBeGreaterThan(70);
    expect(runs.every(({ exit }) => exit?.kind === 'exited' && exit.signal === null)).toBe(true);
    for (const { id } of await scene.do(scene.store.tasks({ listId: scene.listId }))) {
      expect((await scene.do(scene.store.task(id)))?.crashCount).toBe(0);
    }
    expect(await scene.do(scene.store.audit())).toEqual([]);
    expect(tookMs).toBeLessThan(scene.simulation.elapsedMs / 1_000);
  });

  it('with the same seed is the same again, and another one with another', async () => {
    const starts = async (seed: number) =>
      (await week(seed, 4)).scene.programs.runs.map(({ folder, startedMs }) => [folder, startedMs]);
    const first = await starts(5);
    expect(await starts(5)).toEqual(first);
    expect(await starts(6)).not.toEqual(first);
  });
});

const RETRY = {
  attemptsMax: 10,
  crashesMax: 3,
  revisionsMax: 3,
  retryDelayMs: 60_000,
  retryDelayMaxMs: 4 * HOUR_MS,
};
