import { describe, expect, it } from 'vitest';
import { PawlError } from '../domain/errors.ts';
import { simulate } from '../testing/simulation.ts';
import { pause } from '../world/timers.ts';
import { MarkKeeper } from './mark-keeper.ts';

function keeping(write: (nth: number) => boolean | Error, takesMs = 0) {
  const simulation = simulate();
  const { world } = simulation.startProcess();
  const writes: number[] = [];
  const troubles: string[] = [];
  const failures: unknown[] = [];
  const keeper = new MarkKeeper({
    world,
    writeMarks: async () => {
      writes.push(simulation.elapsedMs);
      if (takesMs > 0) await pause(world.timers, takesMs);
      const answer = write(writes.length);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    trouble: (error) => troubles.push(error.code),
    failed: (cause) => failures.push(cause),
  });
  return { simulation, keeper, writes, troubles, failures };
}

describe('the marks in a list file', () => {
  it('are written soon after something happened, and looked after seldom otherwise', async () => {
    const { simulation, keeper, writes } = keeping(() => true);
    keeper.start();
    await simulation.run(3_000);
    expect(writes).toEqual([150, 2_150]);
    keeper.news(7);
    keeper.news(7);
    await simulation.run(100);
    expect(writes).toEqual([150, 2_150, 3_000]);
    keeper.stop();
  });

  it('leave a slow disk ten times as long alone as writing them took', async () => {
    const { simulation, keeper, writes } = keeping(() => true, 200);
    keeper.start();
    for (let seq = 0; seq < 100; seq += 1) {
      keeper.news(seq);
      await simulation.run(50);
    }
    expect(writes).toEqual([150, 2_350, 4_550]);
  });

  it('are asked for again at once when somebody else is at the file', async () => {
    const { simulation, keeper, writes } = keeping((nth) => nth > 3);
    keeper.start();
    await simulation.run(1_000);
    expect(writes).toEqual([150, 300, 450, 600]);
  });

  it('that cannot be written are trouble, and stay owed', async () => {
    const full = new PawlError('store_full', 'disk is full');
    const { simulation, keeper, writes, troubles, failures } = keeping((nth) =>
      nth === 1 ? full : true,
    );
    keeper.start();
    await simulation.run(3_000);
    expect(troubles).toEqual(['store_full']);
    expect(writes).toHaveLength(2);
    expect(failures).toEqual([]);
  });

  it('are waited for before leaving, but not for ever', async () => {
    const { simulation, keeper, writes } = keeping((nth) => nth === 3);
    await simulation.settle(keeper.last());
    expect(writes).toHaveLength(3);
    const never = keeping(() => false);
    await never.simulation.settle(never.keeper.last(), 20_000);
    expect(never.writes).toHaveLength(80);
    expect(never.simulation.elapsedMs).toBeGreaterThan(10_000);
  });
});
