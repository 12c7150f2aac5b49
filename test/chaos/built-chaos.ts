import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { bundle } from '../../scripts/bundle.ts';
import { ROOT } from '../../scripts/distribution.ts';

const FOLDER = join(ROOT, 'node_modules', '.cache', 'pawl-chaos');

const PROGRAMS = [
  'artifact-writer',
  'claiming-client',
  'first-load',
  'library-writer',
  'list-editor',
  'list-writer',
  'migrator',
  'run-list',
  'starts-run',
  'store-killed',
  'store-writer',
  'subtask-keeper',
] as const;

/** The command `pawl` as it is published, in a world that carries out orders. */
export const PAWL = join(FOLDER, 'pawl', 'cli.js');
/** The same as it would be had nobody thought of waiting over half a file. */
export const UNSETTLED_PAWL = join(FOLDER, 'unsettled', 'cli.js');
/** The same without its face, from which guards can be taken out. */
export const RUN_LIST = programOf('run-list');

/** What tests start beside them: a file of this folder, by its name. */
export function programOf(name: (typeof PROGRAMS)[number]): string {
  return join(FOLDER, 'programs', `${name}.js`);
}

/** Only the module of the real world is exchanged, so that what is killed is what users run. */
const WORLD = exchange('src/world/real-world.ts', 'test/chaos/chaos-real-world.ts');
const SETTLING = exchange('src/operations/until-settled.ts', 'test/chaos/never-settling.ts');

/** Built once for a run of the tests: one start of it costs a fifth of one from the sources. */
export async function setup(): Promise<void> {
  const cli = { cli: 'src/cli/main.ts' };
  await Promise.all([
    bundle(cli, join(FOLDER, 'pawl'), [WORLD]),
    bundle(cli, join(FOLDER, 'unsettled'), [WORLD, SETTLING]),
    bundle(
      Object.fromEntries(PROGRAMS.map((name) => [name, `test/chaos/${name}.ts`])),
      join(FOLDER, 'programs'),
    ),
  ]);
}

/** Whoever imports one file gets another; but for that other one, which may build on the first. */
function exchange(from: string, to: string): Plugin {
  const [real, double] = [join(ROOT, from), join(ROOT, to)];
  return {
    name: `${to} for ${from}`,
    setup: (build) => {
      build.onResolve({ filter: /^\./ }, ({ path, resolveDir, importer }) =>
        join(resolveDir, path) === real && importer !== double ? { path: double } : undefined,
      );
    },
  };
}
