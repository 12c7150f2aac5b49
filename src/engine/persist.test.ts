import { describe, expect, it } from 'vitest';
import { type ErrorCode, PawlError } from '../domain/errors.ts';
import { simulate } from '../testing/simulation.ts';
import { persist } from './persist.ts';

const HOUR_MS = 3_600_000;

function persisting(code: ErrorCode, failures: number) {
  const simulation = simulate();
  const { world } = simulation.startProcess();
  const troubles: string[] = [];
  const leaving = new AbortController();
  let tries = 0;
  const write = async (): Promise<string> => {
    tries += 1;
    if (tries <= failures) throw new PawlError(code, 'no');
    return 'written';
  };
  const options = {
    signal: leaving.signal,
    trouble: (error: PawlError) => void troubles.push(error.code),
  };
  const answer = persist(world, options, write);
  return { simulation, answer, troubles, leaving, tries: () => tries };
}

describe('what must not be lost', () => {
  it('is written again until the store takes it, with pauses up to ten seconds', async () => {
    const { simulation, answer, troubles, tries } = persisting('store_full', 360);
    expect(await simulation.settle(answer)).toBe('written');
    expect(tries()).toBe(361);
    expect(simulation.elapsedMs).toBeGreaterThan(HOUR_MS / 2);
    expect(simulation.elapsedMs).toBeLessThan(HOUR_MS);
    expect(troubles).toHaveLength(36);
  });

  it('is given up when the fault will not pass by itself', async () => {
    const { answer, tries } = persisting('store_corrupt', 1);
    await expect(answer).rejects.toMatchObject({ code: 'store_corrupt' });
    expect(tries()).toBe(1);
  });

  it('is tried once more when the process leaves, and not waited for', async () => {
    const { simulation, answer, leaving, tries } = persisting('store_full', 1_000);
    const refused = expect(answer).rejects.toMatchObject({ code: 'store_full' });
    await simulation.run(60_000);
    const before = tries();
    leaving.abort();
    await refused;
    expect(tries()).toBe(before + 1);
  });
});
