import { splitCommand } from '../agents/split-command.ts';
import { environment } from '../config/environment.ts';
import { type ConfigSources, type ReadConfig, readConfig } from '../config/read-config.ts';
import { PawlError } from '../domain/errors.ts';
import type { World } from '../world/world.ts';

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

/** The project's file of settings; undefined when there is none. */
export async function configFile({ files }: World, path: string): Promise<ConfigSources['file']> {
  if ((await files.facts(path)) === null) return undefined;
  const name = '.pawl/config.json';
  try {
    const content: unknown = JSON.parse(new TextDecoder().decode(await files.read(path)));
    return { name, content };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new PawlError('config_invalid', `${name} cannot be read: ${message}`, {
      cause,
      details: { faults: [{ source: name, message }] },
    });
  }
}
