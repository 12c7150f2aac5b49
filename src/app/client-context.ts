import { homedir } from 'node:os';
import { platform } from 'node:process';
import { findProgram } from '../agents/program-lookup.ts';
import { environment } from '../config/environment.ts';
import { silentLogger } from '../observe/logger.ts';
import type { ClientContext } from '../operations/client-context.ts';
import type { World } from '../world/world.ts';
import { findProject } from './find-project.ts';
import { ownCommand, pawlLaunch } from './pawl-launch.ts';
import { thisWorld } from './this-world.ts';

/** What setting up clients needs, for the project of a folder. Opens no store, makes nothing. */
export async function openClientContext(options: {
  readonly dir: string;
  readonly world?: World;
}): Promise<ClientContext> {
  const world = options.world ?? thisWorld();
  const { files } = world;
  const env = environment();
  const home = homedir();
  const { root } = await findProject(world, options.dir, home);
  const where = { path: env['PATH'] ?? '', cwd: root };
  const program = (name: string): Promise<string | null> => findProgram(files, name, where);
  const command = await ownCommand(files);
  return {
    world,
    log: silentLogger,
    place: { home, root, platform, env },
    keepIn: `${env['XDG_STATE_HOME'] || `${home}/.local/state`}/pawl/clients`,
    program,
    launch: (scope) => pawlLaunch({ files, program, ...command }, scope),
  };
}
