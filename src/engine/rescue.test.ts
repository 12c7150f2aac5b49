import { describe, expect, it } from 'vitest';
import type { LiveInstance } from '../store/store.ts';
import { simulate } from '../testing/simulation.ts';
import { holderIsGone, LeaseGuard } from './rescue.ts';

const SWEEP_MS = 10_000;
const LEASE_MS = 60_000;
const HOUR_MS = 3_600_000;

function guarded() {
  const simulation = simulate();
  const guard = new LeaseGuard(simulation.world.clock, SWEEP_MS, LEASE_MS);
  const sweep = async (afterMs = SWEEP_MS): Promise<boolean> => {
    await simulation.run(afterMs);
    return guard.check();
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
});

describe('whether a holder is gone', () => {
  const simulation = simulate();
  const { processes } = simulation.startProcess().world;
  const other = simulation.startProcess();
  const holder: LiveInstance = {
    id: 'h',
    kind: 'executor',
    host: processes.host,
    process: other.identity,
    version: '1',
    listId: null,
    startedAtMs: 0,
    heartbeatAtMs: 0,
  };

  it('is a fact on this host: its pid, its start and its boot', () => {
    expect(holderIsGone(holder, processes)).toBe(false);
    const reused = { ...holder, process: { ...other.identity, startedAt: 'earlier' } };
    expect(holderIsGone(reused, processes)).toBe(true);
    const booted = { ...holder, process: { ...other.identity, bootId: 'earlier' } };
    expect(holderIsGone(booted, processes)).toBe(true);
    other.kill();
    expect(holderIsGone(holder, processes)).toBe(true);
  });

  it('is never sure on another host, and certain when it said goodbye', () => {
    expect(holderIsGone({ ...holder, host: 'elsewhere' }, processes)).toBe(false);
    expect(holderIsGone(null, processes)).toBe(true);
  });
});
