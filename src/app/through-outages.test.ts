import { describe, expect, it } from 'vitest';
import { type ErrorCode, PawlError } from '../domain/errors.ts';
import { simulate } from '../testing/simulation.ts';
import { OUTAGE_MS, OUTAGES_MAX, throughOutages } from './through-outages.ts';

const away = (code: ErrorCode = 'store_unreachable') => new PawlError(code, 'no way there');

function working(work: (tries: number, moved: () => void) => string, signal?: AbortSignal) {
  const simulation = simulate();
  const { world } = simulation.startProcess();
  const told: string[] = [];
  const seen: boolean[] = [];
  const interrupted = ({ code }: PawlError): void => {
    told.push(code);
  };
  const done = throughOutages({ world, signal, interrupted }, (moved, isFirst) => {
    seen.push(isFirst);
    return Promise.resolve().then(() => work(seen.length, moved));
  });
  const began = world.clock.monotonic();
  return {
    ...{ told, seen },
    end: async () => {
      const outcome = done.then(
        (value) => value,
        (cause: unknown) => (cause as PawlError).code,
      );
      await simulation.settle(outcome);
      return { outcome: await outcome, tookMs: world.clock.monotonic() - began };
    },
  };
}

describe('something that goes on where it was broken off', () => {
  it('is done again while the server is away, and that is told once an outage', async () => {
    const work = working((tries, moved) => {
      if (tries === 1 || tries === 4) moved();
      if (tries < 7) throw away();
      return 'done';
    });
    expect(await work.end()).toMatchObject({ outcome: 'done' });
    expect(work.told).toEqual(['store_unreachable', 'store_unreachable']);
    expect(work.seen).toEqual([true, ...Array(6).fill(false)]);
  });

  it('fails at once when it never got anywhere, or when another try would not help', async () => {
    const never = working(() => {
      throw away();
    });
    expect(await never.end()).toMatchObject({ outcome: 'store_unreachable', tookMs: 0 });
    const differs = working((_, moved) => {
      moved();
      throw away('copy_differs');
    });
    expect(await differs.end()).toMatchObject({ outcome: 'copy_differs', tookMs: 0 });
    expect([never.seen, differs.seen, never.told]).toEqual([[true], [true], []]);
  });

  it('gives up after two minutes without an answer', async () => {
    const work = working((tries, moved) => {
      if (tries === 1) moved();
      throw away();
    });
    const { outcome, tookMs } = await work.end();
    expect(outcome).toBe('store_unreachable');
    expect(tookMs).toBeGreaterThan(OUTAGE_MS);
    expect(tookMs).toBeLessThan(OUTAGE_MS + 5_000);
    expect(work.told).toEqual(['store_unreachable']);
  });

  it('gives up when it gets somewhere again and again, and never to its end', async () => {
    const work = working((_, moved) => {
      moved();
      throw away('store_busy');
    });
    expect(await work.end()).toMatchObject({ outcome: 'store_busy' });
    expect(work.seen.length).toBe(OUTAGES_MAX + 1);
  });

  it('ends when it is cancelled', async () => {
    const stop = new AbortController();
    const work = working((tries, moved) => {
      moved();
      if (tries === 2) stop.abort();
      throw away();
    }, stop.signal);
    expect(await work.end()).toMatchObject({ outcome: 'store_unreachable' });
    expect(work.seen.length).toBe(2);
  });
});
