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
  copySources(folder);
  runScript(folder, 'build.ts');
  return join(folder, 'bin', 'pawl.js');
}

/** All that the project's own scripts need to make a product of. */
export function copySources(folder: string): void {
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

/** One of these scripts, in a copy. */
export function runScript(folder: string, name: string, ...args: readonly string[]): void {
  const argv = [join('scripts', name), ...args];
  const ran = spawnSync(process.execPath, argv, { cwd: folder, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`${name} failed:\n${ran.stdout}${ran.stderr}`);
}
