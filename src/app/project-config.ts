import { splitCommand } from '../agents/split-command.ts';
import { environment } from '../config/environment.ts';
import { type ConfigSources, type ReadConfig, readConfig } from '../config/read-config.ts';
import { storedOptions } from '../config/stored-options.ts';
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
  { stored, ...project }: ProjectSettings,
): Promise<ReadConfig> {
  const sources = await sourcesOf(world, project);
  return readConfig({ ...sources, ...(stored === undefined ? {} : { stored }) });
}

/**
 * The same over whatever is kept with a list by the time it is asked. The file is read now, so that
 * a transaction may ask.
 */
export async function projectConfigOver(
  world: World,
  project: Omit<ProjectSettings, 'stored'>,
): Promise<(configJson: string | null) => ReadConfig> {
  const sources = await sourcesOf(world, project);
  return (configJson) => readConfig({ ...sources, stored: storedOptions(configJson) });
}

async function sourcesOf(
  world: World,
  { stateDir, overrides }: Omit<ProjectSettings, 'stored'>,
): Promise<Omit<ConfigSources, 'stored'>> {
  const file = stateDir === null ? undefined : await configFile(world, `${stateDir}/config.json`);
  return {
    ...(overrides === undefined ? {} : { overrides }),
    ...(file === undefined ? {} : { file }),
    env: environment(),
    splitCommand,
  };
}
