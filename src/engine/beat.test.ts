import { describe, expect, it } from 'vitest';
import { simulate } from '../testing/simulation.ts';
import { pause } from '../world/timers.ts';
import { Beat } from './beat.ts';

function beating(workMs: number, options: { idleMs?: number; asks?: number } = {}) {
  const simulation = simulate();
  const { timers } = simulation.startProcess().world;
  const begun: number[] = [];
  const failures: unknown[] = [];
  const work = async (): Promise<number> => {
    begun.push(simulation.elapsedMs);
    if (workMs > 0) await pause(timers, workMs);
    return options.asks ?? 0;
  };
  const { idleMs = 0 } = options;
  const beat = new Beat(timers, 100, work, (cause) => failures.push(cause), { idleMs });
  return { simulation, beat, begun, failures };
}

describe('a beat', () => {
  it('pauses after each round, and never works twice at once', async () => {
    const { simulation, beat, begun } = beating(250);
    beat.start();
    await simulation.run(1_200);
    expect(begun).toEqual([100, 450, 800, 1_150]);
  });

  it('pauses longer when the work asks for it', async () => {
    const { simulation, beat, begun } = beating(0, { asks: 400 });
    beat.start();
    await simulation.run(1_000);
    expect(begun).toEqual([100, 500, 900]);
  });

  it('rests when it has nothing to do, and goes on at once when it is nudged', async () => {
    const { simulation, beat, begun } = beating(0, { idleMs: 1_000 });
    beat.start();
    await simulation.run(2_150);
    expect(begun).toEqual([100, 1_100, 2_100]);
    await simulation.run(350);
    beat.nudge();
    await simulation.run(900);
    expect(begun).toEqual([100, 1_100, 2_100, 2_500]);
  });

  it('goes round once more when it is nudged in the middle of a round', async () => {
    const { simulation, beat, begun } = beating(50, { idleMs: 1_000 });
    beat.start();
    await simulation.run(120);
    beat.nudge();
    await simulation.run(900);
    expect(begun).toEqual([100, 250]);
  });

  it('keeps to its pause however often it is nudged', async () => {
    const { simulation, beat, begun } = beating(10, { idleMs: 1_000, asks: 300 });
    beat.start();
    for (let nth = 0; nth < 100; nth += 1) {
      await simulation.run(10);
      beat.nudge();
    }
    expect(begun).toEqual([100, 410, 720]);
  });

  it('begins no new round once it is stopped', async () => {
    const { simulation, beat, begun } = beating(50, { idleMs: 1_000 });
    beat.start();
    await simulation.run(120);
    beat.stop();
    beat.nudge();
    await simulation.run(5_000);
    expect(begun).toEqual([100]);
  });

  it('tells of a failed round and beats no more', async () => {
    const simulation = simulate();
    const failures: unknown[] = [];
    const { timers } = simulation.startProcess().world;
    const fail = (): Promise<void> => Promise.reject(new Error('no'));
    const beat = new Beat(timers, 100, fail, (cause) => failures.push(cause));
    beat.start();
    await simulation.run(5_000);
    expect(failures).toHaveLength(1);
  });
});
