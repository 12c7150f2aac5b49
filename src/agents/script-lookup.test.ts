import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemFiles } from '../world/system-files.ts';
import { missingScript } from './script-lookup.ts';

describe('a command that runs a script', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'pawl-script-'));
    mkdirSync(join(root, 'bin'));
    for (const name of ['agent.sh', 'agent.js', 'bin/on-path']) writeFileSync(join(root, name), '');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const missing = (...argv: readonly string[]) =>
    missingScript(systemFiles, argv, { path: `${root}/bin:/usr/bin`, cwd: root });

  it.each([
    ['sh', 'gone.sh'],
    ['/bin/bash', 'bin/gone.sh', 'agent.sh'],
    ['node', 'gone.js', '{prompt_file}'],
    ['python3', '/no/where.py'],
    ['python3.12', 'on-path'],
  ])('lacks it where nothing is at its path: %s %s', async (...argv) => {
    expect(await missing(...argv)).toBe(argv[1]);
  });

  it.each([
    ['sh', 'agent.sh'],
    ['zsh', 'on-path'],
    ['node', 'agent'],
    ['node', 'bin'],
  ])('has it as the interpreter finds it: %s %s', async (...argv) => {
    expect(await missing(...argv)).toBeNull();
  });

  it.each([
    [['sh', '-c', 'gone.sh']],
    [['sh', '-e', 'gone.sh']],
    [['sh', '+e', 'gone.sh']],
    [['python3', '-m', 'agent']],
    [['node', 'inspect', 'gone.js']],
    [['sh', '{prompt_file}']],
    [['make', 'gone.sh']],
    [['sh']],
    [['sh', '']],
    [[]],
  ])('is not judged where only its program knows what is meant: %j', async (argv) => {
    expect(await missing(...argv)).toBeNull();
  });
});
