import { createRealWorld as createUntroubledWorld } from '../../src/world/real-world.ts';
import type { World } from '../../src/world/world.ts';
import { CHAOS_VARIABLE, chaosWorld, readOrders } from './chaos-world.ts';
import { elsewhere, HOST_VARIABLE } from './elsewhere.ts';

/** Takes the place of the real world's module in a process that is to be troubled. */
export function createRealWorld(): World {
  const world = chaosWorld(createUntroubledWorld(), readOrders(process.env[CHAOS_VARIABLE]));
  return elsewhere(world, process.env[HOST_VARIABLE]);
}
