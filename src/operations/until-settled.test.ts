import { describe, expect, it } from 'vitest';
import { SAVING_MS } from '../listfile/file/file-facts.ts';
import { simulate } from '../testing/simulation.ts';
import { untilSettled } from './until-settled.ts';

/** What a file says at each moment of simulated time; doubtful are those that end with `?`. */
async function settled(
  contentAt: (ms: number) => string,
): Promise<{ readonly taken: string | null; readonly atMs: number }> {
  const simulation = simulate();
  const { world } = simulation.startProcess();
  const taken: { content: string; atMs: number }[] = [];
  const look = async () => {
    const content = contentAt(simulation.elapsedMs);
    return {
      isDoubtful: content.endsWith('?'),
      content: () => content,
      take: () => content,
    };
  };
  void untilSettled(world, look).then((content) =>
    taken.push({ content, atMs: simulation.elapsedMs }),
  );
  await simulation.run(60_000);
  return { taken: taken[0]?.content ?? null, atMs: taken[0]?.atMs ?? 0 };
}

describe('what may be half a file', () => {
  it('is not waited for when nothing is doubtful', async () => {
    expect(await settled(() => 'whole')).toEqual({ taken: 'whole', atMs: 0 });
  });

  it('is waited over: the whole file is taken as soon as it is there', async () => {
    const { taken, atMs } = await settled((ms) => (ms < 300 ? 'half?' : 'whole'));
    expect(taken).toBe('whole');
    expect(atMs).toBeGreaterThanOrEqual(300);
    expect(atMs).toBeLessThan(SAVING_MS);
  });

  it('is meant when it stays so', async () => {
    expect(await settled(() => 'less?')).toEqual({ taken: 'less?', atMs: SAVING_MS });
  });

  it('is waited for anew after each piece', async () => {
    const pieces = (ms: number): string => `${Math.min(4, Math.floor(ms / (SAVING_MS - 100)))}?`;
    const { taken, atMs } = await settled(pieces);
    expect(taken).toBe('4?');
    expect(atMs).toBeGreaterThanOrEqual(4 * (SAVING_MS - 100) + SAVING_MS);
  });

  it('is taken at last when it never settles', async () => {
    const { taken, atMs } = await settled((ms) => `${ms}?`);
    expect(taken).toBe(`${atMs}?`);
    expect(atMs).toBe(5_000);
  });
});
