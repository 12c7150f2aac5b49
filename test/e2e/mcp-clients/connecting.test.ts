import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchRepository } from '../mcp-wire.ts';
import { findClient, runClient } from './agent-client.ts';
import { SERVER } from './agent-story.ts';

const { key, command, args } = SERVER;

interface ListingClient {
  readonly program: string;
  readonly file: string;
  readonly settings: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly says: RegExp;
}

/** Clients that start the server to tell whether it answers. */
const CLIENTS: readonly ListingClient[] = [
  {
    program: 'claude',
    file: 'home/.claude.json',
    settings: { mcpServers: { [key]: { type: 'stdio', command, args } } },
    says: /pawl: .*Connected/,
  },
  {
    program: 'gemini',
    file: 'root/.gemini/settings.json',
    settings: { mcpServers: { [key]: { command, args } } },
    env: { GEMINI_CLI_TRUST_WORKSPACE: 'true' },
    says: /pawl: .* - Connected/,
  },
  {
    program: 'opencode',
    file: 'root/opencode.json',
    settings: { mcp: { [key]: { type: 'local', command: [command, ...args], enabled: true } } },
    says: /pawl .*connected/,
  },
];

describe('a genuine client connects', () => {
  let folder: string;
  let root: string;
  let home: string;

  beforeEach(() => {
    root = scratchRepository();
    folder = mkdtempSync(join(tmpdir(), 'pawl-client-'));
    home = join(folder, 'home');
    mkdirSync(home);
  });
  afterEach(() => {
    for (const one of [root, folder]) rmSync(one, { recursive: true, force: true });
  });

  it.for(CLIENTS)('$program mcp list', async (client, { skip }) => {
    const { program, file, settings, env, says } = client;
    const found = findClient(program);
    if (found === null) return skip(`${program} is not installed`);
    const path = file.replace(/^root/, root).replace(/^home/, home);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(settings));
    const ran = await runClient([found, 'mcp', 'list'], {
      ...{ cwd: root, env: { HOME: home, NO_COLOR: '1', ...env } },
    });
    expect(`${ran.out}${ran.err}`).toMatch(says);
  });
});
