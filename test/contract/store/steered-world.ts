import { createIds } from '../../../src/world/ids.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import type { World } from '../../../src/world/world.ts';

/** The real world with a clock and a chance that stand still until a test moves them. */
export interface SteeredWorld extends World {
  /** Where jitter falls, in [0, 1). */
  chance: number;
  nowMs: number;
}

export function createSteeredWorld(change: Partial<World> = {}): SteeredWorld {
  const real = createRealWorld();
  const clock = { now: () => world.nowMs, monotonic: () => real.clock.monotonic() };
  const world: SteeredWorld = {
    ...real,
    clock,
    ids: createIds(clock, real.random),
    random: { ...real.random, next: () => world.chance },
    ...change,
    chance: 0.5,
    nowMs: Date.UTC(2030, 0, 2, 3, 4, 5, 678),
  };
  return world;
}

/** However slow the machine is just now, nothing takes too long in this world: its clock stands. */
export function createTimelessWorld(): World {
  return createSteeredWorld({ clock: { now: () => 0, monotonic: () => 0 } });
}
