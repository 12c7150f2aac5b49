import { environment } from '../config/environment.ts';
import { givenHostName } from '../config/host-name.ts';
import { createRealWorld } from '../world/real-world.ts';
import type { World } from '../world/world.ts';

/**
 * The world as it is, with this host under the name it is to have.
 *
 * @throws PawlError `config_invalid`.
 */
export function thisWorld(): World {
  const world = createRealWorld();
  const host = givenHostName(environment());
  return host === null ? world : { ...world, processes: { ...world.processes, host } };
}
