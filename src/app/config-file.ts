import type { ConfigSources } from '../config/read-config.ts';
import { PawlError } from '../domain/errors.ts';
import type { World } from '../world/world.ts';

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
