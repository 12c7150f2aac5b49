import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { ROOT } from './distribution.ts';
import { gatheredChunks, oneLanguage } from './gathered-chunks.ts';

/** What is published: the command and the public entries, sharing their chunks. */
export const ENTRIES = {
  cli: 'src/cli/main.ts',
  index: 'src/index.ts',
  agents: 'src/agents.ts',
  testing: 'src/testing.ts',
  migrate: 'src/migrate.ts',
} as const;

// Some of the bundled packages are CommonJS and ask for Node's modules by `require`.
const REQUIRE =
  "import { createRequire } from 'node:module';const require=createRequire(import.meta.url);";

/** Bundle entries with all they import, and the licences of what is among it, into a folder. */
export async function bundle(
  entries: Readonly<Record<string, string>>,
  folder: string,
  plugins: Plugin[] = [],
): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: entries,
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    // Some packages' CommonJS asks for its files by names that a bundler cannot see.
    mainFields: ['module', 'main'],
    target: 'node22',
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: REQUIRE },
    legalComments: 'none',
    metafile: true,
    plugins: [...plugins, oneLanguage(), ...('cli' in entries ? [gatheredChunks()] : [])],
  });
  writeFileSync(join(folder, 'THIRD-PARTY-LICENCES.txt'), licences(metafile));
  return metafile;
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
