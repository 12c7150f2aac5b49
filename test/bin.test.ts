import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from './tidy/repository.ts';

const ONE_LINE = /^[^\n]+\n$/;

describe('bin/pawl.js', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pawl-bin-'));
    cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const plant = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };

  const run = (pretend = '', node: string = process.execPath) => {
    const preload = pretend === '' ? [] : ['--import', `data:text/javascript,${pretend}`];
    const argv = [...preload, join(folder, 'bin', 'pawl.js'), 'status'];
    const env = { PATH: process.env['PATH'] ?? '' };
    return spawnSync(node, argv, { encoding: 'utf8', env, timeout: 10_000 });
  };

  it('runs the built command with its arguments', () => {
    plant('dist/cli.js', 'console.log("built", process.argv[2]);');
    plant('src/cli/main.ts', 'console.log("source");');
    expect(run()).toMatchObject({ status: 0, stdout: 'built status\n', stderr: '' });
  });

  it('runs the sources of a checkout that was never built', () => {
    plant('src/cli/main.ts', 'const word: string = "source"; console.log(word, process.argv[2]);');
    expect(run()).toMatchObject({ status: 0, stdout: 'source status\n' });
  });

  it.each(['3.51.2', '3.50.9', '2.99.99'])(
    'refuses a Node with SQLite %s in one line',
    (version) => {
      plant('dist/cli.js', 'console.log("built");');
      const refused = run(withSqlite(version));
      expect(refused).toMatchObject({ status: 1, stdout: '' });
      expect(refused.stderr).toMatch(ONE_LINE);
      expect(refused.stderr).toContain('Node.js 22.23 or newer');
      expect(refused.stderr).toContain(process.versions.node);
    },
  );

  it.each(['3.51.3', '3.52.0', '4.0.0'])('takes a Node with SQLite %s', (version) => {
    plant('dist/cli.js', 'console.log("built");');
    const taken = run(withSqlite(version));
    expect(taken).toMatchObject({ status: 0, stdout: 'built\n' });
  });

  it('sends a user of Windows to WSL', () => {
    plant('dist/cli.js', 'console.log("built");');
    const refused = run(`Object.defineProperty(process,'platform',{value:'win32'})`);
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toMatch(ONE_LINE);
    expect(refused.stderr).toContain('WSL');
  });

  it('says what it needs when really started on an older Node', (context) => {
    const older = olderNode();
    if (older === undefined) {
      context.skip('no Node older than 22.23 on this machine');
      return;
    }
    plant('dist/cli.js', 'console.log("built");');
    const refused = run('', older);
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toMatch(ONE_LINE);
    expect(refused.stderr).toContain('Node.js 22.23 or newer');
  });
});

function withSqlite(version: string): string {
  const versions = `{...process.versions,sqlite:'${version}'}`;
  return `Object.defineProperty(process,'versions',{value:${versions}})`;
}

/** npm puts the project's own Node first on the PATH; the machine's may stand behind it. */
function olderNode(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/bin', '/usr/local/bin'];
  return folders
    .map((folder) => join(folder, 'node'))
    .filter((path) => existsSync(path))
    .find((path) => {
      const asked = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' });
      return Number(asked.stdout.split('.')[0]) < 22;
    });
}
