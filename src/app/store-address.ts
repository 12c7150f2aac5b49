import { type DatabaseAddress, databaseAddress } from '../config/database-address.ts';
import { environment } from '../config/environment.ts';
import type { World } from '../world/world.ts';
import { configFile } from './config-file.ts';

export interface AddressPlace {
  readonly world: World;
  /** The `.pawl` folder, which need not exist. */
  readonly stateDir: string;
}

/**
 * Where a project's store is, when it is on a server; null when it is the database in `.pawl`.
 *
 * @throws PawlError `config_invalid`.
 */
export async function storeAddress(place: AddressPlace): Promise<DatabaseAddress | null> {
  const { world, stateDir } = place;
  const file = await configFile(world, `${stateDir}/config.json`);
  return databaseAddress({ env: environment(), file });
}
