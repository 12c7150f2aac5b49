import { PawlError } from '../domain/errors.ts';
import type { World } from '../world/world.ts';

export interface EpochPlace {
  readonly world: World;
  /** The `.pawl` folder, which exists. */
  readonly stateDir: string;
}

/**
 * The highest epoch that any store of the project had when one was last restored: kept beside the
 * database, so that a copy which replaces a lost one is above it, too. 0 when none ever was.
 */
export async function readEpoch({ world, stateDir }: EpochPlace): Promise<number> {
  const path = `${stateDir}/epoch`;
  if ((await world.files.facts(path)) === null) return 0;
  const epoch = Number(new TextDecoder().decode(await world.files.read(path)));
  return Number.isSafeInteger(epoch) ? epoch : 0;
}

export async function writeEpoch({ world, stateDir }: EpochPlace, epoch: number): Promise<void> {
  try {
    await world.files.replace(`${stateDir}/epoch`, `${epoch}\n`);
  } catch (cause) {
    throw new PawlError('store_io', 'the epoch could not be written', { cause });
  }
}
