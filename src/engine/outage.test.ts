import { describe, expect, it } from 'vitest';
import { type ErrorCode, PawlError } from '../domain/errors.ts';
import { type OutageNews, outageText } from '../domain/outage-text.ts';
import { simulate } from '../testing/simulation.ts';
import { pause } from '../world/timers.ts';
import { Outage } from './outage.ts';
import { persist } from './persist.ts';

function asking({ isShared = true } = {}) {
  const simulation = simulate();
  const { world } = simulation.startProcess();
  const told: string[] = [];
  const news: OutageNews[] = [];
  const outage = new Outage({
    ...{ world, isShared, againWithinMs: 10_000, agents: () => 2 },
    told: (one) => {
      news.push(one);
      told.push(`${one.kind} ${Math.round(one.awayMs / 1_000)}s`);
    },
  });
  /** A call that waits for so long, and then is answered, or fails. */
  const call = (ms: number, code?: ErrorCode) =>
    outage.during(async () => {
      await pause(world.timers, ms);
      if (code !== undefined) throw new PawlError(code, 'no way there');
    });
  return { simulation, world, outage, told, news, call };
}

describe('a store that is away', () => {
  it('is told while a call still waits for it, since when, and when it is back', async () => {
    const { simulation, world, told, news, call } = asking();
    const begunMs = world.clock.now();
    const waiting = call(25_000);
    await simulation.run(3_300);
    expect(told).toEqual(['store:away 3s']);
    await simulation.settle(waiting);
    expect(told).toEqual(['store:away 3s', 'store:back 25s']);
    expect(news[0]).toMatchObject({ sinceMs: begunMs, againWithinMs: 10_000, reason: null });
    expect(news.map((one) => outageText(one, begunMs))).toEqual([
      expect.stringMatching(/ for 3 s, since .* UTC: 2 agents go on.* asked again within 10 s$/),
      'the database answers again, after 25 s: what waited on disk is written now',
    ]);
  });

  it('is told again each minute, with what was last heard, and its faults are not', async () => {
    const { simulation, world, outage, told, news, call } = asking();
    const troubles: string[] = [];
    let tries = 0;
    const trouble = (error: PawlError): void => {
      if (!outage.covers(error)) troubles.push(error.code);
    };
    const answer = persist(world, { signal: new AbortController().signal, trouble }, async () => {
      tries += 1;
      await (tries < 5 ? call(30_000, 'deadline_exceeded') : call(1));
    });
    await simulation.settle(answer);
    expect(told.slice(0, 2)).toEqual(['store:away 3s', 'store:away 63s']);
    expect(told.at(-1)).toMatch(/^store:back 1\d\ds$/);
    expect(news[1]).toMatchObject({ reason: 'no way there' });
    expect(troubles).toEqual([]);
    expect(outage.covers(new PawlError('deadline_exceeded', ''))).toBe(false);
  });

  it('is not one that answers others, that refuses, or that is a file', async () => {
    const { simulation, told, call } = asking();
    const slow = call(20_000);
    for (let at = 0; at < 10; at += 1) await simulation.settle(call(2_000));
    await simulation.settle(slow);
    const refused = expect(call(2_000, 'stale_fence')).rejects.toMatchObject({
      code: 'stale_fence',
    });
    await simulation.run(10_000);
    await refused;
    expect(told).toEqual([]);
    const file = asking({ isShared: false });
    await file.simulation.settle(file.call(20_000));
    expect(file.told).toEqual([]);
  });

  it('is nobody’s concern when nobody asks any more', async () => {
    const { simulation, outage, told, call } = asking();
    void call(20_000);
    outage.stop();
    await simulation.run(30_000);
    expect(told).toEqual([]);
  });
});
