import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const DIST = join(ROOT, 'dist');

/** What is published: the command and the public entries, sharing their chunks. */
const ENTRIES = {
  cli: 'src/cli/main.ts',
  index: 'src/index.ts',
  agents: 'src/agents.ts',
  testing: 'src/testing.ts',
  migrate: 'src/migrate.ts',
};

// Some of the bundled packages are CommonJS and ask for Node's modules by `require`.
const REQUIRE =
  "import { createRequire } from 'node:module';const require=createRequire(import.meta.url);";

async function bundle(): Promise<Metafile> {
  const built = await build({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES,
    outdir: DIST,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: REQUIRE },
    legalComments: 'none',
    metafile: true,
  });
  return built.metafile;
}

/** Bundling leaves the packages' licences behind: they are collected into one file beside it. */
function licences(metafile: Metafile): string {
  const folders = new Set<string>();
  for (const input of Object.keys(metafile.inputs)) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  return [...folders].sort().map(licence).join('\n');
}

function licence(folder: string): string {
  const files = readdirSync(join(ROOT, folder));
  const file = files.find((name) => /^(licen[cs]e|copying)/i.test(name));
  const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const text = file === undefined ? '' : readFileSync(join(ROOT, folder, file), 'utf8');
  return `${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})\n\n${text}\n`;
}

function declarations(): void {
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  const argv = ['-p', join(ROOT, 'scripts', 'tsconfig.types.json')];
  const { status } = spawnSync(tsc, argv, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`tsc ended with ${status}`);
}

const missing = Object.values(ENTRIES).filter((path) => !existsSync(join(ROOT, path)));
if (missing.length > 0) throw new Error(`nothing to build from: ${missing.join(', ')}`);
rmSync(DIST, { recursive: true, force: true });
const metafile = await bundle();
writeFileSync(join(DIST, 'THIRD-PARTY-LICENCES.txt'), licences(metafile));
declarations();
for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
  console.log(`${path} ${(bytes / 1024).toFixed(1)} KiB`);
}
