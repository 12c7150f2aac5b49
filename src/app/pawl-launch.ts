import { dirname } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Scope } from '../clients/client.ts';
import type { Launch } from '../clients/launch.ts';
import { invariant } from '../domain/errors.ts';
import type { Files } from '../world/files.ts';
import { PAWL_VERSION } from './version.ts';

export interface LaunchSurroundings {
  readonly files: Files;
  /** Where a program lies that a shell would find by this name. */
  program(name: string): Promise<string | null>;
  /** This Pawl's own file `bin/pawl.js`, and the Node that runs it. */
  readonly bin: string;
  readonly node: string;
}

/**
 * How a client is to start this Pawl (docs/decisions/0022). A person's own settings name this very
 * Node and this very Pawl: a client may have another `node` on its PATH, or none. A project's
 * settings are shared and name a command that every machine has. What npx runs is run by npx.
 */
export async function pawlLaunch(around: LaunchSurroundings, scope: Scope): Promise<Launch> {
  const { bin, node } = around;
  if (bin.includes('/_npx/')) {
    return { command: 'npx', args: ['-y', `pawl@${PAWL_VERSION}`, 'mcp'] };
  }
  if (scope === 'project' && (await around.program('pawl')) !== null) {
    return { command: 'pawl', args: ['mcp'] };
  }
  // A name that stays when Node or Pawl is upgraded is better than the place behind it.
  const stableNode = await sameByName(around, 'node', node);
  const stableBin = await sameByName(around, 'pawl', bin);
  return { command: stableNode ?? node, args: [stableBin ?? bin, 'mcp'] };
}

async function sameByName(
  { files, program }: LaunchSurroundings,
  name: string,
  path: string,
): Promise<string | null> {
  const found = await program(name);
  if (found === null) return null;
  return (await files.realPath(found)) === (await files.realPath(path)) ? found : null;
}

/** This Pawl's command, whether it runs from its sources or as it is published. */
export async function ownCommand(files: Files): Promise<{ bin: string; node: string }> {
  let folder = dirname(fileURLToPath(import.meta.url));
  while ((await files.facts(`${folder}/bin/pawl.js`)) === null) {
    invariant(folder !== dirname(folder), 'the command lies in a folder above its code');
    folder = dirname(folder);
  }
  return { bin: `${folder}/bin/pawl.js`, node: execPath };
}
