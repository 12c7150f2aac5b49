import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './tidy/repository.ts';

const LATER = "export const later = async (): Promise<string> => 'x';\n";
const CONFIGURATION = ['tsconfig.json', '.oxlintrc.json', 'biome.json'];

describe('the lint fails on', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pawl-lint-'));
    for (const name of CONFIGURATION) cpSync(join(ROOT, name), join(folder, name));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (tool: string, argv: readonly string[], text: string): string => {
    writeFileSync(join(folder, 'planted.ts'), text);
    const program = join(ROOT, 'node_modules', '.bin', tool);
    try {
      return execFileSync(program, argv, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
      return `failed: ${stdout}${stderr}`;
    }
  };

  const oxlint = (text: string): string => run('oxlint', ['--deny-warnings'], LATER + text);
  const biome = (text: string): string =>
    run('biome', ['lint', '--error-on-warnings', '--vcs-enabled=false', 'planted.ts'], text);

  it.each([
    ['no-floating-promises', 'export const a = (): void => { later(); };'],
    [
      'no-floating-promises',
      'interface P { go(): Promise<string> }\nexport const a = (p: P): void => { p.go(); };',
    ],
    ['no-misused-promises', 'export const a = (): number => (later() ? 1 : 2);'],
    ['await-thenable', 'export const a = async (): Promise<number> => await 1;'],
    [
      'switch-exhaustiveness-check',
      "export const a = (k: 'x' | 'y'): void => { switch (k) { case 'x': later; } };",
    ],
  ])('%s', (rule, text) => {
    expect(oxlint(text)).toMatch(new RegExp(`^failed: [^]*${rule}`));
  });

  it('nothing in a promise that is awaited or given up on purpose', () => {
    const text = 'export const a = async (): Promise<void> => { await later(); void later(); };\n';
    expect(oxlint(text)).not.toMatch(/^failed: /);
  });

  it.each([
    ['noExplicitAny', 'export const a = (b: any): void => b;'],
    ['noDefaultExport', 'const a = 1;\nexport default a;'],
    ['noConsole', "export const a = (): void => console.log('x');"],
    ['useImportType', "import { B } from './b.ts';\nexport const a = (b: B): B => b;"],
    ['noProcessEnv', "export const a = process.env['HOME'];"],
    ['noFocusedTests', "it.only('x', () => 1);"],
    ['noSkippedTests', "it.skip('x', () => 1);"],
  ])('%s', (rule, text) => {
    expect(biome(text)).toMatch(new RegExp(`^failed: [^]*${rule}`));
  });
});
