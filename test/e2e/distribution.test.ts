import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT, readManifest } from '../../scripts/distribution.ts';
import { packBundle } from '../../scripts/pack-bundle.ts';
import { PawlProcess } from '../chaos/pawl-process.ts';

const manifest = readManifest();
let home: string;

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-bundle-')));
  mkdirSync(join(home, 'project/.git'), { recursive: true });
});

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

/** What a client does first, with a server that it started; ends the server. */
async function opened(
  command: string,
  args: readonly string[],
): Promise<{ readonly name: string; readonly version: string }> {
  const env = { ...process.env, HOME: home, XDG_STATE_HOME: '', XDG_CONFIG_HOME: '' };
  const server: ChildProcess = spawn(command, args, { cwd: join(home, 'project'), env });
  try {
    const { stdin, stdout } = server;
    if (stdin === null || stdout === null) throw new Error('no pipes');
    const params = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'trial', version: '1' },
    };
    stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
    const [line] = (await once(createInterface(stdout), 'line')) as [string];
    return JSON.parse(line).result.serverInfo;
  } finally {
    const ended = once(server, 'exit');
    server.stdin?.end();
    await ended;
  }
}

it('the bundle validates, packs, and what is unpacked answers a client', async () => {
  const file = join(home, 'pawl.mcpb');
  await packBundle(manifest, { folder: join(home, 'staged'), file });
  const mcpb = join(ROOT, 'node_modules/.bin/mcpb');
  execFileSync(mcpb, ['unpack', file, join(home, 'unpacked')]);
  const packed = JSON.parse(readFileSync(join(home, 'unpacked/manifest.json'), 'utf8'));
  const args = packed.server.mcp_config.args.map((word: string) =>
    word
      .replace('${__dirname}', join(home, 'unpacked'))
      .replace('${user_config.workspace}', join(home, 'project')),
  );
  expect(args.join(' ')).not.toContain('$');
  const { version } = await opened(process.execPath, args);
  expect(version).toBe(manifest.version);
});

it('what `pawl setup` writes answers a client', async () => {
  const env = { HOME: home, XDG_STATE_HOME: '', XDG_CONFIG_HOME: '' };
  const where = { cwd: join(home, 'project'), env };
  const bin = join(ROOT, 'bin/pawl.js');
  const printed = await new PawlProcess(bin, ['setup', 'cursor', '--print'], where).end();
  const { command, args } = JSON.parse(printed.out).mcpServers.pawl;
  expect((await opened(command, args)).version).toBe(manifest.version);
});
