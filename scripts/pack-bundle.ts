import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, ENTRIES } from './bundle.ts';
import { bundleManifest, type Manifest, ROOT } from './distribution.ts';

/**
 * Pack the command with everything it needs into an `.mcpb` file, which a desktop client installs
 * and starts by itself. `folder` is made, used and left: what the file was packed from.
 */
export async function packBundle(
  manifest: Manifest,
  { folder, file }: { readonly folder: string; readonly file: string },
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  for (const name of ['bin', 'dist']) mkdirSync(join(folder, name), { recursive: true });
  await bundle({ cli: ENTRIES.cli }, join(folder, 'dist'));
  copyFileSync(join(ROOT, 'bin', 'pawl.js'), join(folder, 'bin', 'pawl.js'));
  copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  const { name, version, license } = manifest;
  const own = { name, version, license, type: 'module', private: true };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(own, null, 2)}\n`);
  const text = `${JSON.stringify(bundleManifest(manifest), null, 2)}\n`;
  writeFileSync(join(folder, 'manifest.json'), text);
  mcpb('validate', join(folder, 'manifest.json'));
  mcpb('pack', folder, file);
}

/** The official tool, of this project's packages. */
function mcpb(...args: readonly string[]): void {
  const program = join(ROOT, 'node_modules', '.bin', 'mcpb');
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mcpb ${args[0]} ended with ${status}:\n${stdout}${stderr}`);
}
