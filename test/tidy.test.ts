import { describe, expect, it } from 'vitest';
import { BANS, banning } from './tidy/bans.ts';
import { fileCycles, type Layer, type Layers, layering, tableCycles } from './tidy/layers.ts';
import { names } from './tidy/names.ts';
import * as repository from './tidy/repository.ts';
import { sizes } from './tidy/sizes.ts';
import type { Rule, Violation } from './tidy/source.ts';

/** Built-ins without a clock, chance, processes or files: they compute, and that is all. */
const PURE = [
  'node:assert',
  'node:buffer',
  'node:crypto',
  'node:events',
  'node:path',
  'node:string_decoder',
  'node:url',
  'node:util',
];

const TERMINAL = ['node:os', 'node:process', 'node:readline', 'node:readline/promises', 'node:tty'];

const layer = (
  folders: readonly string[],
  builtins: readonly string[] = [],
  packages: readonly string[] = [],
): Layer => ({ folders, builtins, packages });

const CORE = ['domain', 'world'];

/**
 * Who may import whom. It may only become stricter. A folder may always import itself; what is not
 * named is refused; `front*` means "for its types only".
 */
const LAYERS: Layers = {
  domain: layer([]),
  world: layer([], ['*']),
  schema: layer(['domain']),
  config: layer(CORE, PURE, ['zod']),
  observe: layer(CORE, [...PURE, 'node:async_hooks', 'node:stream'], ['pino']),
  agents: layer(CORE, PURE, ['shell-quote', 'zod']),
  listfile: layer(CORE, PURE, ['markdown-it', 'shell-quote', 'yaml', 'zod']),
  roles: layer(CORE, PURE, ['yaml', 'zod']),
  artifacts: layer(CORE, PURE),
  templates: layer(CORE, PURE, ['json5', 're2js', 'zod']),
  clients: layer(CORE, PURE, ['jsonc-parser', '@decimalturn/toml-patch', 'yaml', 'zod']),
  importing: layer(CORE, [...PURE, 'node:sqlite'], ['yaml', 'zod']),
  store: layer([...CORE, 'schema'], PURE),
  'store/sqlite': layer([...CORE, 'schema', 'store'], [...PURE, 'node:sqlite']),
  'store/postgres': layer([...CORE, 'schema', 'store'], PURE, ['pg']),
  front: layer(['domain*'], ['*']),
  migrate: layer([...CORE, 'observe', 'schema', 'store'], PURE),
  'migrate/sqlite': layer(
    [...CORE, 'observe', 'schema', 'store', 'store/sqlite', 'migrate'],
    [...PURE, 'node:sqlite'],
  ),
  'migrate/postgres': layer(
    [...CORE, 'observe', 'schema', 'store', 'store/postgres', 'migrate'],
    PURE,
    ['pg'],
  ),
  operations: layer(
    [
      ...[...CORE, 'observe', 'store', 'migrate', 'listfile'],
      ...['roles', 'artifacts', 'clients', 'importing', 'templates'],
    ],
    PURE,
    ['zod'],
  ),
  engine: layer([...CORE, 'observe', 'store', 'agents', 'listfile'], PURE),
  mcp: layer(['domain', 'observe', 'operations'], ['*'], ['@modelcontextprotocol/server', 'zod']),
  http: layer(['domain', 'observe', 'operations'], ['*']),
  app: layer(
    [
      ...[...CORE, 'schema', 'config', 'observe', 'agents', 'listfile', 'store', 'store/sqlite'],
      ...['store/postgres', 'front', 'migrate', 'migrate/sqlite', 'migrate/postgres'],
      ...['operations', 'engine', 'roles', 'artifacts', 'clients', 'importing', 'mcp', 'http'],
    ],
    [...PURE, 'node:module', 'node:os', 'node:process'],
  ),
  'cli/render': layer(
    ['domain', 'config', 'observe', 'operations'],
    [...PURE, ...TERMINAL],
    ['log-update'],
  ),
  'cli/render/graph': layer(['domain', 'operations', 'cli/render'], PURE, ['@dagrejs/dagre']),
  cli: layer(
    [
      ...['domain', 'config', 'observe', 'operations', 'front', 'app', 'cli/render'],
      'cli/render/graph',
    ],
    [...PURE, ...TERMINAL, 'node:module'],
    ['commander'],
  ),
  testing: layer([...CORE, 'agents'], PURE),
  '(entries)': layer(['domain', 'schema', 'operations', 'agents', 'testing', 'migrate', 'app']),
};

/** What a test beside its source may import more than the source. */
const FOR_TESTS: Layer = layer(
  [...CORE, 'schema', 'store', 'store/sqlite', 'testing'],
  ['*'],
  ['vitest', 'fast-check'],
);

const RUNTIME_DEPENDENCIES_MAX = 14;

/** Each is owed a repair. The list may only shrink, and an entry that is not needed fails. */
const EXCEPTIONS: readonly { readonly path: string; readonly message: string }[] = [];
const EXCEPTIONS_MAX = 0;

const BESIDE = ['test', 'bench', 'scripts', 'examples'];
const OWN_PROJECT = /^(src\/.+|test\/((contract|support|tidy|sim|e2e|chaos|upgrade)\/.+|[^/]+))$/;

const src = repository.sourcesOf('src');
const beside = BESIDE.flatMap(repository.sourcesOf);

const excepted = (one: Violation): boolean =>
  EXCEPTIONS.some(({ path, message }) => path === one.path && one.message.includes(message));

const listed = (violations: readonly Violation[]): readonly string[] =>
  violations.filter((one) => !excepted(one)).map((one) => `${one.path}:${one.line} ${one.message}`);

const broken = (rule: Rule, sources = src): readonly string[] => listed(sources.flatMap(rule));

describe('who may import whom', () => {
  it('every import of src/ stands in the table', () => {
    expect(broken(layering(LAYERS, FOR_TESTS))).toEqual([]);
  });

  it('the table has no cycle', () => {
    expect(tableCycles(LAYERS)).toEqual([]);
  });

  it('no file reaches itself through its imports', () => {
    expect(listed(fileCycles(src))).toEqual([]);
  });
});

describe('how code is written', () => {
  for (const ban of BANS) {
    it(`${ban.name}: nowhere in src/ but ${ban.within.join(', ') || 'nowhere'}`, () => {
      expect(broken(banning([ban]))).toEqual([]);
    });
  }

  it('files, functions and lines are no longer than can be read in one go', () => {
    expect(broken(sizes, [...src, ...beside])).toEqual([]);
  });

  it('files and folders are kebab-case nouns and verbs of the trade', () => {
    expect(broken(names, [...src, ...beside])).toEqual([]);
  });

  it('nothing beside src/ exports a default', () => {
    const [defaults] = BANS.filter((ban) => ban.name === 'default exports');
    expect(broken(banning(defaults === undefined ? [] : [defaults]), beside)).toEqual([]);
  });

  it('every exception is still needed, and there is none more than there was', () => {
    const all = [...src, ...beside].flatMap((source) =>
      [layering(LAYERS, FOR_TESTS), banning(BANS), sizes, names].flatMap((rule) => rule(source)),
    );
    const needed = EXCEPTIONS.filter(({ path, message }) =>
      all.some((one) => one.path === path && one.message.includes(message)),
    );
    expect(needed).toEqual(EXCEPTIONS);
    expect(EXCEPTIONS.length).toBeLessThanOrEqual(EXCEPTIONS_MAX);
  });
});

describe('the repository', () => {
  const files = repository.filesOf('.');
  const manifest = JSON.parse(repository.read('package.json')) as {
    readonly license: string;
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const dependencies = Object.keys(manifest.dependencies);

  it('every test file belongs to one kind of proof', () => {
    const tests = files.filter((path) => path.endsWith('.test.ts'));
    expect(tests.filter((path) => !OWN_PROJECT.test(path))).toEqual([]);
  });

  it('names no machine, no registry and no issue', () => {
    const texts = files.filter((path) => /\.(ts|js|md|json|sh)$|^\.ci\/run$/.test(path));
    const found = texts.flatMap((path) => repository.foreign(path, repository.read(path)));
    expect(listed(found)).toEqual([]);
  });

  it('has a lock file without the hosts that packages came from', () => {
    expect(repository.resolvedHosts(repository.read('package-lock.json'))).toEqual([]);
  });

  it('is under the MIT licence', () => {
    expect(manifest.license).toBe('MIT');
    expect(repository.read('LICENSE')).toMatch(
      /^MIT License\n\nCopyright \(c\) .*Pawl contributors/,
    );
  });

  it('has no more runtime dependencies than were decided', () => {
    expect(dependencies.length).toBeLessThanOrEqual(RUNTIME_DEPENDENCIES_MAX);
  });

  it('gives every runtime dependency a paragraph that names the folders importing it', () => {
    const decided = repository.decidedFolders(
      repository.read('docs/decisions/0002-dependencies.md'),
    );
    const inTable = new Map(
      dependencies.map((name) => [
        name,
        Object.keys(LAYERS).filter((folder) => LAYERS[folder]?.packages.includes(name)),
      ]),
    );
    expect(decided).toEqual(inTable);
  });
});
