import { describe, expect, it } from 'vitest';
import { BANS, banning } from './bans.ts';
import { fileCycles, type Layers, layering, tableCycles } from './layers.ts';
import { names } from './names.ts';
import { decidedFolders, foreign, resolvedHosts } from './repository.ts';
import { FILE_LINES_MAX, FUNCTION_LINES_MAX, sizes } from './sizes.ts';
import { parse, type Rule } from './source.ts';

const FOR_TESTS = { folders: ['testing'], builtins: ['*'], packages: ['vitest'] };

const LAYERS: Layers = {
  domain: { folders: [], builtins: [], packages: [] },
  store: { folders: ['domain'], builtins: ['node:path'], packages: ['zod'] },
  'store/disk': { folders: ['domain', 'store'], builtins: [], packages: [] },
  front: { folders: ['domain*'], builtins: ['*'], packages: [] },
  testing: { folders: ['domain'], builtins: [], packages: [] },
  '(entries)': { folders: ['store'], builtins: [], packages: [] },
};

const messages = (rule: Rule, path: string, text: string): readonly string[] =>
  rule(parse(path, text)).map((one) => one.message);

const imports = (path: string, text: string): readonly string[] =>
  messages(layering(LAYERS, FOR_TESTS), path, text);

describe('the import table sees', () => {
  it.each([
    ['src/domain/a.ts', "import { b } from '../store/b.ts';", 'domain may not import store'],
    ['src/domain/a.ts', "import type { B } from '../store/b.ts';", 'domain may not import store'],
    ['src/domain/a.ts', "export { b } from '../store/b.ts';", 'domain may not import store'],
    ['src/domain/a.ts', "export * from '../store/b.ts';", 'domain may not import store'],
    ['src/domain/a.ts', "const b = await import('../store/b.ts');", 'domain may not import store'],
    ['src/domain/a.ts', "type B = import('../store/b.ts').B;", 'domain may not import store'],
    ['src/domain/a.ts', 'const b = (name: string) => import(name);', 'not a computed one'],
    ['src/domain/a.ts', "import { join } from 'node:path';", 'may not import node:path'],
    ['src/store/a.ts', "import { readFileSync } from 'node:fs';", 'may not import node:fs'],
    ['src/store/a.ts', "import pino from 'pino';", 'store may not import pino'],
    ['src/store/a.ts', "import { x } from '@scope/name/deep';", 'may not import @scope/name'],
    ['src/store/a.ts', "import { x } from './disk/a.ts';", 'store may not import store/disk'],
    ['src/front/a.ts', "import { x } from '../domain/a.ts';", 'for its types only'],
    ['src/index.ts', "import { x } from './domain/a.ts';", '(entries) may not import domain'],
    ['src/domain/a.ts', "import { x } from '../../test/a.ts';", 'outside src/'],
    ['src/nowhere/a.ts', 'export const a = 1;', 'no row in the import table'],
    ['src/domain/a.test.ts', "import { x } from '../store/b.ts';", 'domain may not import store'],
  ])('%s: %s', (path, text, expected) => {
    expect(imports(path, text)).toEqual([expect.stringContaining(expected)]);
  });

  it('nothing to say about what the table allows', () => {
    const allowed = [
      ['src/store/a.ts', "import { x } from '../domain/a.ts'; import { z } from 'zod/v4';"],
      ['src/store/disk/a.ts', "import { x } from '../a.ts'; import { y } from './b.ts';"],
      ['src/front/a.ts', "import type { X } from '../domain/a.ts'; import 'node:net';"],
      ['src/domain/a.test.ts', "import { it } from 'vitest'; import { s } from '../testing/s.ts';"],
      ['src/domain/a.test.ts', "import { s } from '../../test/support/s.ts';"],
      [
        'src/domain/a.ts',
        "// import { x } from '../store/b.ts'\nexport const t = 'import(\"x\")';",
      ],
    ] as const;
    expect(allowed.flatMap(([path, text]) => imports(path, text))).toEqual([]);
  });

  it('a cycle in the table, and one between files', () => {
    const none = { builtins: [], packages: [] };
    const table = { a: { folders: ['b'], ...none }, b: { folders: ['a*'], ...none } };
    expect(tableCycles(table)).toEqual([['a', 'b', 'a']]);
    const files = [
      parse('src/a/x.ts', "import type { Y } from './y.ts';"),
      parse('src/a/y.ts', "export { z } from '../b/z.ts';"),
      parse('src/b/z.ts', "import('../a/x.ts');"),
    ];
    expect(fileCycles(files).map((one) => one.message)).toEqual([
      'files import each other: src/a/x.ts -> src/a/y.ts -> src/b/z.ts -> src/a/x.ts',
    ]);
    expect(fileCycles(files.slice(1))).toEqual([]);
  });
});

const PLANTED: Readonly<Record<string, readonly string[]>> = {
  'the time of day': [
    'const a = () => Date.now();',
    "const a = () => Date['now']();",
    'const a = () => new Date();',
    'const a = () => Date();',
    'const a = () => globalThis.Date.now();',
    'const a = () => performance.now();',
    'const a = () => process.hrtime.bigint();',
  ],
  chance: [
    'const a = () => Math.random();',
    "import { randomUUID } from 'node:crypto';",
    'const a = () => crypto.randomUUID();',
  ],
  timers: [
    'const a = (f: () => void) => setTimeout(f, 1);',
    'const a = (f: () => void) => globalThis.setInterval(f, 1);',
    'const a = (f: () => void) => [1].map(() => setImmediate(f));',
    "import { setTimeout } from 'node:timers/promises';",
  ],
  'the environment': [
    "const a = () => process.env['HOME'];",
    'const { env } = { env: process.env };',
  ],
  console: ["const a = () => console.log('x');", "const a = () => globalThis.console.error('x');"],
  'default exports': ['export default 1;', 'export default function a() {}'],
  'export *': ["export * from './b.ts';"],
  dialects: [
    "const kind = 'sqlite';",
    'const sqliteOnly = true;',
    'const a = (x: string) => `on PostgreSQL ${x}`;',
    "import { b } from './postgres-b.ts';",
  ],
  'bare limits': [
    "const a = 'SELECT b FROM c LIMIT ?';",
    'const a = (b: string) => `${b} LIMIT ? ${b}`;',
  ],
  'swallowed errors': [
    'const a = () => { try { b(); } catch {} };',
    'const a = () => { try { b(); } catch (error) { /* never mind */ } };',
    'const a = async () => { await b().catch(() => {}); };',
    'const a = async () => { await b().catch(() => undefined); };',
  ],
  'lost causes': [
    "const a = () => { try { b(); } catch { throw new PawlError('bug', 'x'); } };",
    "const a = () => { try { b(); } catch (cause) { throw new PawlError('bug', 'x'); } };",
  ],
  'bare errors': [
    "const a = () => { throw new Error('x'); };",
    'class A extends Error {}',
    "const a = () => { throw new TypeError('x'); };",
  ],
  'module state': ['let count = 0;', 'export let count = 0;'],
  'work at import': ['start();', 'await start();', "process.on('exit', () => 1);"],
};

const INNOCENT: Readonly<Record<string, string>> = {
  'the time of day': 'const a = (at: number) => new Date(at); // not Date.now()',
  chance: "const a = 'Math.random()'; const b = Math.max(1, 2);",
  timers: 'interface T { setTimeout(): void } const a = (t: T) => t.setTimeout();',
  'the environment': 'const a = (env: { HOME: string }) => env.HOME;',
  console: "const a = { console: 'console.log' };",
  'default exports': 'export const a = 1;',
  'export *': "export { a } from './b.ts';",
  dialects: '// SQLite waits here; PostgreSQL does not\nexport const a = 1;',
  'bare limits': "const a = ['LIMIT ? + 0', 'LIMIT 20'];",
  'swallowed errors': 'const a = () => { try { b(); } catch (cause) { throw c(cause); } };',
  'lost causes':
    "const a = () => { try { b(); } catch (e) { throw new PawlError('bug', 'x', { e }); } };",
  'bare errors': "const a = () => { throw new PawlError('bug', 'x'); };",
  'module state': 'const a = () => { let count = 0; count += 1; return count; };',
  'work at import': "'use strict'; const a = () => { start(); };",
};

describe('each ban sees what is planted, and not what looks like it', () => {
  for (const ban of BANS) {
    const planted = PLANTED[ban.name] ?? [];
    const rule = banning([ban]);

    it(`${ban.name}: ${planted.length} planted`, () => {
      expect(planted.length).toBeGreaterThan(0);
      const blind = planted.filter((text) => rule(parse('src/engine/a.ts', text)).length === 0);
      expect(blind).toEqual([]);
    });

    it(`${ban.name}: nothing in text, comments and where it belongs`, () => {
      expect(messages(rule, 'src/engine/a.ts', INNOCENT[ban.name] ?? 'missing example!')).toEqual(
        [],
      );
      const inside = ban.within.flatMap((place) =>
        planted.flatMap((text) =>
          messages(rule, place.endsWith('/') ? `${place}a.ts` : place, text),
        ),
      );
      expect(inside).toEqual([]);
    });
  }
});

describe('the other rules see', () => {
  const body = (lines: number): string => `export function f() {\n${'  g();\n'.repeat(lines)}}\n`;

  it('a file, a function and a line that are too long', () => {
    expect(messages(sizes, 'src/a.ts', body(FUNCTION_LINES_MAX - 2))).toEqual([]);
    expect(messages(sizes, 'src/a.ts', body(FUNCTION_LINES_MAX - 1))).toEqual([
      expect.stringContaining('a function of 71 lines'),
    ]);
    expect(messages(sizes, 'src/a.ts', '//\n'.repeat(FILE_LINES_MAX))).toEqual([]);
    expect(messages(sizes, 'src/a.ts', '//\n'.repeat(FILE_LINES_MAX + 1))).toHaveLength(1);
    expect(messages(sizes, 'src/a.ts', `// ${'x'.repeat(97)}`)).toEqual([]);
    expect(messages(sizes, 'src/a.ts', `// ${'x'.repeat(98)}`)).toHaveLength(1);
    expect(messages(sizes, 'src/a.ts', `// https://${'x'.repeat(98)}`)).toEqual([]);
  });

  it('a suite of tests as a list, and each of its tests as a function', () => {
    const long = 'x();\n'.repeat(80);
    expect(messages(sizes, 'test/a.test.ts', `describe('a', () => {\n${long}it('b');});`)).toEqual(
      [],
    );
    expect(messages(sizes, 'test/a.test.ts', `it('a', () => {\n${long}});`)).toHaveLength(1);
  });

  it('a name that is no name', () => {
    const bad = [
      'src/utils/a.ts',
      'src/a/helpers.ts',
      'src/a/types.ts',
      'src/a/B.ts',
      'src/A/b.ts',
    ];
    expect(bad.filter((path) => messages(names, path, '').length === 0)).toEqual([]);
    expect(messages(names, 'src/store/claim-next.test.ts', '')).toEqual([]);
  });

  it('a path of a machine, a host of a registry, a number of an issue', () => {
    const bad = [
      '/wo' + 'rk/main',
      '/ro' + 'ot/.npm',
      'https://regis' + 'try.example/x',
      'iss' + 'ue 12',
    ];
    expect(bad.filter((text) => foreign('a.md', `x ${text}`).length === 0)).toEqual([]);
    expect(
      foreign('a.md', '/path/to/tasks.md https://example.com/docs the issues, 12 of them'),
    ).toEqual([]);
  });

  it('a lock file that names hosts', () => {
    expect(resolvedHosts('{ "resolved": "somewhere" }')).toHaveLength(1);
    expect(resolvedHosts('{ "integrity": "sha512" }')).toEqual([]);
  });

  it('what the decision about dependencies says, and what it leaves out', () => {
    const text = '# t\n\n## `a`\n\nWhy.\n\nFolders: `cli`, `cli/render`.\n\n## `b`\n\nWhy.\n';
    expect([...decidedFolders(text)]).toEqual([
      ['a', ['cli', 'cli/render']],
      ['b', []],
    ]);
  });
});
