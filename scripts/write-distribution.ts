import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { distributionFiles, ROOT, readManifest } from './distribution.ts';
import { packBundle } from './pack-bundle.ts';

// Everything by which clients get Pawl besides npm, from one description: the files that are
// committed, and the bundle in `dist/`.
const manifest = readManifest();
for (const [path, text] of Object.entries(distributionFiles(manifest))) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
  console.log(path);
}
const file = join('dist', `${manifest.name}-${manifest.version}.mcpb`);
await packBundle(manifest, { folder: join(ROOT, 'dist', 'mcpb'), file: join(ROOT, file) });
console.log(file);
