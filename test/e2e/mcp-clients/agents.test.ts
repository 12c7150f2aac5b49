import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchRepository } from '../mcp-wire.ts';
import { findClient, runClient } from './agent-client.ts';
import { expectDone, planAndDo, SERVER } from './agent-story.ts';
import { messagesApi } from './messages-api.ts';
import { responsesApi } from './responses-api.ts';
import { ScriptedModel } from './scripted-model.ts';

/** Genuine agent programs; only the model behind them plays a script. */
describe('a genuine agent plans, claims, completes and synthesizes', () => {
  let root: string;
  let home: string;
  let model: ScriptedModel | null = null;

  beforeEach(() => {
    root = scratchRepository();
    home = mkdtempSync(join(tmpdir(), 'pawl-home-'));
  });
  afterEach(() => {
    model?.stop();
    for (const folder of [root, home]) rmSync(folder, { recursive: true, force: true });
  });

  const claude = findClient('claude');
  it('Claude Code', async ({ skip }) => {
    if (claude === null) return skip('Claude Code (claude) is not installed');
    model = await ScriptedModel.start(messagesApi(SERVER.key), planAndDo);
    const settings = join(home, 'mcp.json');
    const { key, command, args } = SERVER;
    const server = { type: 'stdio', command, args };
    writeFileSync(settings, JSON.stringify({ mcpServers: { [key]: server } }));
    const options = ['--mcp-config', settings, '--strict-mcp-config', '--allowedTools'];
    const ran = await runClient([claude, '-p', 'Plan it and do it', ...options, `mcp__${key}`], {
      cwd: root,
      env: {
        ...{ HOME: home, ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: 'none' },
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      },
    });
    expect(ran).toMatchObject({ code: 0, out: 'verdict: completed\n' });
    expectDone(root, model.answers);
  });

  const codex = findClient('codex');
  it('Codex', async ({ skip }) => {
    if (codex === null) return skip('Codex (codex) is not installed');
    model = await ScriptedModel.start(responsesApi(SERVER.key), planAndDo);
    const settings = join(home, '.codex');
    mkdirSync(settings);
    writeFileSync(join(settings, 'config.toml'), codexSettings(model.url));
    const ran = await runClient([codex, 'exec', '--skip-git-repo-check', 'Plan it and do it'], {
      cwd: root,
      env: { HOME: home, CODEX_HOME: settings, SCRIPTED_KEY: 'none' },
    });
    expect(ran.code, ran.err).toBe(0);
    expect(ran.out).toContain('verdict: completed');
    expectDone(root, model.answers);
  });
});

function codexSettings(url: string): string {
  const text = (value: unknown): string => JSON.stringify(value);
  return `
model = "scripted"
model_provider = "scripted"
approval_policy = "never"
[model_providers.scripted]
name = "scripted"
base_url = ${text(`${url}/v1`)}
wire_api = "responses"
env_key = "SCRIPTED_KEY"
[mcp_servers.${SERVER.key}]
command = ${text(SERVER.command)}
args = ${text(SERVER.args)}
required = true
`;
}
