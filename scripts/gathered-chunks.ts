import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { ROOT } from './distribution.ts';

const SOURCES = join(ROOT, 'src');
const ON_DEMAND = /import\(\s*'(\.[^']+\.ts)'\s*\)/g;

/** What nearly every command needs, by the modules that need the rest of it. */
const FOR_ALL = [
  ...['cli/in-project.ts', 'cli/answer.ts', 'cli/list-meant.ts'],
  ...['cli/render/findings.ts', 'cli/render/status-lines.ts', 'cli/render/task-lines.ts'],
  ...['operations/get-status.ts', 'operations/list-situation.ts', 'operations/resolve-list.ts'],
];
/** And what commands need that read a list file. */
const FOR_LISTS = ['app/list-source.ts', 'app/project-config.ts', 'operations/load-task-list.ts'];
const LIST_COMMANDS = ['add', 'check', 'edit', 'load', 'mcp', 'preview', 'run', 'sync', 'work'];

/**
 * Gathers into a few chunks what commands have in common. Of itself the bundler makes one chunk for
 * each set of commands that share something: fifty files to open at every start, at a millisecond
 * each. Modules that all import alike become one: so whatever is loaded on demand imports what is
 * gathered.
 */
export function gatheredChunks(): Plugin {
  const onDemand = loadedOnDemand();
  const gathered = { all: FOR_ALL, lists: FOR_LISTS };
  return {
    name: 'gathered chunks',
    setup: (build) => {
      build.onResolve({ filter: /^gathered:/ }, ({ path }) => ({
        ...{ path: path.slice('gathered:'.length), namespace: 'gathered' },
      }));
      build.onLoad({ filter: /./, namespace: 'gathered' }, ({ path }) => ({
        contents: gathered[path as keyof typeof gathered]
          .map((name) => `import ${JSON.stringify(join(SOURCES, name))};`)
          .join('\n'),
        resolveDir: ROOT,
      }));
      build.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
        if (!onDemand.has(path)) return undefined;
        const sets = LIST_COMMANDS.includes(basename(path, '.ts')) ? ['all', 'lists'] : ['all'];
        const imports = sets.map((name) => `import 'gathered:${name}'; `).join('');
        return { contents: imports + readFileSync(path, 'utf8'), loader: 'ts' };
      });
    },
  };
}

function loadedOnDemand(): ReadonlySet<string> {
  const names = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' });
  const sources = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return new Set(
    sources.flatMap((name) => {
      const path = join(SOURCES, name);
      const imports = readFileSync(path, 'utf8').matchAll(ON_DEMAND);
      return [...imports].map(([, imported = '']) => join(dirname(path), imported));
    }),
  );
}

/** Its messages in sixty languages are a third of zod, and never asked for. */
export function oneLanguage(): Plugin {
  return {
    name: 'one language of zod',
    setup: (build) => {
      build.onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
        contents: "export { default as en } from './en.js';",
      }));
    },
  };
}
