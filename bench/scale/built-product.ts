import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const PARTS = ['src', 'bin', 'scripts', 'package.json', 'tsconfig.json'];

/**
 * Build what is published in `folder`, from a copy: the checkout itself stays unbuilt, for once
 * it is built its command runs that build and not its sources.
 *
 * @returns the path of the command.
 */
export function buildProduct(folder: string): string {
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const built = spawnSync(process.execPath, ['scripts/build.ts'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(`the build failed:\n${built.stdout}${built.stderr}`);
  return join(folder, 'bin', 'pawl.js');
}
