import { describe, expect, it } from 'vitest';
import { simulate } from '../testing/simulation.ts';
import { LeaseGuard } from './rescue.ts';

const SWEEP_MS = 10_000;
const LEASE_MS = 60_000;
const HOUR_MS = 3_600_000;

function guarded({ shared = false } = {}) {
  const simulation = simulate();
  const { clock } = simulation.world;
  const guard = new LeaseGuard(clock, { sweepMs: SWEEP_MS, leaseMs: LEASE_MS, shared });
  const sweep = async (afterMs = SWEEP_MS): Promise<boolean> => {
    await simulation.run(afterMs);
    return guard.check(clock.now());
  };
  return { simulation, sweep };
}

describe('whether an expired lease may be believed', () => {
  it('yes, sweep after sweep, also when one is a little late', async () => {
    const { sweep } = guarded();
    for (const afterMs of [0, SWEEP_MS, SWEEP_MS, 35_000, SWEEP_MS]) {
      expect(await sweep(afterMs)).toBe(true);
    }
  });

  it('not for one lease after the sweeper itself was late', async () => {
    const { sweep } = guarded();
    await sweep();
    expect(await sweep(45_000)).toBe(false);
    const verdicts: boolean[] = [];
    for (let nth = 0; nth < 7; nth += 1) verdicts.push(await sweep());
    expect(verdicts).toEqual([false, false, false, false, false, true, true]);
  });

  it('not for one lease after the wall clock jumped, whichever way', async () => {
    for (const wallMs of [8 * HOUR_MS, -8 * HOUR_MS, 31_000]) {
      const { simulation, sweep } = guarded();
      await sweep();
      simulation.jump({ wallMs });
      const verdicts: boolean[] = [];
      for (let nth = 0; nth < 7; nth += 1) verdicts.push(await sweep());
      expect(verdicts).toEqual([false, false, false, false, false, false, true]);
    }
  });

  it('yes when the wall clock is only corrected a little', async () => {
    const { simulation, sweep } = guarded();
    simulation.jump({ wallMs: -2_000 });
    expect(await sweep()).toBe(true);
  });

  it('on a shared store not before one lease was waited for', async () => {
    const { sweep } = guarded({ shared: true });
    const verdicts: boolean[] = [];
    for (let nth = 0; nth < 7; nth += 1) verdicts.push(await sweep());
    expect(verdicts).toEqual([false, false, false, false, false, true, true]);
  });
});
