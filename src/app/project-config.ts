import { splitCommand } from '../agents/split-command.ts';
import { environment } from '../config/environment.ts';
import { type ConfigSources, type ReadConfig, readConfig } from '../config/read-config.ts';
import type { World } from '../world/world.ts';
import { configFile } from './config-file.ts';

export interface ProjectSettings extends Pick<ConfigSources, 'overrides' | 'stored'> {
  /** Null: the project has no state folder yet, hence no file. */
  readonly stateDir: string | null;
}

/**
 * The settings in force for a project: its `.pawl/config.json`, the environment, and what the
 * caller says.
 *
 * @throws PawlError `config_invalid` with every fault in `details.faults`.
 */
export async function readProjectConfig(
  world: World,
  { stateDir, overrides, stored }: ProjectSettings,
): Promise<ReadConfig> {
  const file = stateDir === null ? undefined : await configFile(world, `${stateDir}/config.json`);
  return readConfig({
    ...(overrides === undefined ? {} : { overrides }),
    ...(stored === undefined ? {} : { stored }),
    ...(file === undefined ? {} : { file }),
    env: environment(),
    splitCommand,
  });
}
