import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, ENTRIES } from './bundle.ts';
import { ROOT } from './distribution.ts';

const DIST = join(ROOT, 'dist');

function declarations(): void {
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  const argv = ['-p', join(ROOT, 'scripts', 'tsconfig.types.json')];
  const { status } = spawnSync(tsc, argv, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`tsc ended with ${status}`);
}

const missing = Object.values(ENTRIES).filter((path) => !existsSync(join(ROOT, path)));
if (missing.length > 0) throw new Error(`nothing to build from: ${missing.join(', ')}`);
rmSync(DIST, { recursive: true, force: true });
const metafile = await bundle(ENTRIES, DIST);
if (!process.argv.includes('--no-types')) declarations();
for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
  console.log(`${path} ${(bytes / 1024).toFixed(1)} KiB`);
}
