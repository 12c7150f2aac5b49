import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../observe/logger.ts';
import { createRealWorld } from '../world/real-world.ts';
import type { Check } from './diagnose.ts';
import { diagnoseClients } from './diagnose-clients.ts';

const temp = { home: '' };

beforeEach(() => {
  temp.home = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-sick-')));
  mkdirSync(join(temp.home, '.cursor'));
});

afterEach(() => {
  rmSync(temp.home, { recursive: true, force: true });
});

async function cursor(settings: string | null): Promise<Check | undefined> {
  if (settings !== null) writeFileSync(join(temp.home, '.cursor/mcp.json'), settings);
  const checks = await diagnoseClients(
    {
      world: createRealWorld(),
      log: silentLogger,
      place: {
        home: temp.home,
        root: temp.home,
        platform: 'linux',
        env: { PATH: '/usr/bin:/bin' },
      },
      keepIn: join(temp.home, 'state'),
      program: (name) => Promise.resolve(name === 'npx' ? '/usr/bin/env' : null),
      launch: () => Promise.reject(new Error('nothing is written')),
    },
    { version: '1.2.3' },
  );
  expect(checks).toHaveLength(1);
  return checks[0];
}

const entry = (command: string, ...args: readonly string[]): string =>
  JSON.stringify({ mcpServers: { pawl: { command, args } } });

/** A package that holds a command which does what a shell script says. */
function installed(script: string, version = '1.2.3'): string {
  const bin = join(temp.home, 'lib/pawl/bin/pawl');
  mkdirSync(join(temp.home, 'lib/pawl/bin'), { recursive: true });
  writeFileSync(join(temp.home, 'lib/pawl/package.json'), JSON.stringify({ version }));
  writeFileSync(bin, `#!/bin/sh\n${script}\n`);
  chmodSync(bin, 0o755);
  return bin;
}

describe('a client that is installed', () => {
  it('and starts this Pawl is well: what is started is asked for its version only', async () => {
    const bin = installed('test "$#,$1,$2,$3" = "3,-C,/tmp,--version"');
    expect(await cursor(entry(bin, '-C', '/tmp', 'mcp'))).toMatchObject({
      name: 'client Cursor',
      ok: true,
    });
  });

  it('and is not set up is told how', async () => {
    const told = { ok: true, message: 'not set up; `pawl setup cursor` does it' };
    expect(await cursor(null)).toMatchObject(told);
    expect(await cursor('{}')).toMatchObject(told);
  });

  it.each([
    [
      'a program that is gone',
      () => entry('/nowhere/node', '/nowhere/pawl.js', 'mcp'),
      /not there/,
    ],
    ['a script that is gone', () => entry('/bin/sh', '/nowhere/pawl.js', 'mcp'), /pawl\.js, which/],
    ['a name that nothing has', () => entry('pawl', 'mcp'), /not on the PATH/],
    ['one that ends at once', () => entry(installed('exit 7'), 'mcp'), /ends with 7/],
  ])('and starts %s is a fault', async (_what, settings, told) => {
    const check = await cursor(settings());
    expect(check).toMatchObject({
      severity: 'fault',
      remedy: expect.stringContaining('setup cursor'),
    });
    expect(check?.message).toMatch(told);
  });

  it.each([
    ['another version', () => entry(installed('exit 0', '1.0.0'), 'mcp'), /is pawl 1\.0\.0/],
    ['another one by npx', () => entry('npx', '-y', 'pawl@1.0.0', 'mcp'), /is pawl 1\.0\.0/],
    ['something else under our key', () => entry('other'), /somebody else/],
    ['nothing that can be read', () => '{"a": 1 "b"}', /line 1, column 9/],
  ])('and starts %s is a warning', async (_what, settings, told) => {
    const check = await cursor(settings());
    expect(check).toMatchObject({
      severity: 'warning',
      remedy: expect.stringMatching(/pawl setup/),
    });
    expect(check?.message).toMatch(told);
  });
});
